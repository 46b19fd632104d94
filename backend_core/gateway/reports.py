"""What a console may ask of reports."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from backend_core.kernel.workers import Progress
from backend_core.reporting.model import DailyReport


class Reporter(Protocol):
    """The reporting domain's service."""

    async def daily(self, day: date, progress: Progress | None = None) -> DailyReport: ...


class ReportDesk:
    """Reports, collected here and set in a worker; cancelling the asking task ends the work."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    async def daily(self, day: date, progress: Progress | None = None) -> DailyReport:
        """The daily report of a UTC day as a PDF."""
        return await self._reporter.daily(day, progress)
