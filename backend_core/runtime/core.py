"""The life of a core: it opens its parts, takes its place among the others, works, and ends cleanly."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection

from backend_core.alarms.model import AlarmRule
from backend_core.gateway.frame import Notice
from backend_core.gateway.simulator import Plant
from backend_core.kernel.clock import Clock, from_us
from backend_core.kernel.errors import CoreError, DependencyAway, Fenced
from backend_core.kernel.identities import DeviceId
from backend_core.kernel.quality import Quality
from backend_core.kernel.settings import Settings
from backend_core.kernel.supervision import Supervisor
from backend_core.runtime import words
from backend_core.runtime.door import open_door
from backend_core.runtime.first_rules import first_rules
from backend_core.runtime.parts import Parts, build
from backend_core.runtime.vitals import Vitals
from backend_core.runtime.watchdog import Watchdog
from backend_core.runtime.wiring import wire
from backend_core.sharing.events import LeadFlaps, RoleChanged
from backend_core.sharing.model import Role
from backend_core.storage import upgrade
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.file_copy import keep_copy
from backend_core.storage.registry import devices
from backend_core.storage.segment_log import Loss
from backend_core.telemetry.live import DEFAULT_PERIOD_S
from backend_core.telemetry.model import DeviceKind, LiveValue, Reading

_log = logging.getLogger(__name__)
STOP_WITHIN_S = 4.0
TELL_EVERY_S = 1.0
WARM_STUDIES_AFTER_S = 60.0
"""The start of a console has the machine for itself."""


class Core:
    """Made, started and stopped on one event loop.

    `on_end` is told why a core cannot go on: another one leads, or its database is none that it may work on. Without it
    the core says so to the screen and goes on trying.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        role: str,
        on_end: Callable[[CoreError], None] | None = None,
        plant: Plant | None = None,
    ) -> None:
        self.parts: Parts = build(settings, clock, role)
        self._clock = clock
        self._tasks = Supervisor(clock)
        self._leading = Supervisor(clock)
        self.vitals = Vitals(self.parts, clock)
        self._on_end = on_end
        self._is_ending = False
        self._watchdog: Watchdog | None = None
        self._first_rules: tuple[AlarmRule, ...] = ()
        self.trouble: str | None = None
        self.is_open = asyncio.Event()
        self.gateway = open_door(self.parts, self.vitals, plant)
        wire(self.parts, self._on_role)
        self.parts.bus.on(LeadFlaps, self._on_flapping)

    def start(self) -> None:
        """Begin; whatever is away now is waited for."""
        self._tasks.spawn("loop watch", self.vitals.loop_watch.run())
        self._tasks.keep("open the database", self._open)
        self._tasks.keep("sign of life", self.vitals.run)
        self.parts.inlets.follow()

    async def stop(self) -> None:
        """End within a few seconds: no more messages, what is under way is committed, the lease handed back."""
        self._is_ending = True
        if self._watchdog is not None:
            self._watchdog.stop()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self.parts.inlets.stop()
                await self._drain()
                await self._leading.stop(1.0)
                await self._tasks.stop(1.0)
                if self.parts.sharing.leads:
                    await self._note("core", "This core ends in good order.")
                await self.parts.sharing.stop()
        except TimeoutError:
            _log.warning("Not everything could be ended in time; nothing is lost, the broker holds what was not stored")
        await self._leading.stop(0.5)
        await self._tasks.stop(0.5)
        await self.parts.follower.close()
        await self.parts.pool.stop()
        await self.parts.study_pool.stop()
        await self.parts.engine.stop()
        await self.parts.database.close()
        self.parts.waiting_room.close()

    def guard(self, on_late: Callable[[], None]) -> None:
        """Have a thread watch the lease: `on_late` runs there, once, when the loop has stood still past it."""
        self._watchdog = Watchdog(self._clock, lambda: self.parts.sharing.deadline_s, on_late)
        self._watchdog.start()

    def abandon(self) -> None:
        """From any thread: close the sockets of a leader that stood still, before it can write."""
        self.parts.database.abandon()
        self.parts.inlets.abandon()

    async def _open(self) -> None:
        await self.parts.waiting_room.open()
        self._tasks.keep("tell of what waits", self._tell_of_waiting)
        while True:
            try:
                await self._prepare_schema()
                await self._load()
                break
            except DependencyAway as away:
                self.trouble = str(away)
                await self._clock.sleep(1.0)
            except CoreError as error:
                if self._on_end is not None:
                    self._on_end(error)
                    return
                if self.trouble != str(error):
                    _log.error("%s", error)
                self.trouble = self.vitals.trouble = str(error)
                await self._clock.sleep(5.0)
        if self._on_end is not None and self.parts.database.read_only is not None:
            self._on_end(self.parts.database.read_only)
            return
        self.trouble, self.vitals.trouble = None, ""
        self.is_open.set()
        parts = self.parts
        self._tasks.keep("journal", parts.follower.run)
        self._tasks.keep("alarm time", parts.alarms.keep_time)
        self._tasks.keep("smart switches", parts.outages.run)
        self._tasks.spawn("warm a study worker", self._warm_studies())
        if parts.database.read_only is not None:
            _log.warning("%s", parts.database.read_only)
            self._tasks.keep("leadership", parts.sharing.look_on)
            return
        self._tasks.keep("leadership", parts.sharing.run)
        self._tasks.keep("inlets", parts.inlets.watch)
        self._tasks.keep("record", parts.history.run)
        self._tasks.keep("catching up", parts.history.catch_up)
        self._tasks.keep("record keeping", parts.history.keep_house)
        self._tasks.keep("rollups and retention", parts.keeping.run)
        self._tasks.keep("gaps", parts.gaps.run)
        self._tasks.keep("gap memory", parts.gaps.remember)
        self._tasks.keep("alarm saving", parts.alarms.saver.run)

    async def _prepare_schema(self) -> None:
        """An empty database gets its tables, a file of this computer is upgraded; any other is left as it is."""
        database = self.parts.database
        found = await database.read(upgrade.state)
        if found.is_empty:
            self._first_rules = first_rules()
        if found.is_empty or (database.kind == "sqlite" and found.is_older):
            await asyncio.to_thread(keep_copy, database.url, found.present or "empty")
            await database.write(upgrade.upgrade)
        database.read_only = (await database.read(upgrade.require_current)).why_read_only

    async def _load(self) -> None:
        parts = self.parts
        # First the journal's end, then what stands there: a change in between is heard again, never missed.
        await parts.follower.begin()
        newest = await parts.history.load()
        now_us, now_s = self._clock.now_us(), self._clock.monotonic()
        values = parts.telemetry.live.values
        for reading in newest:
            values.setdefault(reading.point, _remembered(reading, now_us, now_s, DEFAULT_PERIOD_S))
        parts.frames.values(list(values), values)
        await parts.alarms.start()

    async def _warm_studies(self) -> None:
        """A screen may ask for a study at any moment; a core that nobody watches never pays for the worker."""
        await self._clock.sleep(WARM_STUDIES_AFTER_S)
        if self.parts.frames.is_watched:
            self.parts.study_pool.start()

    def _on_role(self, changed: RoleChanged) -> None:
        parts = self.parts
        parts.database.epoch = changed.epoch
        parts.database.is_cut_off = changed.role is Role.CUT_OFF and parts.waiting_room.is_open
        if changed.role is Role.LEADER:
            if changed.before is not Role.STARTING:
                parts.outages.settle()
            self._leading.spawn("take the lead", self._take_lead())
            return
        if parts.database.is_cut_off:
            return
        if not self._is_ending:
            parts.inlets.follow()
        parts.history.stand_by() if changed.role is Role.STANDBY else parts.history.forget()
        parts.gaps.stand_by()
        parts.alarms.stand_by()
        if changed.role is Role.FENCED and self._on_end is not None:
            self._on_end(Fenced(words.FENCED, words.FENCED_REMEDY))

    async def _take_lead(self) -> None:
        parts = self.parts
        while parts.sharing.leads:
            try:
                devices = await parts.database.read(_kinds)
                parts.telemetry.know(devices)
                await parts.history.refresh_totals()
                await parts.alarms.lead(devices, self._first_rules)
                await self._note("core", f"{parts.me.name} leads now, in epoch {parts.sharing.epoch}.")
                parts.history.lead()
                parts.inlets.lead()
                return
            except DependencyAway:
                await self._clock.sleep(0.5)

    async def _drain(self) -> None:
        """Let what has been read be committed; what is not is delivered again."""
        if self.parts.database.link.ok:
            await self.parts.history.drained()

    def _on_flapping(self, flapping: LeadFlaps) -> None:
        if self.parts.sharing.leads:
            self._leading.spawn("note the flapping", self._note("core", words.flapping_noted(flapping.changes)))

    async def _note(self, kind: str, text: str) -> None:
        me = self.parts.me
        entry = LogEntry(self._clock.now(), kind, me.operator, me.name, text, me.name)
        await self.parts.database.write(lambda connection: record(connection, entry))

    async def _tell_of_waiting(self) -> None:
        """What became of messages that had to wait is shown at once, and logged when the database takes it."""
        untold: deque[str] = deque()
        lost: deque[Loss] = deque()
        while True:
            await self._clock.sleep(TELL_EVERY_S)
            for note in [*await self.parts.waiting_room.take_notes(), *self.parts.history.take_notes()]:
                _log.warning("%s", note)
                self.parts.frames.notice(Notice("warning", note, self._clock.now()))
                untold.append(note)
            lost += await self.parts.waiting_room.readings.take_losses()
            with suppress(CoreError):
                while untold:
                    await self._note("spool", untold[0])
                    untold.popleft()
                while lost:
                    records, since_ns, until_ns = lost[0]
                    since, until = _moment(since_ns or until_ns), _moment(until_ns or since_ns)
                    await self.parts.gaps.note_damage(since or self._clock.now(), until or self._clock.now(), records)
                    lost.popleft()


def _moment(received_ns: int | None) -> datetime | None:
    return None if received_ns is None else from_us(received_ns // 1000)


def _remembered(reading: Reading, now_us: int, now_s: float, period_s: float) -> LiveValue:
    """The last stored reading as a value that is plainly not live."""
    quality = max(reading.quality, Quality.STALE)
    # A time from the future would keep the point's live readings out until it has come.
    shown_us = min(reading.ts_us, reading.received_us)
    age_s = max(0.0, (now_us - shown_us) / 1e6)
    return LiveValue(reading.value, quality, reading.marks, shown_us, now_s - age_s, period_s)


def _kinds(connection: Connection) -> dict[DeviceId, DeviceKind]:
    lawful = set(DeviceKind)
    return {DeviceId(row.device): DeviceKind(row.kind) for row in devices(connection) if row.kind in lawful}
