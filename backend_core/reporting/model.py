"""The nouns of reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DailyReport:
    """A daily report as a finished document."""

    day: date
    pdf: bytes
    pages: int
    coverage_percent: float
