"""Commits batches to the record in the order they came, and only then lets their receipts complete."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from backend_core.history import rules
from backend_core.history.model import History, HistoryTotals, Writing
from backend_core.history.ports import HistoryStore
from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import DependencyAway, Fenced, NotLeading
from backend_core.kernel.identities import DeviceId, PointId
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import DeviceKind, Inlet, Reading, Rejection

_log = logging.getLogger(__name__)
LONGEST_PAUSE_S = 5.0
TIDY_EVERY_S = 3600.0


class HistoryService:
    """The last step of a reading's walk before it is acknowledged."""

    def __init__(self, store: HistoryStore, clock: Clock, kinds: Mapping[DeviceId, DeviceKind]) -> None:
        self._store = store
        self._clock = clock
        self._kinds = kinds
        self._waiting: list[BatchJudged] = []
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._gates: list[Callable[[], Awaitable[None]]] = []
        self.totals = HistoryTotals()
        self.commits = 0
        self.last_commit_ms = 0.0

    @property
    def depth(self) -> int:
        """How many batches wait to be written."""
        return len(self._waiting)

    def before_acknowledging(self, gate: Callable[[], Awaitable[None]]) -> None:
        """Write no batch until this has been saved: an alarm must outlive its reading's acknowledgement."""
        self._gates.append(gate)

    def keep(self, batch: BatchJudged) -> None:
        """Queue a durable batch; the room in the telemetry service bounds how many can wait here."""
        if batch.inlet is Inlet.DURABLE:
            self._waiting.append(batch)
            self._idle.clear()
            self._arrived.set()

    def forget(self) -> None:
        """Leave unwritten what waits: another core leads, and the broker hands it the unacknowledged messages."""
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            batch.receipt.drop()
        self._idle.set()

    async def drained(self) -> None:
        """Wait until nothing waits to be written; the caller sets the limit."""
        await self._idle.wait()

    async def load(self) -> list[Reading]:
        """The newest reading of every point and the counters, at start."""
        self.totals = await self._store.totals()
        return await self._store.latest()

    async def run(self) -> None:
        """Write what waits, for ever; everything that has gathered meanwhile goes into one transaction."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            batches, self._waiting = self._waiting, []
            if batches:
                is_committed = await self._commit(batches)
                for batch in batches:
                    batch.receipt.complete() if is_committed else batch.receipt.drop()
            if not self._waiting:
                self._idle.set()

    async def keep_house(self) -> None:
        """Drop what is too old, once an hour, while this core leads; for ever."""
        while True:
            await self._clock.sleep(TIDY_EVERY_S)
            with contextlib.suppress(DependencyAway, NotLeading, Fenced):
                await self._store.tidy(self._clock.now())

    async def span(self, points: Sequence[PointId], start: datetime, end: datetime, columns: int) -> History:
        """Readings of a span for a trend."""
        return await self._store.span(points, start, end, columns)

    async def refresh_totals(self) -> HistoryTotals:
        """Read the counters anew; on a stand-by they are another's work."""
        self.totals = await self._store.totals()
        return self.totals

    async def _commit(self, batches: list[BatchJudged]) -> bool:
        readings: list[Reading] = []
        rejections: list[Rejection] = []
        discoveries = [found for batch in batches for found in batch.discoveries]
        for batch in batches:
            readings += batch.readings
            rejections += batch.rejections
        # First, not after: a reading that is stored but whose alarm is not would come again as no news.
        for gate in self._gates:
            await gate()
        return await self._write(Writing(readings, rejections, discoveries, self._kinds, self._clock.now()))

    async def _write(self, writing: Writing) -> bool:
        """Write until everything is committed; false when another core leads. What cannot be written is set apart."""
        pieces = deque([writing])
        pause_s = 0.1
        while pieces:
            started = self._clock.monotonic()
            try:
                written = await self._store.write(pieces[0])
            except (Fenced, NotLeading):
                _log.warning("%d readings stay unwritten here; the broker holds them", len(writing.readings))
                return False
            except DependencyAway:
                await self._clock.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, 2.0 * pause_s)
            except Exception as error:  # noqa: BLE001  (the named edge: no row may stop the line, none may be lost)
                parts = rules.apart(pieces[0], str(error))
                if parts:
                    pieces.popleft()
                    pieces.extendleft(reversed(parts))
                else:
                    _log.exception("The record takes nothing; trying again")
                    await self._clock.sleep(LONGEST_PAUSE_S)
            else:
                pieces.popleft()
                pause_s = 0.1
                self.commits += 1
                self.last_commit_ms = (self._clock.monotonic() - started) * 1000.0
                self._count(written.stored, written.quarantined, written.rejected)
        return True

    def _count(self, stored: int, quarantined: int, rejected: Mapping[str, int]) -> None:
        before = self.totals
        merged = {r: before.rejected.get(r, 0) + rejected.get(r, 0) for r in {*before.rejected, *rejected}}
        self.totals = HistoryTotals(before.readings_stored + stored, before.quarantined + quarantined, merged)
