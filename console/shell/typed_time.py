"""A time as an operator types it: the hour alone, a date and an hour, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from console.shell import words

_AGO = re.compile(r"-?\s*(\d{1,5})\s*(s|sec|min|m|h|d)(?:\s+ago)?", re.IGNORECASE)
_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2}))?"
_HOUR = re.compile(_CLOCK)
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T]+" + _CLOCK)
_YESTERDAY = re.compile(r"yesterday\s+" + _CLOCK, re.IGNORECASE)


def read_time(text: str, now: datetime, zone: tzinfo) -> datetime | str:
    """The moment that is meant, or a sentence that says what to type instead."""
    said = " ".join(text.split())
    if not said:
        return words.TIME_EMPTY
    found = _moment(said, now, zone)
    if found is None:
        return words.time_not_read(said)
    return words.TIME_AHEAD if found > now else found


def _moment(said: str, now: datetime, zone: tzinfo) -> datetime | None:
    here = now.astimezone(zone)
    if ago := _AGO.fullmatch(said):
        return now - timedelta(seconds=int(ago[1]) * _UNITS[ago[2].lower()])
    if hour := _HOUR.fullmatch(said):
        today = _on(here, hour.groups())
        # Just after midnight 23:50 means the evening before.
        return today if today is None or today <= here else _on(here - timedelta(days=1), hour.groups())
    if hour := _YESTERDAY.fullmatch(said):
        return _on(here - timedelta(days=1), hour.groups())
    if dated := _DATED.fullmatch(said):
        year, month, day = (int(part) for part in dated.groups()[:3])
        try:
            return _on(here.replace(year=year, month=month, day=day), dated.groups()[3:])
        except ValueError:
            return None
    return None


def _on(day: datetime, clock: tuple[str | None, ...]) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in clock)
    try:
        return day.replace(hour=hour, minute=minute, second=second, microsecond=0).astimezone(UTC)
    except ValueError:
        return None
