"""An alarm as a row: for exports and for `alarms list`."""

from __future__ import annotations

from datetime import datetime

from backend_core.alarms.model import Alarm

COLUMNS = (
    "id",
    "point",
    "level",
    "priority",
    "state",
    "occurrence",
    "raised_at",
    "acked_at",
    "acked_by",
    "cleared_at",
)

Cell = str | int | float | bool | datetime | None


def row_of(alarm: Alarm) -> dict[str, Cell]:
    """The columns of the export; the acknowledgement is that of the present occurrence."""
    seen = alarm.acknowledgement if alarm.is_seen else None
    return {
        "id": alarm.id,
        "point": alarm.point,
        "level": alarm.level.value,
        "priority": int(alarm.priority),
        "state": alarm.base.word,
        "occurrence": alarm.occurrence,
        "raised_at": alarm.raised_at,
        "acked_at": seen.at if seen else None,
        "acked_by": seen.by if seen else None,
        "cleared_at": alarm.cleared_at,
    }


def listing_of(alarm: Alarm) -> dict[str, Cell]:
    """The export's columns and what a list needs besides."""
    return row_of(alarm) | {
        "active": alarm.base.is_active,
        "acknowledged": not alarm.base.is_unacknowledged,
        "value": alarm.value,
        "limit": alarm.limit,
        "measured_at": alarm.measured_at,
    }
