"""The short list beside the diagram: one line a smart switch, the dark ones first."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from console.features.contract import Panel, PanelContext
from console.features.outages import words
from console.features.outages.state import OutagesState, points_of
from console.features.outages.table import attention_first, compact_columns
from console.features.targets import Subject, SwitchTarget, Target
from ui.empty_state import EmptyState
from ui.table import RowChanges, Table

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame


class CompactOutagesPanel(Panel):
    """A function of the newest board; a row leads to the events of its smart switch."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._window = context.memory.get("window", words.DEFAULT_WINDOW)
        self._state = OutagesState(words.WINDOWS.get(self._window, words.WINDOWS[words.DEFAULT_WINDOW]))
        empty = EmptyState(words.EMPTY, words.EMPTY_WHY, words.EMPTY_NEXT)
        self._table = Table(
            context.theme, words.SWITCHES, compact_columns(), lambda r: r.name, order=attention_first, empty=empty
        )
        self._table.view.horizontalHeader().hide()
        self._table.hide_foot()
        self._table.activated.connect(self._open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._table)
        context.head.add_choice(list(words.WINDOWS), self._look_back, chosen=self._window)

    @override
    def show_frame(self, frame: Frame) -> None:
        if self._state.apply(frame):
            self._show_all()

    @override
    def tick(self) -> None:
        self._table.apply(RowChanges(self._state.restless_rows(self._context.clock.now())))
        self._show_head()

    @override
    def go_to(self, target: Target) -> None:
        if isinstance(target, SwitchTarget):
            self._table.select(target.name)

    @override
    def subject(self) -> Subject | None:
        name = self._table.current_key()
        return None if name is None else Subject(str(name), points=points_of(str(name)))

    def _show_all(self) -> None:
        rows = self._state.rows(self._context.clock.now())
        self._table.reset_rows(row for row in rows if row.standing.switch.active)
        self._show_head()

    def _show_head(self) -> None:
        board = self._state.board
        if board is not None:
            self._context.head.set_freshness(words.sum_up(board), "high" if board.open_outage else "secondary")

    def _look_back(self, window: str) -> None:
        self._window, self._state.window_s = window, words.WINDOWS[window]
        self._context.memory.set("window", window)
        self._show_all()

    def _open(self, name: Hashable) -> None:
        self._context.navigate.to_events(str(name))
