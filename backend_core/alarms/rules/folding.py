"""Alarms as they stood, folded from the lines of their journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from backend_core.alarms.model import Acknowledgement, Alarm, AlarmId, Base, Happening, JournalEntry, Side
from backend_core.kernel.identities import PointId


def fold(lines: Iterable[JournalEntry]) -> dict[AlarmId, Alarm]:
    """Every alarm of these lines, oldest first, as the last of them left it."""
    alarms: dict[AlarmId, Alarm] = {}
    for line in lines:
        alarms[line.alarm] = after(alarms.get(line.alarm), line)
    return alarms


def after(before: Alarm | None, line: JournalEntry) -> Alarm:
    """The alarm once this line was written; the first line of an occurrence needs nothing from before."""
    point, _, side = line.alarm.rpartition("/")
    same = before if before is not None and before.occurrence == line.occurrence else None
    return Alarm(
        id=line.alarm,
        point=PointId(point),
        side=Side(side),
        level=line.level,
        priority=line.priority,
        limit=line.limit,
        value=line.value,
        measured_at=line.measured_at,
        changed_at=line.at,
        present=line.level if line.after.is_active else None,
        base=line.after,
        occurrence=line.occurrence,
        raised_at=same.raised_at if same else line.at,
        cleared_at=_cleared_at(same, line),
        acknowledgement=_acknowledgement(same, line),
        latching=line.after in (Base.LATCHED_UNACKNOWLEDGED, Base.LATCHED_ACKNOWLEDGED),
    )


def _cleared_at(same: Alarm | None, line: JournalEntry) -> datetime | None:
    earlier = same.cleared_at if same else None
    match line.kind:
        case Happening.COND_FALSE:
            return line.at
        case Happening.RETIRE:
            return earlier or line.at
    return earlier


def _acknowledgement(same: Alarm | None, line: JournalEntry) -> Acknowledgement | None:
    if line.kind is Happening.ACKNOWLEDGE:
        return Acknowledgement(line.who, line.at, line.occurrence)
    return same.acknowledgement if same else None
