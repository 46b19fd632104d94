"""What history needs from outside: a store of readings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from backend_core.history.model import History, HistoryTotals, Writing, Written
from backend_core.kernel.identities import PointId
from backend_core.telemetry.model import Reading


class HistoryStore(Protocol):
    """Writes each batch in one transaction of the leader, and answers questions about the past."""

    async def write(self, writing: Writing) -> Written:
        """Store readings, rejections and discoveries, and count them, all or nothing."""
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

    def stream(self, point: str | None, start: datetime | None, end: datetime | None) -> Iterator[Reading]:
        """Every reading of a span in the order of time, then point, in bounded memory; for exports."""
        ...
