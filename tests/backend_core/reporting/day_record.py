"""A day in the record as a test needs it: a load curve with a gap, a low voltage, an alarm, an outage."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from backend_core.history.model import Writing
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import to_us
from backend_core.kernel.identities import DeviceId, PointId
from backend_core.kernel.quality import Quality
from backend_core.storage.database import Database
from backend_core.storage.schema.alarms import alarm_journal
from backend_core.storage.schema.outages import outage_switches, outages, smart_switch_checks
from backend_core.telemetry.model import DeviceKind, Reading

DAY = datetime(2026, 11, 20, tzinfo=UTC)
STEP_S = 150
SILENT_LD3 = (timedelta(hours=10), timedelta(hours=10, minutes=40))


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def demand(hour: float) -> float:
    """A share of the full load, lowest before dawn and highest in the evening."""
    return 0.8 + 0.2 * math.cos((hour - 18.0) / 12.0 * math.pi)


def values_at(hour: float) -> Iterator[tuple[str, float]]:
    share = demand(hour)
    yield "LD2.active_power", 740.0 * share
    yield "F-12B.active_power", 60.0 * share
    yield "LD3.active_power", 80.0 * share
    yield "G1.active_power", 880.0 * share * 1.03 - 520.0
    yield "G3.active_power", 520.0
    yield "BUS-002.voltage", 1.05 - 0.21 * share
    yield "BUS-005.voltage", 1.02 - 0.04 * share
    yield "T1.loading_percent", 103.0 * share
    yield "SOLAR-001.generation", max(0.0, 4000.0 * math.sin((hour - 6.0) / 12.0 * math.pi))
    yield "sensor_001.power", 1150.0


KINDS = {
    **dict.fromkeys(("LD2", "F-12B", "LD3", "G1", "G3", "T1"), DeviceKind.ELEMENT),
    **dict.fromkeys(("BUS-002", "BUS-005"), DeviceKind.BUS),
    "SOLAR-001": DeviceKind.RES,
    "sensor_001": DeviceKind.SENSOR,
}


def day_of_readings(until_hour: float = 24.0) -> list[Reading]:
    found = []
    for step in range(int(until_hour * 3600 / STEP_S)):
        since = timedelta(seconds=step * STEP_S)
        ts_us = to_us(DAY + since)
        for point, value in values_at(since.total_seconds() / 3600.0):
            if point.startswith("LD3") and SILENT_LD3[0] <= since < SILENT_LD3[1]:
                continue
            quality = Quality.BAD if point.startswith("sensor") and step % 100 == 0 else Quality.GOOD
            found.append(Reading(PointId(point), ts_us, 0, value, quality, 0, ts_us, 0))
    return found


async def write_readings(database: Database, until_hour: float = 24.0) -> None:
    database.epoch = 0
    kinds = {DeviceId(device): kind for device, kind in KINDS.items()}
    store = SqlHistoryStore(database, "core-1")
    await store.write(Writing(day_of_readings(until_hour), (), (), kinds, at(until_hour)))


async def write_happenings(database: Database) -> None:
    """T1 alarms at 16:30 and is seen; bus 2 alarms at 17:00 and nobody looks; Maple Street is dark for half an hour."""
    entries = [
        _entry(1, "T1.loading_percent/high", 16.5, "cond_true", "HIHI", 1, 100.4, 100.0),
        _entry(2, "T1.loading_percent/high", 16.55, "ack", "HIHI", 1, 100.4, 100.0, "anna"),
        _entry(3, "BUS-002.voltage/low", 17.0, "cond_true", "LO", 2, 0.9412, 0.95),
        _entry(4, "T1.loading_percent/high", 19.5, "cond_false", "HIHI", 1, 99.0, 100.0),
    ]
    checks = [
        {"name": name, "ts": at(minute / 60.0), "verdict": _verdict(name, minute), "response_ms": 12.0, "error": None,
         "observer": "core-1", "epoch": 1}
        for minute in range(0, 24 * 60, 5)
        for name in ("Maple Street", "Hospital", "Quarry")
    ]  # fmt: skip

    def work(connection) -> None:  # type: ignore[no-untyped-def]
        connection.execute(insert(alarm_journal), entries)
        connection.execute(insert(smart_switch_checks), checks)
        taken = {"started_at": at(9.0), "ended_at": at(9.5), "offline": 2, "known": 3, "single_observer": False}
        number = connection.execute(insert(outages).values(taken)).inserted_primary_key[0]
        names = [{"outage_id": number, "name": name, "since": at(9.0)} for name in ("Maple Street", "Quarry")]
        connection.execute(insert(outage_switches), names)

    await database.write(work)


def _entry(
    seq: int,
    alarm: str,
    hour: float,
    kind: str,
    level: str,
    priority: int,
    value: float,
    limit: float,
    who: str = "core",
) -> dict[str, object]:
    return {
        "seq": seq,
        "alarm": alarm,
        "at": at(hour),
        "kind": kind,
        "base_before": "A",
        "base_after": "B",
        "occurrence": 1,
        "level": level,
        "priority": priority,
        "value": value,
        "limit_value": limit,
        "measured_at": at(hour),
        "who": who,
        "origin": "core-1",
    }


def _verdict(name: str, minute: int) -> str:
    if name != "Hospital" and 9 * 60 <= minute < 9 * 60 + 30:
        return "offline"
    return "unknown" if name == "Quarry" and minute < 60 else "online"
