"""Brings batches to the record, or to this computer's disk while that is away; only then their receipts complete."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from backend_core.history import rules
from backend_core.history.live.detour import Detour
from backend_core.history.model import History, HistoryTotals, Spooled, Writing
from backend_core.history.ports import HistoryStore
from backend_core.history.rules.patience import PATIENCE_S, is_slow
from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import CoreError, DependencyAway, Fenced, NotLeading
from backend_core.kernel.identities import DeviceId, PointId
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import DeviceKind, Inlet, Reading, Rejection

_log = logging.getLogger(__name__)
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
PROBE_EVERY_S = 2.0
FULL_PAUSE_S = 0.5
COMMITS_REMEMBERED = 20
TIDY_EVERY_S = 3600.0


class HistoryService:
    """The last step of a reading's walk before it is acknowledged."""

    def __init__(
        self,
        store: HistoryStore,
        clock: Clock,
        kinds: Mapping[DeviceId, DeviceKind],
        detour: Detour | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._kinds = kinds
        self._detour = detour
        self._recent_s: deque[float] = deque(maxlen=COMMITS_REMEMBERED)
        self._late: asyncio.Task[None] | None = None
        self._looks_on = False
        self._term = 0
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

    def lead(self) -> None:
        """This core leads now."""
        self._looks_on = False

    def stand_by(self) -> None:
        """Another core leads: the broker hands it what is unacknowledged here; what waits on the disk is ours still."""
        self.forget()
        self._looks_on = True

    def forget(self) -> None:
        """Leave unwritten what waits in memory."""
        self._term += 1
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
                is_safe = await self._settle(batches)
                for batch in batches:
                    batch.receipt.complete() if is_safe else batch.receipt.drop()
            if not self._waiting:
                self._idle.set()

    async def catch_up(self) -> None:
        """Bring what waits on the disk to the record whenever it answers, for ever."""
        if self._detour is not None:
            await self._detour.drain(self._bring)

    def take_notes(self) -> list[str]:
        """What the operator should know of messages that had to wait, since the last call."""
        return self._detour.take_notes() if self._detour is not None else []

    @property
    def spooled(self) -> Spooled:
        """What waits on this computer's disk."""
        return self._detour.state if self._detour is not None else Spooled()

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

    async def _settle(self, batches: list[BatchJudged]) -> bool:
        """True when everything is committed or on the disk; false when another core has to take it."""
        # First, not after: a reading that is stored but whose alarm is not would come again as no news.
        for gate in self._gates:
            await gate()
        writing = self._joined(batches)
        if self._detour is None or not self._detour.is_open:
            return await self._insist(writing)
        term = self._term
        while self._term == term:
            if not is_slow(self._recent_s) and await self._detour.ends():
                try:
                    if await self._write_in_time(writing):
                        self._detour.forget_refusal()
                        return True
                except (Fenced, NotLeading):
                    _log.warning("%d readings stay unwritten here; the broker holds them", len(writing.readings))
                    return False
            if await self._detour.keep(batches):
                return True
            await self._clock.sleep(FULL_PAUSE_S)
        return False

    def _joined(self, batches: list[BatchJudged]) -> Writing:
        readings: list[Reading] = []
        rejections: list[Rejection] = []
        for batch in batches:
            readings += batch.readings
            rejections += batch.rejections
        discoveries = [found for batch in batches for found in batch.discoveries]
        return Writing(readings, rejections, discoveries, self._kinds, self._clock.now())

    async def _write_in_time(self, writing: Writing) -> bool:
        """Whether it was committed while we waited; a commit that comes too late only finds its rows there already."""
        loop = asyncio.get_running_loop()
        work = loop.create_task(self._write(deque([writing])), name="commit")
        patience = loop.create_task(self._clock.sleep(PATIENCE_S), name="patience")
        try:
            await asyncio.wait((work, patience), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            work.cancel()
            raise
        finally:
            patience.cancel()
        if work.done():
            try:
                work.result()
            except DependencyAway:
                return False
            return True
        self._late = work
        work.add_done_callback(_look_at)
        _log.warning("A commit takes longer than %.0f s; messages go to this computer's disk first", PATIENCE_S)
        return False

    async def _bring(self, writing: Writing) -> None:
        """Write what had been acknowledged already, however long the database stays away, whoever leads by then."""
        pieces, pause_s = deque([writing]), FIRST_PAUSE_S
        while pieces:
            try:
                await self._write(pieces, as_leader=not self._looks_on)
            except (DependencyAway, Fenced, NotLeading):
                await self._clock.sleep(pause_s)
                pause_s = min(PROBE_EVERY_S, 2.0 * pause_s)

    async def _insist(self, writing: Writing) -> bool:
        """Write until everything is committed; false when another core leads."""
        pieces, pause_s = deque([writing]), FIRST_PAUSE_S
        while pieces:
            try:
                await self._write(pieces)
            except (Fenced, NotLeading):
                _log.warning("%d readings stay unwritten here; the broker holds them", len(writing.readings))
                return False
            except DependencyAway:
                await self._clock.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, 2.0 * pause_s)
        return True

    async def _write(self, pieces: deque[Writing], *, as_leader: bool = True) -> None:
        """Write piece by piece, taking away what is committed. What cannot be written is set apart."""
        while pieces:
            started = self._clock.monotonic()
            try:
                written = await self._store.write(pieces[0], as_leader=as_leader)
            except (DependencyAway, Fenced, NotLeading):
                raise
            except CoreError as error:
                # It explains itself, so it is the world's fault, not that of a row.
                raise DependencyAway(error.what, error.remedy) from error
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
                self.commits += 1
                self._recent_s.append(self._clock.monotonic() - started)
                self.last_commit_ms = self._recent_s[-1] * 1000.0
                self._count(written.stored, written.quarantined, written.rejected)

    def _count(self, stored: int, quarantined: int, rejected: Mapping[str, int]) -> None:
        before = self.totals
        merged = {r: before.rejected.get(r, 0) + rejected.get(r, 0) for r in {*before.rejected, *rejected}}
        self.totals = HistoryTotals(before.readings_stored + stored, before.quarantined + quarantined, merged)


def _look_at(late: asyncio.Task[None]) -> None:
    """A commit that nobody waits for any more: its messages are on the disk, whatever became of it."""
    if not late.cancelled() and (error := late.exception()) is not None:
        _log.info("The late commit came to nothing: %s", error)
