"""A control room of several consoles on one database, each with its own alarm service."""

from __future__ import annotations

from collections.abc import Sequence

from backend_core.alarms.events import AcknowledgementLapsed, AlarmChanged
from backend_core.alarms.live.rule_book import RuleBook
from backend_core.alarms.live.watchboard import Watchboard
from backend_core.alarms.model import Alarm, AlarmRule, Side, Step, Timer, alarm_id
from backend_core.alarms.service import AlarmService
from backend_core.alarms.sql_rules import SqlAlarmRuleStore
from backend_core.alarms.sql_store import SqlAlarmStore
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import DependencyAway
from backend_core.kernel.event_bus import EventBus
from backend_core.storage.database import Database
from tests.backend_core.alarms.desk import T1, batch, reading

T1_HIGH = alarm_id(T1, Side.HIGH)


class SwitchedStore(SqlAlarmStore):
    """The real store behind a switch: while it is off, the database is away; or its answers are lost."""

    is_away = False
    loses_answers = False

    async def save(self, steps: Sequence[Step], timers: Sequence[Timer], *, as_leader: bool) -> tuple[Alarm, ...]:
        if self.is_away:
            raise DependencyAway("The database does not answer.")
        saved = await super().save(steps, timers, as_leader=as_leader)
        if self.loses_answers:
            raise DependencyAway("The connection broke during the commit.")
        return saved


class Desk:
    """One console's alarms with everything they told."""

    def __init__(self, database: Database, clock: FakeClock, name: str = "desk 1") -> None:
        self.clock = clock
        self.store = SwitchedStore(database)
        self.changes: list[Alarm] = []
        self.lapsed: list[AcknowledgementLapsed] = []
        self.origins: list[str] = []
        bus = EventBus()
        bus.on(AlarmChanged, self._note)
        bus.on(AcknowledgementLapsed, self.lapsed.append)
        board = Watchboard(lambda point: 1.0, offline_after_s=120.0)
        book = RuleBook(SqlAlarmRuleStore(database), clock, name, lambda: board.points)
        self.service = AlarmService(self.store, book, board, clock, bus, here=name)

    def _note(self, event: AlarmChanged) -> None:
        self.changes.append(event.alarm)
        self.origins.append(event.origin)

    async def lead(self, *rules: AlarmRule) -> Desk:
        """Take the lead, with these rules if there were never any."""
        await self.service.lead(first_rules=rules)
        return self

    async def see(self, value: float, second: float, *, saved: bool = True) -> None:
        """Evaluate one reading of T1, and bring what follows to the database."""
        self.service.hear(batch([reading(value, second)]))
        if saved:
            await self.service.saver.save()

    @property
    def t1(self) -> Alarm:
        """The high alarm of T1."""
        found = self.service.ledger.get(T1_HIGH)
        assert found is not None
        return found
