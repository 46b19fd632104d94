"""The alarms as they stand: evaluated on the leader, shown everywhere, kept so that a crash loses none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from backend_core.alarms.events import (
    REMOTE,
    AcknowledgementLapsed,
    AlarmChanged,
    AlarmRulesChanged,
    AlarmsLoaded,
)
from backend_core.alarms.live.ledger import Ledger
from backend_core.alarms.live.rule_book import RuleBook
from backend_core.alarms.live.saver import Saver
from backend_core.alarms.live.watchboard import Finding, Watchboard
from backend_core.alarms.model import (
    Acknowledged,
    AcknowledgeOutcome,
    AcknowledgePending,
    Alarm,
    AlarmId,
    AlarmNotFound,
    AlarmRule,
    Base,
    Happening,
    JournalEntry,
    LeftBehind,
    RuleEdit,
    Step,
    Stimulus,
)
from backend_core.alarms.ports import AlarmStore
from backend_core.alarms.rules import life
from backend_core.kernel.clock import Clock, to_us
from backend_core.kernel.errors import CoreError, DependencyAway
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.identities import DeviceId
from backend_core.kernel.links import LinkChanged, LinkName
from backend_core.telemetry.events import BatchJudged

CORE = "core"
TICK_S = 0.5
FOLLOW_EVERY_S = 2.0
WISH_LIVES = timedelta(minutes=15)
_TRIES = 5


class AlarmService:
    """Owns the alarms of this console. The leader evaluates; everything else works on a stand-by too.

    A step of the leader is shown at once and saved in the same breath. `saver.settled` ends when that is done, and
    no batch is written or acknowledged before it: a crash leaves either the alarm in the database or the reading at
    the broker, which delivers it again. What was saved already is then known by the time of its measurement. While
    the database is away steps go to this computer's disk instead, and are saved by whichever run leads next here.
    """

    def __init__(
        self, store: AlarmStore, book: RuleBook, board: Watchboard, clock: Clock, bus: EventBus, *, here: str
    ) -> None:
        self._store = store
        self._board = board
        self._clock = clock
        self._bus = bus
        self._here = here
        self._rules_revision = 0
        self._cursor = 0
        self._wishes: dict[AlarmId, Stimulus] = {}
        self._can_hear = True
        self._must_reload = False
        self.is_leading = False
        self.book = book
        self.ledger = Ledger(here)
        self.saver = Saver(store, self.ledger, board, clock)
        self.saver.on_news = self._news
        self.saver.on_fenced = self.stand_by
        book.on_change = self._use_rules

    async def journal(self, alarm: AlarmId | None, limit: int = 200) -> tuple[JournalEntry, ...]:
        """The newest lines of one alarm or of all."""
        return await self._store.journal(alarm, limit)

    async def history(self, since: datetime | None, until: datetime | None) -> tuple[Alarm, ...]:
        """The alarms raised in a span."""
        return await self._store.history(since, until)

    async def start(self) -> None:
        """Read the alarms and the rules, as after a restart; what a leader has not saved yet it keeps."""
        await (self._begin_with_unsaved() if self.is_leading else self._begin())

    async def _begin_with_unsaved(self) -> None:
        async with self.saver.alone() as left:
            await self._begin(left)

    async def _begin(self, left: LeftBehind | None = None) -> None:
        """Read everything anew; what an outage left unsaved happens again on top of it."""
        self._board.arm(await self.book.load())
        kept = await self._store.load()
        steps, timers = [], []
        if left is not None:
            steps = [*left.steps, *self.ledger.take()]
            timers = [*left.timers, *self._board.take_timers()]
        self.ledger.reset(kept.alarms)
        self.ledger.resume(steps)
        running = {(timer.point, timer.level): timer for timer in (*kept.timers, *timers)}
        self._board.restore(self.ledger.all(), running.values(), self._clock.monotonic())
        self._board.put_back(timers)
        self._cursor, self._rules_revision = kept.journal_seq, kept.rules_revision
        self._must_reload = False
        self._bus.publish(AlarmsLoaded(self.ledger.listed(), self._here))

    async def lead(self, devices: Iterable[DeviceId] = (), first_rules: Sequence[AlarmRule] = ()) -> None:
        """Begin to evaluate where the leader before stopped; these devices' silence counts from now.

        A database that never had rules gets the first ones.
        """
        await self._begin_with_unsaved()
        if self._rules_revision == 0 and first_rules:
            await self.book.save(RuleEdit(added=tuple(first_rules)), CORE)
        self._board.expect(devices, self._clock.monotonic())
        self.is_leading = True
        self._retire(CORE)

    def stand_by(self) -> None:
        """Another core leads."""
        self.is_leading = False
        self._must_reload = True
        self.saver.drop()

    def on_link(self, changed: LinkChanged) -> None:
        """While the broker is away nobody can be called silent."""
        if changed.state.name is LinkName.BROKER:
            if changed.state.ok and not self._can_hear:
                self._board.forgive_silence(self._clock.monotonic())
            self._can_hear = changed.state.ok

    def hear(self, batch: BatchJudged) -> None:
        """Evaluate a batch; the leader only."""
        if not self.is_leading:
            return
        now_s = self._clock.monotonic()
        self._board.hear(batch.readings, now_s)
        self._take(self._board.judge(batch.fresh, now_s))

    def tick(self) -> None:
        """Let delays and silences run out; the leader only."""
        if self.is_leading:
            now_us = to_us(self._clock.now())
            self._take(self._board.pass_time(self._clock.monotonic(), now_us, can_hear=self._can_hear))

    async def hear_others(self) -> None:
        """The journal tells of changes: take over what is news here."""
        await (self.start() if self._must_reload else self.follow())

    async def follow(self) -> None:
        """Hear of what other consoles did since last time."""
        kept = await self._store.changed_since(self._cursor)
        self._cursor = max(self._cursor, kept.journal_seq)
        for stored in kept.alarms:
            if news := self.ledger.adopt(stored):
                self._news(news)
        if kept.rules_revision != self._rules_revision:
            self._rules_revision = kept.rules_revision
            before = self.book.rules
            if await self.book.load() != before:
                self._use_rules(REMOTE)

    async def keep_time(self) -> None:
        """Tick, follow the others, and bring waiting wishes to the database, for ever."""
        followed_s = self._clock.monotonic()
        while True:
            await self._clock.sleep(TICK_S)
            self.tick()
            if self._clock.monotonic() - followed_s >= FOLLOW_EVERY_S:
                followed_s = self._clock.monotonic()
                await self.catch_up()

    async def catch_up(self) -> None:
        """Follow the others, then grant the wishes that waited for the database."""
        try:
            await self.hear_others()
        except DependencyAway:
            return
        wishes, self._wishes = self._wishes, {}
        for alarm, wish in wishes.items():
            in_time = self._clock.now() - wish.at <= WISH_LIVES
            if not in_time or not isinstance(await self._wish(alarm, wish), Acknowledged | AcknowledgePending):
                self._bus.publish(AcknowledgementLapsed(alarm, wish.by, wish.at, self._here))

    async def acknowledge(self, alarm: AlarmId, occurrence: int, by: str) -> AcknowledgeOutcome:
        """The operator has seen this occurrence."""
        return await self._wish(alarm, Stimulus(Happening.ACKNOWLEDGE, self._clock.now(), by=by, occurrence=occurrence))

    async def reset(self, alarm: AlarmId, by: str) -> AcknowledgeOutcome:
        """Let a latched alarm go."""
        return await self._wish(alarm, Stimulus(Happening.RESET, self._clock.now(), by=by))

    async def _wish(self, alarm: AlarmId, wish: Stimulus) -> AcknowledgeOutcome:
        try:
            for _ in range(_TRIES):
                is_away = self.is_leading and self.saver.is_away
                if self.is_leading and not is_away:
                    await self.saver.save()  # what the condition did first must stand first
                before = self.ledger.get(alarm)
                if before is None:
                    return AlarmNotFound(alarm)
                if before.is_of_a_newer_kind:
                    raise CoreError(
                        f"{alarm} is of a kind that this program does not know.", "Answer it at a newer console."
                    )
                after = life.meet(before, wish)
                if not isinstance(after, Alarm):
                    return after
                if is_away:
                    break
                if now := await self.saver.save_wish(Step(wish, before, after, self._here)):
                    self._news(now, self._here)
                    return Acknowledged(now)
        except DependencyAway:
            pass  # the database's link tells everybody; the wish waits
        kept = self._wishes.setdefault(alarm, wish)
        return AcknowledgePending(kept.at + WISH_LIVES)

    def _take(self, findings: Sequence[Finding]) -> None:
        now = self._clock.now()
        for finding in findings:
            alarm = self.ledger.get(finding.alarm_id) or _unborn(finding, now)
            self._meet(alarm, Stimulus(finding.kind, now, finding.breach))
        self.saver.wake()

    def _meet(self, alarm: Alarm, stimulus: Stimulus) -> None:
        if after := self.ledger.meet(alarm, stimulus):
            self._bus.publish(AlarmChanged(after, self._here))

    def _news(self, alarm: Alarm, origin: str = REMOTE) -> None:
        """An alarm was changed by a person, here or at another console."""
        self._bus.publish(AlarmChanged(alarm, origin))
        worst_is_over = alarm.base is Base.ACKNOWLEDGED and alarm.level is not alarm.present
        if self.is_leading and worst_is_over and (breach := self._board.breach(alarm.point, alarm.side)):
            self._meet(alarm, Stimulus(Happening.LOWER_PRIORITY, self._clock.now(), breach))
            self.saver.wake()

    def _use_rules(self, by: str) -> None:
        self._board.arm(self.book.rules)
        self._bus.publish(AlarmRulesChanged(self.book.rules, by, self._here))
        self._retire(by)

    def _retire(self, by: str) -> None:
        """Alarms that no rule speaks for any more would stand for ever."""
        if self.is_leading:
            for alarm in self.ledger.listed():
                if not self._board.rules_for(alarm.point, alarm.side):
                    self._meet(alarm, Stimulus(Happening.RETIRE, self._clock.now(), by=by))
            self.saver.wake()


def _unborn(finding: Finding, now: datetime) -> Alarm:
    """The alarm of this point and side as it was before it was ever raised."""
    breach = finding.breach
    return Alarm(
        id=finding.alarm_id,
        point=finding.point,
        side=finding.side,
        level=breach.level,
        priority=breach.priority,
        limit=breach.limit,
        value=breach.value,
        measured_at=breach.measured_at,
        changed_at=now,
    )
