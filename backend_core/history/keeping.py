"""Keeps the record in order: what changed is rolled up each half minute, what is old is dropped at 02:00 UTC."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from backend_core.history.model import Progress, Terms
from backend_core.history.ports import RecordKeeper
from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import CoreError, DependencyAway, Fenced, NotLeading
from backend_core.kernel.identities import PointId

_log = logging.getLogger(__name__)
EVERY_S = 30.0
CLEARS_AT_HOUR = 2
OVERDUE = timedelta(hours=26)
ALL_ENDED = timedelta(days=3650)

Watched = Callable[[Sequence[PointId]], Awaitable[Sequence[PointId]]]
"""Which of some points are kept longer: those with an alarm rule."""
Tell = Callable[[Progress], None]


class RecordKeeping:
    """Works only while this core leads; on demand its two jobs run anywhere, and cancelling one leaves nothing half."""

    def __init__(self, keeper: RecordKeeper, clock: Clock, watched: Watched, terms: Terms) -> None:
        self._keeper = keeper
        self._clock = clock
        self._watched = watched
        self._terms = terms
        self._is_inspected = False

    async def run(self) -> None:
        """Roll up and clear away when it is time, for ever."""
        while True:
            await self._clock.sleep(EVERY_S)
            try:
                await self._turn()
            except (NotLeading, Fenced):
                # Another core keeps the record; when this one leads again, it looks at everything anew.
                self._is_inspected = False
            except DependencyAway:
                continue

    async def roll_up(self, tell: Tell | None = None, *, also_open: bool = False) -> int:
        """Roll up every marked bucket that has ended, or all; how many those were."""
        now = self._clock.now()
        until = now + ALL_ENDED if also_open else now
        total = await self._keeper.waiting(until)
        if not total:
            return 0
        generation = await self._keeper.begin_generation()
        done = 0
        while some := await self._keeper.roll_some(generation, until):
            done += some
            if tell is not None:
                tell(Progress("rolling up", done, max(done, total)))
        return done

    async def inspect(self, tell: Tell | None = None) -> int:
        """Mark what was stored before there were rollups, or past the program; how many buckets that were."""
        points = await self._keeper.points()
        marked = 0
        for done, (number, _) in enumerate(points, start=1):
            marked += await self._keeper.mark_unrolled(number)
            if tell is not None:
                tell(Progress("looking for readings that are not rolled up", done, len(points)))
        return marked

    async def clear_away(self, tell: Tell | None = None) -> list[str]:
        """Drop everything that has been kept long enough; the names of what was dropped."""
        now = self._clock.now()
        every = [point for _, point in await self._keeper.points()]
        await self._keeper.close(self._terms, await self._watched(every), now)
        await self.roll_up(tell)
        dropped: list[str] = []
        while (name := await self._keeper.drop_some(self._terms, now)) is not None:
            dropped.append(name)
            if tell is not None:
                tell(Progress("dropping what is old", len(dropped)))
        await self._keeper.note_cleared(now)
        return dropped

    async def _turn(self) -> None:
        if not self._is_inspected:
            if marked := await self.inspect():
                _log.info("%d buckets of readings had not been rolled up; that is done now", marked)
            self._is_inspected = True
        await self.roll_up()
        if await self._is_time_to_clear():
            try:
                dropped = await self.clear_away()
            except (DependencyAway, NotLeading, Fenced):
                raise
            except CoreError as error:
                _log.warning("Old rows stay for now: %s", error)
            else:
                _log.info("Old rows were dropped, in %d steps", len(dropped))

    async def _is_time_to_clear(self) -> bool:
        """At 02:00 UTC; later when no core led then. A new record has its first turn at the next 02:00."""
        now = self._clock.now()
        last = (await self._keeper.backlog()).cleared_at
        if last is None:
            await self._keeper.note_cleared(now)
            return False
        return is_due(last, now)


def is_due(last: datetime, now: datetime) -> bool:
    """Whether a 02:00 UTC has passed since, or so much time that one was missed."""
    todays = now.astimezone(UTC).replace(hour=CLEARS_AT_HOUR, minute=0, second=0, microsecond=0)
    latest = todays if todays <= now else todays - timedelta(days=1)
    return last < latest and (now - latest < timedelta(hours=1) or now - last >= OVERDUE)
