"""Smart switches and outages in full: the card, the list with its time lines, the history, and the sheets to edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from backend_core.outages.model import Finding, SmartSwitch
from console.features.contract import Panel, PanelContext
from console.features.outages import actions, words
from console.features.outages.card import Figures, OutageCard
from console.features.outages.editor import SwitchEditor
from console.features.outages.importer import SwitchImporter
from console.features.outages.state import OutagesState, points_of
from console.features.outages.table import attention_first, outage_columns, switch_columns
from console.features.targets import Subject, SwitchTarget, Target
from ui.banner import Banner
from ui.confirm import InlineConfirm
from ui.empty_state import EmptyState
from ui.table import RowChanges, Table

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame


class OutagesPanel(Panel):
    """A function of the newest board; edits change nothing here until the board comes back."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        window = context.memory.get("window", words.DEFAULT_WINDOW)
        self._window = window if window in words.WINDOWS else words.DEFAULT_WINDOW
        self._state = OutagesState(words.WINDOWS[self._window])
        theme = context.theme
        empty = EmptyState(
            words.EMPTY, words.EMPTY_WHY, words.EMPTY_NEXT, action=words.EMPTY_ACTION, run=lambda: self.add()
        )
        self._switches = Table(
            theme, words.SWITCHES, switch_columns(), lambda r: r.name, order=attention_first, empty=empty
        )
        self._switches.allow_many()
        self._past = Table(
            theme,
            words.PAST,
            outage_columns(),
            lambda r: r.outage.started_at,
            order=lambda r: -r.outage.started_at.timestamp(),
            empty=EmptyState(words.NO_PAST, words.NO_PAST_WHY),
        )
        self._figures = Figures()
        self._card = OutageCard(theme)
        self._banner = Banner()
        self._confirm = InlineConfirm()
        self._editor = SwitchEditor(lambda switch, seen: actions.save(self, context, switch, seen))
        self._importer = SwitchImporter(context)
        self._build()
        context.head.add_choice(list(words.WINDOWS), self._look_back, chosen=self._window)
        actions.register(self, context)

    # --- what the shell calls -----------------------------------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        if self._state.apply(frame):
            self._show_all()

    @override
    def tick(self) -> None:
        now = self._context.clock.now()
        self._switches.apply(RowChanges(self._state.restless_rows(now)))
        if self._state.board is not None and self._state.board.open_outage is not None:
            self._card.show_outage(self._state.board.open_outage, now)
            self._figures.show_figures(words.figures(self._state.board, now))
            self._past.apply(RowChanges(self._state.outage_rows(now)[:1]))

    @override
    def go_to(self, target: Target) -> None:
        if isinstance(target, SwitchTarget):
            self._switches.select(target.name)

    @override
    def subject(self) -> Subject | None:
        name = self._switches.current_key()
        return None if name is None else Subject(str(name), points=points_of(str(name)))

    @override
    def end(self) -> None:
        self._importer.leave()

    # --- what an operator can do --------------------------------------------------------------------------------------

    def add(self) -> None:
        self._importer.leave()
        self._editor.add()

    def edit(self) -> None:
        if (chosen := self._chosen()) is not None:
            self._importer.leave()
            self._editor.edit(chosen)

    def pause(self) -> None:
        if (chosen := self._chosen()) is not None:
            actions.pause(self._context, chosen)

    def remove(self) -> None:
        names = [str(key) for key in self._switches.selected_keys()]
        if names:
            question = words.remove_question(names)
            self._confirm.ask(question, words.REMOVE.capitalize(), self._remover(names), tone="danger")

    def import_list(self) -> None:
        self._editor.hide()
        self._importer.open()

    def events(self) -> None:
        if (chosen := self._chosen()) is not None:
            self._context.navigate.to_events(chosen.name)

    def answer_save(self, switch: SmartSwitch, findings: tuple[Finding, ...]) -> None:
        """The core's word on an edit."""
        self._editor.answer(findings)
        if not findings:
            self._context.notices.say(words.saved(switch.name))

    # --- inside -------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._context.theme.px
        lists = QSplitter(Qt.Orientation.Vertical)
        lists.setChildrenCollapsible(False)
        lists.addWidget(self._switches)
        lists.addWidget(_titled(words.PAST, self._past))
        lists.setStretchFactor(0, 62)
        lists.setStretchFactor(1, 38)
        lists.setSizes([620, 380])
        across = QSplitter(Qt.Orientation.Horizontal)
        across.setChildrenCollapsible(False)
        across.addWidget(lists)
        for sheet in (self._editor, self._importer):
            sheet.setMinimumWidth(px(400))
            across.addWidget(sheet)
        across.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self._banner, self._card, self._confirm, self._figures):
            layout.addWidget(part)
        layout.addWidget(across, stretch=1)
        self._switches.activated.connect(lambda _: self.edit())
        self.setFocusProxy(self._switches)

    def _show_all(self) -> None:
        board, now = self._state.board, self._context.clock.now()
        if board is None:
            return
        self._switches.reset_rows(self._state.rows(now))
        self._past.reset_rows(self._state.outage_rows(now))
        self._card.show_outage(board.open_outage, now)
        self._figures.setVisible(bool(board.standings))
        self._figures.show_figures(words.figures(board, now))
        self._show_observer(board.observer_ok)
        head = self._context.head
        head.set_scope(words.scope(self._window, board.cycle, board.interval_s))
        head.set_freshness(words.sum_up(board), "high" if board.open_outage else "secondary")

    def _show_observer(self, ok: bool) -> None:
        if ok:
            self._banner.clear()
        elif not self._banner.text:
            self._banner.say(words.OBSERVER_BAD, words.OBSERVER_BAD_REMEDY)

    def _look_back(self, window: str) -> None:
        self._window, self._state.window_s = window, words.WINDOWS[window]
        self._context.memory.set("window", window)
        self._show_all()

    def _chosen(self) -> SmartSwitch | None:
        name = self._switches.current_key()
        return None if name is None else self._state.switch(str(name))

    def _remover(self, names: list[str]) -> Callable[[], object]:
        return lambda: actions.remove(self._context, names)


def _titled(title: str, table: QWidget) -> QWidget:
    label = QLabel(title)
    label.setProperty("role", "title")
    label.setContentsMargins(12, 8, 12, 4)
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(label)
    layout.addWidget(table, stretch=1)
    return holder
