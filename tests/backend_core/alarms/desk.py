"""Alarms, readings and wishes in a line each, for the tests of alarming."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from backend_core.alarms.model import (
    Acknowledgement,
    Alarm,
    AlarmRule,
    Base,
    Breach,
    Happening,
    Level,
    Priority,
    Side,
    Stimulus,
    alarm_id,
)
from backend_core.kernel.clock import to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import Inlet, Reading, Receipt

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
T1 = PointId("T1.loading_percent")
PRIORITIES = {
    Level.HI: Priority.HIGH,
    Level.HIHI: Priority.CRITICAL,
    Level.LO: Priority.HIGH,
    Level.LOLO: Priority.CRITICAL,
}


def breach(
    level: Level = Level.HI, *, latching: bool = False, ack_required: bool = True, value: float = 102.8
) -> Breach:
    """A broken limit of T1."""
    limit = 120.0 if level is Level.HIHI else 100.0
    return Breach(level, PRIORITIES.get(level, Priority.MEDIUM), limit, value, START, latching, ack_required)


def alarm(
    base: Base = Base.NORMAL,
    occurrence: int = 0,
    *,
    level: Level = Level.HI,
    latching: bool = False,
    ack_required: bool = True,
) -> Alarm:
    """An alarm of T1 in any state."""
    seen = base in (Base.ACKNOWLEDGED, Base.LATCHED_ACKNOWLEDGED)
    return Alarm(
        id=alarm_id(T1, Side.HIGH),
        point=T1,
        side=Side.HIGH,
        level=level,
        priority=PRIORITIES[level],
        limit=100.0,
        value=102.8,
        measured_at=START,
        changed_at=START,
        present=level if base.is_active else None,
        base=base,
        occurrence=occurrence,
        raised_at=START if occurrence else None,
        acknowledgement=Acknowledgement("amira", START, occurrence) if seen else None,
        latching=latching,
        ack_required=ack_required,
    )


def stimulus(event: str, target: Alarm, level: Level = Level.HI, *, at: datetime = START, by: str = "omar") -> Stimulus:
    """The event of the table's row, aimed at this alarm."""
    match event:
        case "ack_current":
            return Stimulus(Happening.ACKNOWLEDGE, at, by=by, occurrence=target.occurrence)
        case "ack_stale":
            return Stimulus(Happening.ACKNOWLEDGE, at, by=by, occurrence=target.occurrence - 1)
        case "reset" | "retired":
            return Stimulus(Happening(event), at, by=by)
        case _:
            told = breach(level, latching=target.latching, ack_required=target.ack_required)
            return Stimulus(Happening(event), at, told)


def rule(
    level: Level = Level.HI,
    limit: float | None = 100.0,
    *,
    point: str = T1,
    deadband: float = 0.0,
    delays_s: tuple[float, float] = (0.0, 0.0),
    priority: Priority | None = None,
) -> AlarmRule:
    """A rule, for T1 unless another point is named."""
    urgent = priority or PRIORITIES.get(level, Priority.MEDIUM)
    return AlarmRule(point, level, limit, deadband, delays_s[0], delays_s[1], urgent)


def reading(
    value: float, second: float = 0.0, *, point: str = T1, quality: Quality = Quality.GOOD, marks: int = 0
) -> Reading:
    """A reading so many seconds after the start."""
    ts_us = to_us(START + timedelta(seconds=second))
    return Reading(PointId(point), ts_us, 0, value, quality, marks, ts_us, 0)


def batch(readings: Sequence[Reading], *, fresh: Sequence[Reading] | None = None) -> BatchJudged:
    """A judged batch; all of it is fresh unless told otherwise."""
    return BatchJudged(readings, readings if fresh is None else fresh, (), (), Inlet.DURABLE, Receipt())
