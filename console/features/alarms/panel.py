"""The alarm list: unacknowledged first, rows that stay under the cursor, and beside it all about the chosen one."""

from __future__ import annotations

from collections.abc import Coroutine, Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout
from typing_extensions import override

from backend_core.alarms.model import AlarmId
from console.features.alarms import actions, words
from console.features.alarms.card import AlarmCard
from console.features.alarms.state import AlarmRow, AlarmsState, Changes, urgency
from console.features.alarms.table import alarm_columns
from console.features.contract import Panel, PanelContext, Workspace
from console.features.targets import AlarmsTarget, GuidanceTarget, Subject, Target
from ui.empty_state import EmptyState
from ui.table import RowChanges, Table

if TYPE_CHECKING:
    import asyncio

    from backend_core.gateway.frame import Frame


class AlarmsPanel(Panel):
    """A function of frames; acknowledging changes nothing here until the event comes back."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._state = AlarmsState(context.clock.now, context.clock.monotonic)
        self._state.ask_pending(context.operate.is_pending)
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._is_wide = context.workspace is Workspace.ALARMS
        self._empty = EmptyState(words.WAITING, words.WAITING_WHY)
        self._table: Table[AlarmRow] = Table(
            context.theme, words.TITLE, alarm_columns(), lambda row: row.id, order=urgency, empty=self._empty
        )
        self._table.allow_many()
        self._card = AlarmCard(context.theme, context.clock.now) if self._is_wide else None
        self._build()
        self._register()
        self._table.current_changed.connect(self._show_chosen)
        self._table.activated.connect(self._open)
        context.operate.changed.connect(self._refresh)

    # --- what the shell calls -----------------------------------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        if "alarms" in frame.reload:
            self._ask_all()
        self._apply(self._state.apply(frame))
        key = self._table.current_key()
        if any(change.alarm.id == key for change in frame.alarms):
            self._ask_journal(key)

    @override
    def show_snapshot(self, frame: Frame) -> None:
        self._apply(self._state.apply(frame))
        self._ask_all()

    @override
    def time_jumped(self) -> None:
        self._state.forget_values()

    @override
    def tick(self) -> None:
        self._refresh()
        self._show_empty()

    @override
    def go_to(self, target: Target) -> None:
        match target:
            case AlarmsTarget(words=text, alarm_id=alarm_id):
                self._table.set_filter(text)
                if alarm_id is not None:
                    self._table.select(alarm_id)
            case GuidanceTarget(alarm_id=alarm_id):
                self._table.set_filter("")
                self._table.select(alarm_id)
        self._table.setFocus()

    @override
    def subject(self) -> Subject | None:
        row = self._current()
        return actions.subject_of(row) if row else None

    @override
    def acknowledge(self) -> bool:
        chosen = [row for key in self._table.selected_keys() if (row := self._state.row(str(key)))]
        return actions.acknowledge(self._context, chosen)

    @override
    def end(self) -> None:
        for task in self._asking.values():
            if not task.done():
                task.cancel()
        self._context.operate.changed.disconnect(self._refresh)

    # --- built once ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if self._card is None:
            layout.addWidget(self._table)
        else:
            split = QSplitter(Qt.Orientation.Horizontal)
            split.setChildrenCollapsible(False)
            split.addWidget(self._table)
            split.addWidget(self._card)
            split.setStretchFactor(0, 1)
            split.setSizes([self._context.theme.px(900), self._context.theme.px(420)])
            layout.addWidget(split)
        self.setFocusProxy(self._table)

    def _register(self) -> None:
        head, context = self._context.head, self._context
        head.set_scope(words.scope(words.EVERY) if self._is_wide else words.SCOPE)
        if self._is_wide:
            head.add_choice(words.GROUPS, self._choose_group)
        head.add_action(words.ACKNOWLEDGE, self.acknowledge, key="F8", help_text=words.ACKNOWLEDGE_HELP)
        head.add_action(words.SILENCE, lambda: actions.silence(context), key="F9", help_text=words.SILENCE_HELP)
        head.add_action(words.DIAGRAM, self._to_diagram, key="F4", help_text=words.DIAGRAM_HELP)
        head.add_action(words.TREND, self._to_trend, key="F5", help_text=words.TREND_HELP)
        if self._is_wide:
            head.add_action(words.GUIDANCE, self._to_guidance, key="F6", help_text=words.GUIDANCE_HELP)
        add = context.actions.add
        add(self, "alarms.acknowledge", words.ACTION_ACKNOWLEDGE, self.acknowledge)
        add(self, "alarms.reset", words.ACTION_RESET, lambda: actions.reset(context, self._current()), key="Ctrl+R")
        if self._is_wide:
            head.add_action(words.THEN, self._to_past, key="Shift+F7", help_text=words.THEN_HELP)
        add(self, "alarms.events", words.ACTION_EVENTS, self._to_events)

    # --- asking -------------------------------------------------------------------------------------------------------

    def _ask_all(self) -> None:
        self._begin("read the alarms", self._read_all())

    async def _read_all(self) -> None:
        ask = self._context.link.ask
        self._apply(self._state.learn(await ask(lambda core: core.readings.points())))
        self._state.reset(await ask(lambda core: core.alarms.standing()))
        rows = self._state.rows()
        self._table.reset_rows(rows)
        if self._is_wide and rows and self._table.current_key() is None:
            self._table.select(rows[0].id)  # the most urgent is told in full without a gesture
        self._show_around()

    def _ask_journal(self, key: Hashable | None) -> None:
        if self._card is not None and key is not None:
            self._begin("read the journal", self._read_journal(str(key)))

    async def _read_journal(self, alarm: str) -> None:
        lines = await self._context.link.ask(lambda core: core.alarms.journal(AlarmId(alarm)))
        if self._card is not None and self._table.current_key() == alarm:
            self._card.show_journal(lines)

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """One question of a kind at a time; a newer one takes the place of the older."""
        if (before := self._asking.pop(name, None)) is not None:
            before.cancel()
        if (task := self._context.link.start(work, name)) is not None:
            self._asking[name] = task

    # --- showing ------------------------------------------------------------------------------------------------------

    def _apply(self, changes: Changes) -> None:
        if changes.upserted or changes.removed:
            self._table.apply(RowChanges(changes.upserted, changes.removed))
            self._follow(changes)
        self._show_around()

    def _refresh(self) -> None:
        self._apply(self._state.refresh())

    def _follow(self, changes: Changes) -> None:
        """The card follows its alarm; a new line of the journal comes with a new state."""
        key = self._table.current_key()
        if any(row.id == key for row in changes.upserted):
            self._show_card(key)

    def _show_chosen(self, key: Hashable | None) -> None:
        self._show_card(key)
        if self._card is not None:
            self._card.show_journal(())
        self._ask_journal(key)

    def _show_card(self, key: Hashable | None) -> None:
        if self._card is None:
            return
        alarm, row = self._state.alarm(str(key)), self._state.row(str(key))
        if alarm is None or row is None:
            self._card.show_nothing()
            return
        self._card.show_alarm(alarm, row)

    def _show_around(self) -> None:
        state = self._state
        if self._is_wide:  # elsewhere the banner above says it, and the keys need the room
            counts = words.counts(state.unacknowledged, state.active, state.by_priority)
            self._context.head.set_freshness(counts, "high" if state.unacknowledged else "secondary")
        self._show_empty()

    def _show_empty(self) -> None:
        """An empty list is good news only while the data behind it is fresh."""
        if not self._state.is_loaded:
            return
        if self._state.freshness is not None:
            self._empty.say(words.CALM, self._state.freshness)
        else:
            self._empty.say(words.NOT_SURE, words.NOT_SURE_WHY, words.NOT_SURE_NEXT)

    # --- gestures -----------------------------------------------------------------------------------------------------

    def _current(self) -> AlarmRow | None:
        key = self._table.current_key()
        return None if key is None else self._state.row(str(key))

    def _choose_group(self, group: str) -> None:
        self._state.group = group
        self._context.head.set_scope(words.scope(group))
        self._refresh()

    def _open(self, key: Hashable) -> None:
        if (row := self._state.row(str(key))) is not None:
            self._context.navigate.to_diagram(row.where)

    def _to_diagram(self) -> None:
        if row := self._current():
            self._context.navigate.to_diagram(row.where)

    def _to_trend(self) -> None:
        if (row := self._current()) and row.value is not None:
            self._context.navigate.to_trend((row.point,), row.raised_at)

    def _to_guidance(self) -> None:
        if row := self._current():
            self._context.navigate.to_guidance(row.id)

    def _to_past(self) -> None:
        if (row := self._current()) and row.raised_at is not None:
            self._context.navigate.to_past(row.raised_at)

    def _to_events(self) -> None:
        if row := self._current():
            self._context.navigate.to_events(row.where)
