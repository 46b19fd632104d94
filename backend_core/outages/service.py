"""Watches the smart switches round by round, and says when their silence is an outage."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import CoreError
from backend_core.kernel.event_bus import EventBus
from backend_core.outages import events
from backend_core.outages.live import KEPT, Backlog, LiveStandings, Taken
from backend_core.outages.model import (
    Board,
    Check,
    Cycle,
    Edit,
    Finding,
    ImportPlan,
    Note,
    Outage,
    ProbeAnswer,
    SmartSwitch,
    Tally,
    Verdict,
    WatchSettings,
)
from backend_core.outages.ports import SmartSwitchProbe, SmartSwitchStore, Witness
from backend_core.outages.rules import notes
from backend_core.outages.rules.csv_list import read_rows
from backend_core.outages.rules.outage import is_outage, next_outage
from backend_core.outages.rules.registry import complaints, plan_import
from backend_core.outages.rules.timeline import uptime
from backend_core.outages.rules.verdict import judge, tally
from backend_core.outages.rules.witness import Hearing, gated, hearing_of, observer_is_well

REPROBE_AFTER_S = 1.0
FOLLOW_EVERY_S = 5.0
WITNESS_TIMEOUT_S = 3.0
FLAP_QUIET = timedelta(minutes=10)
PAST_OUTAGES = 100
DROP_AT_ONCE = 500
DROP_EVERY = timedelta(hours=1)
DROP_PAUSE_S = 0.05
SPANS_READ_AT_START = 1_500_000

_log = logging.getLogger(__name__)


class OutageService:
    """Probes on the leader and follows the store elsewhere; every console may edit the list.

    The wiring runs `run()` as a kept task; the gateway calls the rest.
    """

    def __init__(
        self,
        probe: SmartSwitchProbe,
        store: SmartSwitchStore,
        witnesses: Sequence[Witness],
        bus: EventBus,
        clock: Clock,
        settings: WatchSettings,
    ) -> None:
        self._probe = probe
        self._store = store
        self._witnesses = witnesses
        self._bus = bus
        self._clock = clock
        self._settings = settings
        probing = settings.probing
        self._live = LiveStandings(longest_gap_s=2.5 * probing.interval_s + 2 * probing.timeout_s)
        self._outage: Outage | None = None
        self._past: tuple[Outage, ...] = ()
        self._cycle: Cycle | None = None
        self._observer_ok = True
        self._unsaved = Backlog()
        self._followed_until: datetime | None = None
        self._flap_told: dict[str, datetime] = {}
        self._dropped_at: datetime | None = None

    # -- the watch ---------------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Take over the list, the last day and the open outage from the store."""
        switches = await self._store.switches()
        self._live.keep(switches)
        per_day = len(switches) * KEPT.total_seconds() / self._settings.probing.interval_s
        reach = KEPT * min(1.0, SPANS_READ_AT_START / per_day) if per_day else KEPT
        self._live.load(await self._store.spans(self._clock.now() - reach, self._gap_s))
        await self._load_recent()
        self._publish_board()

    async def run(self) -> None:
        """Round after round for as long as the core lives, none before the one before has ended."""
        await self.load()
        pause_s = random.uniform(0.0, min(1.0, 0.1 * self._settings.probing.interval_s))
        while True:
            await self._clock.sleep(pause_s)
            started = self._clock.monotonic()
            every_s = self._settings.probing.interval_s if self._store.epoch is not None else FOLLOW_EVERY_S
            try:
                await self._turn()
            except CoreError as error:
                _log.warning("The watch over smart switches goes on without the database: %s", error)
            pause_s = self._jittered(every_s - (self._clock.monotonic() - started))

    async def run_cycle(self) -> Cycle:
        """One round: probe, ask the failed again if it looks like an outage, judge, store, tell."""
        started_at, started = self._clock.now(), self._clock.monotonic()
        self._take_list(await self._list_or_known())
        active = [s.switch for s in self._live.all() if s.switch.active]
        checks = await self._probe_twice(active)
        checks = await self._gate(checks, active)
        cycle = self._timed(started_at, self._clock.monotonic() - started, len(active))
        await self._conclude(checks, cycle)
        return cycle

    def board(self) -> Board:
        """Everything a screen shows, as of now."""
        now = self._clock.now()
        standings = self._live.all()
        up = [u for s in standings if s.switch.active and (u := uptime(s.spans, now - KEPT, now)) is not None]
        return Board(
            as_of=now,
            standings=standings,
            open_outage=self._outage,
            past_outages=self._past,
            tally=tally(standings),
            uptime_day=sum(up) / len(up) if up else None,
            observer_ok=self._observer_ok,
            cycle=self._cycle,
            interval_s=self._settings.probing.interval_s,
        )

    # -- the list ----------------------------------------------------------------------------------------------------

    async def save(self, switch: SmartSwitch, who: str, *, is_new: bool) -> tuple[Finding, ...]:
        """Add or change one smart switch, or say what is wrong with it."""
        found = complaints(switch)
        names = {s.name for s in await self._store.switches()}
        if is_new and switch.name in names:
            found = (*found, Finding(1, f"A smart switch named '{switch.name}' exists already."))
        if not found:
            await self._edit((switch,), (), who)
        return found

    async def remove(self, names: Sequence[str], who: str) -> None:
        """Take smart switches out of the list; their checks stay until they are too old."""
        await self._edit((), tuple(names), who)

    async def preview_import(self, content: bytes) -> ImportPlan:
        """What an import of this CSV file would do."""
        return plan_import(read_rows(content), await self._store.switches())

    async def run_import(self, content: bytes, who: str) -> ImportPlan:
        """Import every line of this CSV file, or none when there is a single finding."""
        plan = await self.preview_import(content)
        if plan.is_clean and (plan.added or plan.changed):
            await self._edit(plan.added + plan.changed, (), who)
        return plan

    async def drop_old_checks(self) -> int:
        """Delete the checks that are too old, in pieces small enough to let others write in between."""
        before = self._clock.now() - timedelta(days=self._settings.probing.keep_days)
        dropped = 0
        while gone := await self._store.drop_checks(before, DROP_AT_ONCE):
            dropped += gone
            if gone < DROP_AT_ONCE:
                break
            await self._clock.sleep(DROP_PAUSE_S)
        return dropped

    # -- within ------------------------------------------------------------------------------------------------------

    @property
    def _gap_s(self) -> float:
        return 2.5 * self._settings.probing.interval_s + 2 * self._settings.probing.timeout_s

    async def _turn(self) -> None:
        if self._store.epoch is None:
            await self._follow()
            return
        await self.run_cycle()
        now = self._clock.now()
        if self._dropped_at is None or now - self._dropped_at >= DROP_EVERY:
            self._dropped_at = now
            await self.drop_old_checks()

    def _jittered(self, rest_s: float) -> float:
        """Rounds drift a little against each other and against other pollers."""
        return max(0.0, rest_s + random.uniform(-0.02, 0.02) * self._settings.probing.interval_s)

    async def _list_or_known(self) -> Sequence[SmartSwitch]:
        """The list anew, for others may have edited it; the known one while the database is away."""
        try:
            return await self._store.switches()
        except CoreError:
            return [s.switch for s in self._live.all()]

    def _take_list(self, switches: Sequence[SmartSwitch]) -> None:
        if self._live.keep(switches):
            self._publish_board()

    async def _probe_twice(self, active: Sequence[SmartSwitch]) -> tuple[Check, ...]:
        first = await self._probe_once(active)
        by_name = {s.name: s for s in active}
        dark = [by_name[c.name] for c in first if c.verdict is Verdict.OFFLINE]
        online = sum(c.verdict is Verdict.ONLINE for c in first)
        if self._outage is not None or not is_outage(Tally(online, len(dark)), self._settings.outage):
            return first
        await self._clock.sleep(REPROBE_AFTER_S)
        return first + await self._probe_once(dark)

    async def _probe_once(self, switches: Sequence[SmartSwitch]) -> tuple[Check, ...]:
        answers = await self._probe.probe(switches)
        readings = tuple(reading for answer in answers for reading in answer.readings)
        if readings:
            self._bus.publish(events.SmartSwitchReadingsTaken(readings))
        return tuple(self._checked(answer) for answer in answers)

    def _checked(self, answer: ProbeAnswer) -> Check:
        probing = self._settings.probing
        verdict = judge(answer, refused_is_power=probing.refused_is_power)
        epoch = self._store.epoch or 0
        return Check(
            answer.name,
            answer.started_at,
            verdict,
            answer.response_ms,
            answer.error,
            self._settings.observer,
            epoch,
        )

    async def _gate(self, checks: tuple[Check, ...], active: Sequence[SmartSwitch]) -> tuple[Check, ...]:
        """No silence is believed before someone has proved, in the same round, that this console can hear."""
        by_name = {s.name: s for s in active}
        hearing = hearing_of(checks, by_name)
        if not observer_is_well(gated(checks, by_name, hearing)):
            heard = await asyncio.gather(*(self._hears(witness) for witness in self._witnesses))
            near = any(ok for ok, witness in zip(heard, self._witnesses, strict=True) if witness.is_local)
            far = any(ok for ok, witness in zip(heard, self._witnesses, strict=True) if not witness.is_local)
            hearing = Hearing(near=hearing.near or near, far=hearing.far or far)
        return gated(checks, by_name, hearing)

    async def _hears(self, witness: Witness) -> bool:
        try:
            async with asyncio.timeout(WITNESS_TIMEOUT_S):
                return await witness.answers()
        except (OSError, TimeoutError, CoreError):
            return False

    def _timed(self, started_at: datetime, took_s: float, probed: int) -> Cycle:
        longest_s = max(took_s, self._probe.seconds_at_worst(probed))
        return Cycle(started_at, took_s, probed, fits=longest_s <= self._settings.probing.interval_s)

    async def _conclude(self, checks: tuple[Check, ...], cycle: Cycle) -> None:
        at = max((c.checked_at for c in checks), default=self._clock.now())
        fitted, self._cycle = self._cycle is None or self._cycle.fits, cycle
        taken = self._live.take(checks)
        said = notes.of_turns(taken.turned) + self._told_flapping(taken)
        was_well, self._observer_ok = self._observer_ok, observer_is_well(checks)
        if was_well != self._observer_ok:
            said = (*said, notes.of_observer(self._observer_ok, at))
        if cycle.fits != fitted:
            said = (*said, notes.of_cycle(cycle, self._settings.probing.interval_s, at))
        before, after = self._outage, self._decided(at)
        if after is not None and (before is None or not after.is_open):
            said = (*said, notes.of_outage(after))
        changed = after if after is not None and after != before else None
        self._unsaved.add(checks, changed, said)
        saved = await self._save_round()
        after = next((o for o in saved if after is not None and o.started_at == after.started_at), after)
        self._outage = after if after is not None and after.is_open else None
        if after is not None and changed is not None:
            self._past = _newest([after, *self._past])
        self._bus.publish(events.SmartSwitchesChecked(checks, cycle))
        self._tell_turns(taken)
        if was_well != self._observer_ok:
            self._bus.publish(events.ObserverHealthChanged(self._observer_ok, at))
        if after is not None and after != before:
            self._bus.publish(_event_of(before, after))
        self._publish_board()

    def _decided(self, at: datetime) -> Outage | None:
        """The outage after this round; while this console hears badly nothing is decided."""
        if not self._observer_ok:
            return self._outage
        standings = self._live.all()
        limits, interval_s = self._settings.outage, self._settings.probing.interval_s
        return next_outage(self._outage, standings, tally(standings), limits, at, interval_s)

    async def _save_round(self) -> tuple[Outage, ...]:
        """Store what has gathered; when the database is away it waits for the next round."""
        waiting = self._unsaved
        try:
            saved = await self._store.save_round(waiting.checks, waiting.outages, waiting.notes)
        except CoreError as error:
            _log.warning("%d checks wait to be stored: %s", len(waiting.checks), error)
            return ()
        self._unsaved = Backlog(dropped=waiting.dropped)
        return saved

    def _told_flapping(self, taken: Taken) -> tuple[Note, ...]:
        told = self._flap_told
        fresh = [c for c in taken.flapping if c.name not in told or c.checked_at - told[c.name] > FLAP_QUIET]
        self._flap_told |= {c.name: c.checked_at for c in fresh}
        taken.flapping[:] = fresh
        return tuple(notes.of_flapping(check) for check in fresh)

    def _tell_turns(self, taken: Taken) -> None:
        for check in taken.turned:
            self._bus.publish(events.SmartSwitchTurned(check.name, check.verdict, check.checked_at))
        for check in taken.flapping:
            self._bus.publish(events.SmartSwitchFlapping(check.name, check.checked_at))

    async def _follow(self) -> None:
        """On stand-by: show what the leader has stored; what this core could not store is another's business now."""
        self._unsaved = Backlog()
        self._take_list(await self._store.switches())
        await self._load_recent()
        self._publish_board()

    async def _load_recent(self) -> None:
        since = self._followed_until or self._clock.now() - timedelta(seconds=self._gap_s)
        fresh = await self._store.checks_since(since)
        self._live.take(fresh)
        self._followed_until = max((c.checked_at for c in fresh), default=since)
        self._past = await self._store.outages(PAST_OUTAGES)
        self._outage = next((o for o in self._past if o.is_open), None)
        self._observer_ok = observer_is_well(fresh[-len(self._live.all()) :]) if fresh else self._observer_ok

    async def _edit(self, kept: tuple[SmartSwitch, ...], removed: tuple[str, ...], who: str) -> None:
        edit = Edit(kept, removed, who, self._settings.observer, self._clock.now())
        await self._store.save_edit(edit)
        self._live.keep(await self._store.switches())
        self._bus.publish(events.SmartSwitchesEdited(edit))
        self._publish_board()

    def _publish_board(self) -> None:
        self._bus.publish(events.BoardChanged(self.board()))


def _newest(outages: Iterable[Outage]) -> tuple[Outage, ...]:
    """The outages without repetition, the first of each kept, newest first."""
    by_start: dict[datetime, Outage] = {}
    for outage in outages:
        by_start.setdefault(outage.started_at, outage)
    return tuple(sorted(by_start.values(), key=lambda o: o.started_at, reverse=True))[:PAST_OUTAGES]


def _event_of(before: Outage | None, after: Outage) -> events.OutageOpened | events.OutageSpread | events.OutageEnded:
    if before is None:
        return events.OutageOpened(after)
    return events.OutageSpread(after) if after.is_open else events.OutageEnded(after)
