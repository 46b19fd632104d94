"""The overview: seven figures with their trends, and where there is room below them, what needs attention now."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from console.features.contract import Panel, PanelContext
from console.features.overview import actions, tiles, words
from console.features.overview.attention_state import Concern, concerns, urgency
from console.features.overview.elements_state import ElementRow, fullest, most_strained
from console.features.overview.state import DEVICES, OUTAGE, VOLTAGE, Figures, OverviewState
from console.features.overview.table import branch_columns, bus_columns, columns
from console.features.targets import Subject
from ui.empty_state import EmptyState
from ui.figures import FigureStrip
from ui.table import Column, Table

if TYPE_CHECKING:
    import asyncio

    from backend_core.gateway.frame import Frame

# With less height than this below the figures there is no list: two lines of it would hide more than they show.
_LIST_FROM, _ELEMENTS_FROM = 170, 500
_ANY_HEIGHT = 16_777_215
_FRESH_WITHIN_S = 10.0


class OverviewPanel(Panel):
    """A function of frames, looked at once a second: figures that flicker cannot be read."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._state = OverviewState()
        self._figures = Figures()
        self._asking: asyncio.Task[None] | None = None
        self._strip = FigureStrip(context.theme)
        self._heading = QLabel(words.ATTENTION)
        self._calm = EmptyState(words.NO_GRID, words.NO_GRID_WHY, words.NO_GRID_NEXT)
        self._list: Table[Concern] = Table(
            context.theme,
            words.ATTENTION,
            columns(context.clock.now),
            lambda concern: concern.id,
            order=urgency,
            empty=self._calm,
        )
        self._branches = self._element_table(words.BRANCHES, branch_columns(), words.NO_BRANCHES)
        self._buses = self._element_table(words.VOLTAGES, bus_columns(), words.NO_VOLTAGES)
        self._attention, self._elements = QWidget(), QWidget()
        self._build()
        actions.register(self, context)

    # --- what the shell calls -----------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        if self._state.apply(frame):
            self._look()

    @override
    def show_snapshot(self, frame: Frame) -> None:
        self._state.apply(frame)
        self._learn()

    @override
    def time_jumped(self) -> None:
        self._state.forget()

    @override
    def tick(self) -> None:
        self._look()
        if self._state.grid is None:
            self._learn()

    @override
    def subject(self) -> Subject | None:
        """The figure or the line that the keyboard stands on."""
        if (figure := self._strip.focused()) is not None:
            worst = self._figures.worst_bus
            element = worst.bus if figure.key == VOLTAGE and worst is not None else None
            return Subject(figure.name, element, tiles.points_of(figure.key, self._state, self._figures))
        for table in (self._branches, self._buses):
            if table.view.hasFocus() and (key := table.current_key()) is not None:
                row = table.model.row_of(key)
                return Subject(row.name, row.id, (row.point,)) if row is not None else None
        chosen = self._list.current_key()
        concern = self._list.model.row_of(chosen) if chosen is not None and self._attention.isVisible() else None
        return concern.subject if concern is not None else None

    @override
    def end(self) -> None:
        if self._asking is not None:
            self._asking.cancel()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    # --- inside -----------------------------------------------------------------------------------

    def _element_table(self, name: str, shown: tuple[Column[ElementRow], ...], empty: str) -> Table[ElementRow]:
        table = Table(
            self._context.theme, name, shown, lambda row: row.id, order=lambda row: -row.used, empty=EmptyState(empty)
        )
        table.hide_foot()
        return table

    def _build(self) -> None:
        _put_below(self._attention, self._heading, self._list)
        self._list.hide_foot()
        beside = QHBoxLayout(self._elements)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(self._context.theme.px(8))
        for title, table in ((words.BRANCHES, self._branches), (words.VOLTAGES, self._buses)):
            beside.addWidget(_put_below(QWidget(), QLabel(title), table))
        # Its own wish for height must not keep the panel from becoming low, where it is hidden.
        self._attention.setMinimumHeight(1)
        self._elements.setMinimumHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, self._context.theme.px(4), 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._strip)
        layout.addWidget(self._attention, stretch=1)
        layout.addWidget(self._elements, stretch=1)
        self._strip.activated.connect(self._open_figure)
        self._list.activated.connect(self._open_concern)
        for table in (self._branches, self._buses):
            table.activated.connect(lambda element: self._context.navigate.to_diagram(str(element)))
        self._strip.show_figures(tiles.all_figures(self._state, self._figures, 0))
        self._share_room()

    def _share_room(self) -> None:
        """In a high place the figures keep to themselves and the list has the rest; in a low one there is no list."""
        px = self._context.theme.px
        figures_high = self._strip.sizeHint().height()
        wide = self.height() >= figures_high + px(_LIST_FROM)
        self._attention.setVisible(wide)
        self._elements.setVisible(self.height() >= figures_high + px(_ELEMENTS_FROM))
        self._strip.setMaximumHeight(figures_high if wide else _ANY_HEIGHT)

    def _look(self) -> None:
        """Bring everything to this moment."""
        state, clock = self._state, self._context.clock
        monotonic_s, now_us = clock.monotonic(), round(clock.now().timestamp() * 1e6)
        self._figures = state.figures(monotonic_s)
        state.remember(self._figures, monotonic_s, now_us)
        self._strip.show_figures(tiles.all_figures(state, self._figures, now_us))
        self._share_room()
        if self._attention.isVisibleTo(self):
            found = concerns(state, monotonic_s)
            self._list.reset_rows(found)
            self._heading.setText(words.attention_count(len(found)))
        if self._elements.isVisibleTo(self):
            self._branches.reset_rows(fullest(state, monotonic_s, now_us))
            self._buses.reset_rows(most_strained(state, monotonic_s, now_us))
        self._show_head()

    def _show_head(self) -> None:
        head, health = self._context.head, self._state.health
        grid, is_past = self._state.grid, self._context.mode.is_past
        head.set_scope(words.scope(grid.title, is_heard=self._state.is_heard, is_past=is_past) if grid else "")
        age_s = health.data_age_p95_s if health else None
        is_fresh = age_s is not None and age_s <= _FRESH_WITHIN_S
        head.set_freshness(words.data_age(age_s), "secondary" if is_fresh else "high")
        if self._state.grid is not None:
            self._calm.say(*((words.CALM, words.CALM_WHY) if is_fresh else (words.NOT_SURE, words.NOT_SURE_WHY)))

    def _learn(self) -> None:
        if self._asking is None or self._asking.done():
            self._asking = self._context.link.start(self._ask(), name="read the network for the overview")

    async def _ask(self) -> None:
        await actions.learn(self._context, self._state)
        self._look()

    def _open_figure(self, key: str) -> None:
        if key == OUTAGE:
            self._context.navigate.to_switch("")
        elif key == DEVICES:
            self._context.navigate.to_doctor("")
        else:
            actions.trend(self, self._context)

    def _open_concern(self, key: Hashable) -> None:
        """Enter on a line: to the place if it has one, else to what can be seen of it."""
        concern = self._list.model.row_of(key)
        if concern is None:
            return
        if concern.subject.element:
            self._context.navigate.to_diagram(concern.subject.element)
        elif concern.id == "outage":
            self._context.navigate.to_switch("")
        else:
            self._context.navigate.to_doctor(concern.subject.points[0] if concern.subject.points else "")


def _put_below(holder: QWidget, title: QLabel, content: QWidget) -> QWidget:
    title.setProperty("role", "title")
    title.setContentsMargins(12, 8, 12, 4)
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(title)
    layout.addWidget(content, stretch=1)
    return holder
