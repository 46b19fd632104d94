"""What the domain needs from outside: the facts of a day, and someone who sets a document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from backend_core.kernel.workers import Progress
from backend_core.reporting.model import DailyFacts


class DailyFactsStore(Protocol):
    """The record, asked about one day."""

    async def facts(self, day: date, made_at: datetime, progress: Progress | None = None) -> DailyFacts:
        """Everything about a UTC day, read in pieces; cancelling between them leaves nothing behind."""
        ...
