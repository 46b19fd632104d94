"""What history needs from outside: a store of readings, its past, one that keeps it in order, and a disk to wait on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from backend_core.history.model import (
    Backlog,
    History,
    HistoryTotals,
    Injected,
    Kept,
    Silence,
    Spooled,
    Terms,
    Writing,
    Written,
)
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import Heard, Reading


class HistoryStore(Protocol):
    """Writes each batch in one transaction of the leader, and answers questions about the past."""

    async def write(self, writing: Writing, *, as_leader: bool = True) -> Written:
        """Store readings, rejections and discoveries, and count them, all or nothing.

        Only what a core had acknowledged before it lost the lead is written without `as_leader`: a key that is taken
        stays as it is, so that repeating it changes nothing.
        """
        ...

    async def tidy(self, now: datetime) -> int:
        """Drop from the quarantine what has been there long enough; how many rows that were."""
        ...

    async def span(self, points: Sequence[PointId], start: datetime, end: datetime, columns: int) -> History:
        """The readings of a span; where there are far more than `columns`, the extremes of each column."""
        ...

    async def latest(self) -> list[Reading]:
        """The newest stored reading of every point."""
        ...

    async def totals(self) -> HistoryTotals:
        """The counters."""
        ...

    def stream(
        self,
        point: str | None,
        start: datetime | None,
        end: datetime | None,
        qualities: Collection[Quality] = (),
    ) -> Iterator[Reading]:
        """Every reading of a span in the order of time, then point, in bounded memory; for exports.

        In the point `*` stands for any text. Without qualities all are told.
        """
        ...


class RecordKeeper(Protocol):
    """The steps of rolling up and clearing away. Each is whole in itself, short, and does no harm when repeated."""

    async def backlog(self) -> Backlog:
        """What there is to do."""
        ...

    async def points(self) -> list[tuple[int, PointId]]:
        """Every point with its number."""
        ...

    async def mark_unrolled(self, number: int) -> int:
        """Mark the buckets of days that have readings of this point but no rollup; how many those are."""
        ...

    async def begin_generation(self) -> int:
        """From here on marks are newer than this number; older ones are all committed."""
        ...

    async def waiting(self, until: datetime) -> int:
        """How many marked buckets have ended by then."""
        ...

    async def roll_some(self, generation: int, until: datetime) -> int:
        """Roll up some buckets marked before the generation and ended by then; how many, 0 when none is left."""
        ...

    async def close(self, terms: Terms, kept_longer: Sequence[PointId], now: datetime) -> None:
        """Fix from when on readings are held; the writer refuses older ones from this commit on."""
        ...

    async def drop_some(self, terms: Terms, now: datetime) -> str | None:
        """Drop a piece of what is no longer held and fully rolled up; from which table, nothing when all is gone."""
        ...

    async def note_cleared(self, at: datetime) -> None:
        """Remember that old rows were dropped now."""
        ...


class MessageSpool(Protocol):
    """Keeps messages on this computer's disk until they are stored; what it has taken, it gives back in order."""

    @property
    def is_open(self) -> bool:
        """Whether it can be used: where it cannot, the broker keeps what is not stored."""
        ...

    @property
    def state(self) -> Spooled:
        """What waits now."""
        ...

    async def keep(self, pieces: Sequence[Heard | Injected]) -> None:
        """Return when the disk has all of them, flushed; `NoRoom` when that cannot be promised."""
        ...

    async def next(self, at_most: int) -> Kept | None:
        """The oldest that were not given yet; nothing when none waits."""
        ...

    async def let_go(self, number: int) -> None:
        """All up to this number are stored."""
        ...


class PastReadings(Protocol):
    """What the record holds of a moment; as fast with ten million readings as with ten."""

    async def at(self, moment: datetime, reach: timedelta) -> list[Reading]:
        """The newest reading of every point that was measured no later than the moment, and within the reach."""
        ...

    async def between(self, after: datetime, until: datetime, at_most: int) -> list[Reading] | None:
        """Every reading measured after one moment up to and with another, oldest first; nothing if too many."""
        ...

    async def begins_at(self) -> datetime | None:
        """When the record begins, as the points known longest tell it."""
        ...

    async def silences(self, start: datetime, end: datetime, columns: int) -> tuple[Silence, ...]:
        """The stretches of a span, cut into so many columns, of which nothing was recorded."""
        ...
