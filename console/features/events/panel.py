"""The event log: search, kind and span above a table that goes back as far as the log does."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout
from typing_extensions import override

from console.features.contract import Panel, PanelContext
from console.features.events import actions, words
from console.features.events.state import EventsState, Wanted
from console.features.events.table import columns
from console.features.targets import EventsTarget, Subject, Target
from ui.empty_state import EmptyState
from ui.table import RowChanges, Table

if TYPE_CHECKING:
    import asyncio

    from backend_core.gateway.frame import Frame, LogLine

_TYPING_PAUSE_MS = 250


class EventsPanel(Panel):
    """The screen filters what it holds at once, and asks the core for the rest when the typing pauses."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._state = EventsState()
        self._asking: asyncio.Task[None] | None = None
        self._search = QLineEdit(placeholderText=words.SEARCH_HINT, clearButtonEnabled=True)
        self._kind = QComboBox()
        self._span = QComboBox()
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._table: Table[LogLine] = Table(
            context.theme,
            words.TITLE,
            columns(context.clock.now),
            lambda line: line.id,
            order=lambda line: (-line.at.timestamp(), -line.id),
            empty=EmptyState(words.EMPTY, words.EMPTY_WHY, words.EMPTY_NEXT),
        )
        self._table.hide_foot()
        self._build()
        self._listen()
        self._register()

    # --- what the shell calls -----------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        if not frame.log:
            return
        fitting, surplus = self._state.add_live(frame.log, self._context.clock.now())
        self._table.apply(RowChanges(fitting, surplus))
        self._show_kinds()
        self._show_head()

    @override
    def show_snapshot(self, frame: Frame) -> None:
        self._ask_anew()

    @override
    def go_to(self, target: Target) -> None:
        if isinstance(target, EventsTarget):
            self._kind.setCurrentIndex(0)
            self._search.setText(target.words)
            self._table.view.setFocus()

    @override
    def subject(self) -> Subject | None:
        key = self._table.current_key()
        line = self._table.model.row_of(key) if key is not None else None
        if line is None:
            return None
        if not line.object:
            return Subject(line.text, at=line.at)
        device, dot, quantity = line.object.rpartition(".")
        is_point = bool(dot) and quantity.replace("_", "").isalnum() and quantity.islower()
        element, points = (device, (line.object,)) if is_point else (line.object, ())
        return Subject(line.object, element, points, at=line.at)

    @override
    def end(self) -> None:
        self._pause.stop()
        if self._asking is not None:
            self._asking.cancel()

    # --- built once --------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._context.theme.px
        self._search.setAccessibleName(words.SEARCH)
        self._kind.setAccessibleName(words.KIND_LABEL)
        self._kind.addItem(words.ALL_KINDS, "")
        self._kind.setMinimumWidth(px(150))
        self._span.setAccessibleName(words.SPAN_LABEL)
        for label, hours in words.SPANS.items():
            self._span.addItem(label, hours)
        self._span.setCurrentText(self._context.memory.get("span", words.SPAN_AT_START))
        bar = QHBoxLayout()
        bar.setContentsMargins(px(8), px(8), px(8), px(8))
        bar.setSpacing(px(8))
        bar.addWidget(self._search, stretch=1)
        bar.addWidget(self._kind)
        bar.addWidget(self._span)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._table, stretch=1)
        self.setFocusProxy(self._table)
        self._state.wanted = self._wanted()

    def _listen(self) -> None:
        self._search.textChanged.connect(self._filter)
        self._pause.timeout.connect(self._ask_anew)
        self._kind.activated.connect(self._ask_anew)
        self._span.activated.connect(self._ask_anew)
        self._table.view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._table.model.counts_changed.connect(self._show_head)
        self._search.installEventFilter(self)
        self._table.view.installEventFilter(self)

    def _register(self) -> None:
        head, add = self._context.head, self._context.actions.add
        head.add_action(words.EXPORT, self._export, key="Ctrl+E", help_text=words.EXPORT_HELP)
        head.add_action(words.THEN, self._to_past, key="Shift+F7", help_text=words.THEN_HELP)
        add(self, "events.export", words.ACTION_EXPORT, self._export, key="Ctrl+E")
        add(self, "events.search", words.ACTION_SEARCH, self._search.setFocus, key="Ctrl+F")
        add(self, "events.clear", words.ACTION_CLEAR, self._show_all)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Typing anywhere searches; Escape shows all; down from the search goes to the list."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape and self._search.text():
            self._show_all()
            return True
        if watched is self._search:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._table.view.setFocus()
                return True
            return False
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if plain and event.text().isprintable() and event.text().strip():
            self._search.setText(self._search.text() + event.text())
            self._search.setFocus()
            return True
        return False

    # --- asking ---------------------------------------------------------------------------------------

    def _wanted(self) -> Wanted:
        return Wanted(self._search.text().strip(), self._kind.currentData() or "", self._span.currentData())

    def _filter(self, text: str) -> None:
        self._table.view.scrollToTop()
        self._table.model.set_filter(text)
        self._state.wanted = replace(self._state.wanted, words=text.strip())
        self._pause.start()

    def _show_all(self) -> None:
        self._search.clear()
        self._table.view.setFocus()

    def _ask_anew(self) -> None:
        """A new question; the answer to the old one is no longer wanted."""
        self._pause.stop()
        self._state.wanted = self._wanted()
        self._context.memory.set("span", self._span.currentText())
        self._begin(self._read_anew())

    def _on_scrolled(self, value: int) -> None:
        at_end = value >= self._table.view.verticalScrollBar().maximum()
        if value > 0 and at_end and self._state.has_older and (self._asking is None or self._asking.done()):
            self._begin(self._read_older())

    def _begin(self, reading: Coroutine[None, None, None]) -> None:
        if self._asking is not None:
            self._asking.cancel()
        self._context.head.set_freshness(words.READING)
        self._asking = self._context.link.start(reading, name="read events")

    async def _read_anew(self) -> None:
        self._state.replace(await actions.ask(self._context, self._state.wanted))
        self._table.reset_rows(self._state.lines)
        self._show_kinds()
        self._show_head()

    async def _read_older(self) -> None:
        lines = await actions.ask(self._context, self._state.wanted, self._state.oldest_at)
        self._table.apply(RowChanges(self._state.add_older(lines)))
        self._show_kinds()
        self._show_head()

    def _to_past(self) -> None:
        if (chosen := self.subject()) is not None and chosen.at is not None:
            self._context.navigate.to_past(chosen.at)

    def _export(self) -> None:
        actions.choose_file(self, self._context, self._wanted())

    # --- showing ---------------------------------------------------------------------------------------

    def _show_kinds(self) -> None:
        """New kinds join the list; the chosen one stays chosen."""
        for kind in self._state.kinds:
            if self._kind.findData(kind) < 0:
                self._kind.addItem(kind, kind)

    def _show_head(self) -> None:
        wanted = self._state.wanted
        parts = [self._span.currentText().lower(), wanted.kind or words.ALL_KINDS.lower()]
        self._context.head.set_scope(" · ".join(parts))
        self._context.head.set_freshness(words.shown(self._table.model.rowCount(), self._state.has_older))
