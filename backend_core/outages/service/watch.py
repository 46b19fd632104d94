"""Watches the smart switches round by round, and says when their silence is an outage."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import CoreError
from backend_core.kernel.event_bus import EventBus
from backend_core.outages import events
from backend_core.outages.live import KEPT, LiveStandings, Taken
from backend_core.outages.model import (
    Board,
    Check,
    Cycle,
    Edit,
    Finding,
    ImportPlan,
    Note,
    Outage,
    SmartSwitch,
    WatchSettings,
)
from backend_core.outages.ports import SmartSwitchProbe, SmartSwitchStore, Witness
from backend_core.outages.rules import notes
from backend_core.outages.rules.timeline import uptime
from backend_core.outages.rules.verdict import tally
from backend_core.outages.rules.witness import observer_is_well
from backend_core.outages.service.book import OutageBook
from backend_core.outages.service.hearing import ObserverGate
from backend_core.outages.service.listing import SmartSwitchList
from backend_core.outages.service.rounds import ProbeRounds

FOLLOW_EVERY_S = 5.0
SETTLE_S = 5.0
DROP_AT_ONCE = 500
DROP_EVERY = timedelta(hours=1)
DROP_PAUSE_S = 0.05
TAKEN_AT_ONCE = 1_000
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
        self._store = store
        self._bus = bus
        self._clock = clock
        self._settings = settings
        probing = settings.probing
        self._gap_s = 2.5 * probing.interval_s + 2 * probing.timeout_s
        self._live = LiveStandings(self._gap_s)
        self._rounds = ProbeRounds(probe, bus, clock, settings)
        self._gate = ObserverGate(witnesses)
        self._book = OutageBook(store, settings)
        self._list = SmartSwitchList(store, clock, settings.observer, self._on_edit)
        self._cycle: Cycle | None = None
        self._observer_ok = True
        self._followed_until: datetime | None = None
        self._dropped_at: datetime | None = None
        self._settles_until_s = 0.0
        self._trouble = ""

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
                self._trouble = ""
            except CoreError as error:
                if self._trouble != str(error):
                    _log.warning("The watch over smart switches goes on without the database: %s", error)
                self._trouble = str(error)
            pause_s = self._jittered(every_s - (self._clock.monotonic() - started))

    def settle(self) -> None:
        """The lead was taken from another: what one first round sees is no outage yet."""
        self._settles_until_s = self._clock.monotonic() + max(SETTLE_S, self._settings.probing.interval_s)

    async def hear_others(self) -> None:
        """The journal tells of an edit, a round or an outage: take it over."""
        if self._store.epoch is None:
            await self._follow()
        else:
            self._take_list(await self._store.switches())

    async def run_cycle(self) -> Cycle:
        """One round: probe, ask the failed again if it looks like an outage, judge, store, tell."""
        started_at, started = self._clock.now(), self._clock.monotonic()
        self._take_list(await self._list_or_known())
        active = [s.switch for s in self._live.all() if s.switch.active]
        ask = self._rounds.probe if self._book.open is not None else self._rounds.probe_with_second_look
        checks = await self._gate.pass_on(await ask(active, self._store.epoch or 0), active)
        took_s = self._clock.monotonic() - started
        cycle = Cycle(started_at, took_s, len(active), fits=self._rounds.fits(len(active), took_s))
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
            open_outage=self._book.open,
            past_outages=self._book.past,
            tally=tally(standings),
            uptime_day=sum(up) / len(up) if up else None,
            observer_ok=self._observer_ok,
            cycle=self._cycle,
            interval_s=self._settings.probing.interval_s,
        )

    # -- the list ----------------------------------------------------------------------------------------------------

    async def save(
        self, switch: SmartSwitch, who: str, *, is_new: bool, seen: SmartSwitch | None = None
    ) -> tuple[Finding, ...]:
        """Add or change one smart switch, or say what is wrong with it; one not as `seen` any more is left alone."""
        return await self._list.save(switch, who, is_new=is_new, seen=seen)

    async def remove(self, names: Sequence[str], who: str) -> None:
        """Take smart switches out of the list."""
        await self._list.remove(names, who)

    async def preview_import(self, content: bytes) -> ImportPlan:
        """What an import of this CSV file would do."""
        return await self._list.preview_import(content)

    async def run_import(self, content: bytes, who: str) -> ImportPlan:
        """Import every line of this CSV file, or none when there is a single finding."""
        return await self._list.run_import(content, who)

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

    async def _conclude(self, checks: tuple[Check, ...], cycle: Cycle) -> None:
        """Everything that follows from a round, in order: standings, decision, store, and only then the news."""
        at = max((check.checked_at for check in checks), default=self._clock.now())
        taken = await self._taken(checks)
        fitted, self._cycle = self._cycle is None or self._cycle.fits, cycle
        was_well, self._observer_ok = self._observer_ok, observer_is_well(checks)
        before = self._book.open
        # While this console hears badly nothing is decided, neither that an outage opens nor that one ends.
        after = self._book.decide(self._live.all(), at) if self._observer_ok else before
        if before is None and self._clock.monotonic() < self._settles_until_s:
            after = None
        said = [*notes.of_turns(taken.turned), *map(notes.of_flapping, taken.flapping)]
        if was_well != self._observer_ok:
            said.append(notes.of_observer(self._observer_ok, at))
        if cycle.fits != fitted:
            said.append(notes.of_cycle(cycle, self._settings.probing.interval_s, at))
        said += _of_change(before, after)
        after = await self._book.keep(checks, after, said)
        self._bus.publish(events.SmartSwitchesChecked(checks, cycle))
        self._tell_turns(taken)
        if was_well != self._observer_ok:
            self._bus.publish(events.ObserverHealthChanged(self._observer_ok, at))
        if after is not None and after != before:
            self._bus.publish(_event_of(before, after))
        self._publish_board()

    async def _taken(self, checks: Sequence[Check]) -> Taken:
        """Take the checks in pieces, so that ten thousand do not hold up the core."""
        taken = Taken()
        for start in range(0, len(checks), TAKEN_AT_ONCE):
            part = self._live.take(checks[start : start + TAKEN_AT_ONCE])
            taken.turned.extend(part.turned)
            taken.flapping.extend(part.flapping)
            await asyncio.sleep(0)
        return taken

    def _tell_turns(self, taken: Taken) -> None:
        for check in taken.turned:
            self._bus.publish(events.SmartSwitchTurned(check.name, check.verdict, check.checked_at))
        for check in taken.flapping:
            self._bus.publish(events.SmartSwitchFlapping(check.name, check.checked_at))

    async def _follow(self) -> None:
        """On stand-by: show what the leader has stored."""
        self._book.forget_waiting()
        self._take_list(await self._store.switches())
        await self._load_recent()
        self._publish_board()

    async def _load_recent(self) -> None:
        since = self._followed_until or self._clock.now() - timedelta(seconds=self._gap_s)
        fresh = await self._store.checks_since(since)
        await self._taken(fresh)
        self._followed_until = max((check.checked_at for check in fresh), default=since)
        await self._book.load()
        if fresh:
            self._observer_ok = observer_is_well(fresh[-len(self._live.all()) :])

    def _on_edit(self, edit: Edit, switches: Sequence[SmartSwitch]) -> None:
        self._live.keep(switches)
        self._bus.publish(events.SmartSwitchesEdited(edit))
        self._publish_board()

    def _publish_board(self) -> None:
        self._bus.publish(events.BoardChanged(self.board()))


def _of_change(before: Outage | None, after: Outage | None) -> tuple[Note, ...]:
    """A line for the log when an outage opens or ends, none while it goes on."""
    opens_or_ends = after is not None and (before is None or not after.is_open)
    return (notes.of_outage(after),) if after is not None and opens_or_ends else ()


def _event_of(before: Outage | None, after: Outage) -> events.OutageOpened | events.OutageSpread | events.OutageEnded:
    if before is None:
        return events.OutageOpened(after)
    return events.OutageSpread(after) if after.is_open else events.OutageEnded(after)
