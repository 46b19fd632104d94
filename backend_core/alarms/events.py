"""What has happened to alarms and their rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend_core.alarms.model import Alarm, AlarmId, AlarmRule

REMOTE = "remote"
"""The origin of what another console did."""


@dataclass(frozen=True, slots=True)
class AlarmChanged:
    """One alarm is now as it stands here; every change is told, in order."""

    alarm: Alarm
    origin: str


@dataclass(frozen=True, slots=True)
class AlarmsLoaded:
    """The whole list was read from the database: at start, or after another core led."""

    alarms: tuple[Alarm, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class AcknowledgementLapsed:
    """A wish that waited for the database was not applied: too old, or the alarm had come again."""

    alarm_id: AlarmId
    by: str
    wished_at: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class AlarmRulesChanged:
    """The rules are now these."""

    rules: tuple[AlarmRule, ...]
    by: str
    origin: str
