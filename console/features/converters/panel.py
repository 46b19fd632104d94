"""Converters and renewables: two tables of all units above one unit in full."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from console.features.contract import Panel, PanelContext
from console.features.converters import actions, words
from console.features.converters.faceplate import UnitFaceplate
from console.features.converters.state import Family, UnitRow, UnitsState
from console.features.converters.table import converter_columns, renewable_columns, shown
from console.features.targets import Subject
from ui.empty_state import EmptyState
from ui.table import RowChanges, Table

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame

# Two looks a second are as many as an eye follows in tables of numbers; frames come up to thirty times.
_LOOK_EVERY_S = 0.25
_BESIDE_FROM, _HEADER, _MOST_ROWS = 1700, 30, 8
_RENEWABLES = (Family.SOLAR, Family.WIND)


class ConvertersPanel(Panel):
    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._state = UnitsState()
        self._changed: set[str] = set()
        self._looked_s = float("-inf")
        self._chosen: str | None = context.memory.get("unit", None)
        theme = context.theme
        self._converters = Table(
            theme,
            words.CONVERTERS,
            converter_columns(),
            lambda row: row.id,
            order=lambda row: row.id,
            empty=EmptyState(words.NO_CONVERTER),
        )
        self._renewables = Table(
            theme,
            words.RENEWABLES,
            renewable_columns(),
            lambda row: row.id,
            order=lambda row: row.id,
            empty=EmptyState(words.NO_RENEWABLE),
        )
        self._converters.hide_foot()
        self._renewables.hide_foot()
        self._mast = QLabel()
        self._mast.setProperty("role", "small")
        self._faceplate = UnitFaceplate(theme)
        self._tables = QSplitter(Qt.Orientation.Horizontal)
        self._pages = QStackedWidget()
        self._build()
        actions.register(self, context)

    # --- what the shell calls -----------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        self._changed |= self._state.apply(frame)
        if self._context.clock.monotonic() - self._looked_s >= _LOOK_EVERY_S:
            self._look(self._changed)

    @override
    def show_snapshot(self, frame: Frame) -> None:
        self._state.apply(frame)
        self._look(set(self._state.units(*Family)))
        self._recall(self._state.main_points())

    @override
    def tick(self) -> None:
        self._look(set(self._state.units(*Family)))

    @override
    def time_jumped(self) -> None:
        self._state.forget()
        self._looked_s = float("-inf")
        for table in (self._converters, self._renewables):
            table.reset_rows(())

    @override
    def panel_shown(self) -> None:
        actions.learn_bridges(self._context, self._state)

    @override
    def subject(self) -> Subject | None:
        if self._chosen is None:
            return None
        return Subject(self._chosen, self._chosen, self._state.points_of(self._chosen))

    @property
    def chosen(self) -> str | None:
        return self._chosen

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where both tables find room for all their columns, else one above the other."""
        beside = self.width() >= self._context.theme.px(_BESIDE_FROM)
        self._tables.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        self._fit_tables()
        super().resizeEvent(event)

    # --- inside -----------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._context.theme.px
        tables = self._tables
        tables.setChildrenCollapsible(False)
        tables.addWidget(_titled(words.CONVERTERS, self._converters))
        tables.addWidget(_titled(words.RENEWABLES, self._renewables))
        tables.setStretchFactor(0, 55)
        tables.setStretchFactor(1, 45)
        self._mast.setContentsMargins(px(12), px(4), px(12), px(4))
        upper = QWidget()
        upper_layout = QVBoxLayout(upper)
        upper_layout.setContentsMargins(0, 0, 0, 0)
        upper_layout.setSpacing(0)
        upper_layout.addWidget(tables)
        upper_layout.addStretch()
        upper_layout.addWidget(self._mast)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(upper)
        halves.addWidget(self._faceplate)
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        self._pages.addWidget(EmptyState(words.EMPTY, words.EMPTY_WHY, words.EMPTY_NEXT))
        self._pages.addWidget(halves)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        for table in (self._converters, self._renewables):
            table.current_changed.connect(self._choose)
            table.activated.connect(lambda _: actions.trend(self, self._context))

    def _fit_tables(self) -> None:
        """As high as their rows, up to a few: what is left belongs to the chosen unit."""
        theme = self._context.theme
        for table in (self._converters, self._renewables):
            rows = min(max(table.model.rowCount(), 1), _MOST_ROWS)
            table.setFixedHeight(rows * theme.row_height + theme.px(_HEADER))

    def _look(self, units: set[str]) -> None:
        """Bring the tables and the chosen unit to this moment."""
        monotonic_s = self._context.clock.monotonic()
        now_us = round(self._context.clock.now().timestamp() * 1e6)
        rows = [row for unit in sorted(units) if (row := self._state.row(unit, monotonic_s, now_us))]
        self._converters.apply(RowChanges([row for row in rows if row.family is Family.CONVERTER]))
        self._renewables.apply(RowChanges([row for row in rows if row.family in _RENEWABLES]))
        self._show_mast([row for row in rows if row.family is Family.MAST])
        self._fit_tables()
        self._changed.clear()
        self._looked_s = monotonic_s
        known = self._state.units(Family.CONVERTER, *_RENEWABLES)
        self._pages.setCurrentIndex(1 if known else 0)
        if known and self._chosen not in known:
            self._choose(known[0])
        elif known and (self._converters.current_key() or self._renewables.current_key()) is None:
            self._mark_chosen()
        if self._chosen is not None and (row := self._state.row(self._chosen, monotonic_s, now_us)):
            self._faceplate.show_unit(row, self._state, now_us)
        self._show_head(known, monotonic_s, now_us)

    def _show_head(self, known: list[str], monotonic_s: float, now_us: int) -> None:
        head = self._context.head
        head.set_scope(words.scope(self._state.total_kw(Family.CONVERTER), self._state.total_kw(*_RENEWABLES)))
        current = sum(self._state.is_current(unit, monotonic_s) for unit in known)
        tone = "secondary" if current == len(known) else "high"
        head.set_freshness(words.units_reporting(current, len(known)), tone)

    def _show_mast(self, masts: list[UnitRow]) -> None:
        if masts:
            mast = masts[0]
            parts = [
                shown(mast, "ghi", "W/m²", 0).text,
                shown(mast, "wind_speed", "m/s", 1).text,
                words.from_direction(shown(mast, "wind_direction", "", 0).text),
                shown(mast, "air_temperature", "°C", 1).text,
            ]
            self._mast.setText(words.mast(mast.id, parts))

    def _choose(self, unit: Hashable | None) -> None:
        """One unit of all is chosen: the other table lets go of its own."""
        if unit is None or unit == self._chosen:
            return
        self._chosen = str(unit)
        self._context.memory.set("unit", self._chosen)
        self._mark_chosen()
        self._recall()
        self._look({self._chosen})

    def _recall(self, others: tuple[str, ...] = ()) -> None:
        mine = self._state.all_points_of(self._chosen) if self._chosen is not None else ()
        actions.recall(self._context, self._state, (*mine, *others))

    def _mark_chosen(self) -> None:
        if self._chosen is None:
            return
        is_converter = self._state.family(self._chosen) is Family.CONVERTER
        mine, other = (self._converters, self._renewables) if is_converter else (self._renewables, self._converters)
        other.view.clearSelection()
        other.view.setCurrentIndex(other.model.index(-1, -1))
        mine.select(self._chosen)


def _titled(title: str, table: Table[UnitRow]) -> QWidget:
    holder = QWidget()
    label = QLabel(title)
    label.setProperty("role", "title")
    label.setContentsMargins(12, 8, 12, 4)
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(label)
    layout.addWidget(table)
    layout.addStretch()
    return holder
