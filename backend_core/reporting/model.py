"""The nouns of reports: what the record holds about a day, and the finished document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from backend_core.kernel.identities import PointId

SLOT_MINUTES = 5
SLOTS = 24 * 60 // SLOT_MINUTES
"""A day is counted in five-minute intervals: fine enough for energy and peaks, few enough for a year of days."""
HOURS_PER_SLOT = SLOT_MINUTES / 60.0

Series = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PointDay:
    """One point over a day: mean, lowest and highest of each interval, NaN where nothing came that could be used."""

    point: PointId
    kind: str
    mean: Series
    low: Series
    high: Series
    count: Counts
    good: int
    uncertain: int
    bad: int
    computed: int
    """How many of the readings are marked as computed history of a demo."""
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlarmFact:
    """One occurrence of an alarm that was raised in the day."""

    alarm: str
    point: PointId
    level: str
    priority: int
    occurrence: int
    raised_at: datetime
    value: float
    limit: float
    acked_at: datetime | None = None
    acked_by: str = ""
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutageFact:
    """One outage that touched the day; without an end it was open when the report was made."""

    started_at: datetime
    ended_at: datetime | None
    offline: int
    known: int
    smart_switches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SmartSwitchDay:
    """What the probes of one smart switch found: how many of each verdict, and the worst of each interval.

    `worst` holds 0 for no check, 1 online, 2 unknown, 3 offline; it is empty for those that are not drawn.
    """

    name: str
    online: int
    offline: int
    unknown: int
    worst: tuple[int, ...] = ()

    @property
    def uptime_percent(self) -> float | None:
        """The share of the known checks that found power; none when nothing was known."""
        known = self.online + self.offline
        return 100.0 * self.online / known if known else None


@dataclass(frozen=True, slots=True)
class DataVersion:
    """By what the numbers could be made again: which database, which schema, how far the record reached."""

    database: str
    schema: str
    newest_reading: datetime | None
    readings: int


@dataclass(frozen=True, slots=True)
class DailyFacts:
    """Everything the record holds about a UTC day, as frozen tables; a document is made from this alone."""

    day: date
    made_at: datetime
    points: tuple[PointDay, ...]
    alarms: tuple[AlarmFact, ...]
    standing_before: int
    """How many alarms stood unreturned when the day began."""
    outages: tuple[OutageFact, ...]
    smart_switches: tuple[SmartSwitchDay, ...]
    quarantined: Mapping[str, int]
    """Distinct messages in quarantine that came this day, by reason."""
    version: DataVersion
    desk: str = ""
    operator: str = ""
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def slots(self) -> int:
        """How many intervals of the day have begun; the one that runs now counts."""
        begin = datetime(self.day.year, self.day.month, self.day.day, tzinfo=self.made_at.tzinfo)
        passed = -((begin - self.made_at) // timedelta(minutes=SLOT_MINUTES))
        return max(0, min(SLOTS, passed))

    @property
    def is_over(self) -> bool:
        """Whether the day had ended when the report was made."""
        return self.made_at.date() > self.day


@dataclass(frozen=True, slots=True)
class DailyReport:
    """A daily report as a finished document."""

    day: date
    pdf: bytes
    pages: int
    coverage_percent: float
    readings: int = 0
    made_at: datetime | None = None
    is_over: bool = True
