"""Calling up a past moment with ten million readings stored: the whole answer of the core, on PostgreSQL.

A week of a thousand points lies in daily partitions, filled by COPY, beside a thousand alarms with their journal and a
hundred smart switches that were probed each minute of the last day. Each moment is another one, so nothing is at hand.
"""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from time import perf_counter
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import Connection, text

from backend_core.kernel.clock import SystemClock, to_us
from backend_core.kernel.settings import Settings
from backend_core.runtime.door import open_door
from backend_core.runtime.parts import Parts, build
from backend_core.runtime.vitals import Vitals
from backend_core.storage import upgrade
from backend_core.storage.binary_copy import CopyColumn, copy_in
from backend_core.storage.engine import open_engine, parse_url
from tests.support.postgres import PostgresServer, create_database

POINTS, READINGS = 1_000, 10_000_000
ALARMS, LINES_AN_ALARM = 1_000, 40
SWITCHES = 100
CALL_UPS, STRETCHES = 60, 40
LIMIT_MS = 1_000
DAYS = 7
_PIECE_POINTS = 50
_LAYOUT = (
    CopyColumn("point_id", "int4"),
    CopyColumn("ts", "timestamptz"),
    CopyColumn("seq", "int2"),
    CopyColumn("value", "float8"),
    CopyColumn("quality", "int2"),
    CopyColumn("marks", "int2"),
    CopyColumn("received_at", "timestamptz"),
    CopyColumn("payload_hash", "int8"),
)


def figures() -> dict[str, float | int | bool]:
    """Milliseconds of a call-up, and of half a minute played at 60 x two frames a second."""
    server = PostgresServer()
    try:
        server.start()
        url = create_database(server.url())
        end = datetime.now(UTC).replace(microsecond=0)
        began = perf_counter()
        stored = _fill(url, end)
        filled_s = perf_counter() - began
        called, played = asyncio.run(_measure(url, end))
    finally:
        server.remove()
    p95 = quantiles(called, n=20)[-1]
    return {
        "readings_stored": stored,
        "filled_s": round(filled_s),
        "call_up_p50_ms": round(quantiles(called, n=2)[0]),
        "call_up_p95_ms": round(p95),
        "call_up_worst_ms": round(max(called)),
        "stretch_p95_ms": round(quantiles(played, n=20)[-1]),
        "limit_ms": LIMIT_MS,
        "holds": p95 <= LIMIT_MS,
    }


async def _measure(url: str, end: datetime) -> tuple[list[float], list[float]]:
    settings = Settings({"database.url": url, "mqtt.url": "mqtt://127.0.0.1:1"})
    parts: Parts = build(settings, SystemClock(), "console")
    try:
        core = open_door(parts, Vitals(parts, SystemClock()), None)
        chance = random.Random(7)
        moments = [end - timedelta(seconds=chance.randrange(60, DAYS * 86_400 - 3_600)) for _ in range(CALL_UPS)]
        called = [await _call_up(core, moment) for moment in moments]
        played = []
        for number in range(STRETCHES):
            since = moments[-1] + number * timedelta(seconds=30)
            began = perf_counter()
            await core.rewind.play(since, since + timedelta(seconds=30))
            played.append((perf_counter() - began) * 1000)
        return called, played
    finally:
        await parts.pool.stop()
        await parts.engine.stop()
        await parts.database.close()


async def _call_up(core: Any, moment: datetime) -> float:
    """What a screen asks: the moment itself, then its snapshot, its alarms and the newest page of its events."""
    from backend_core.gateway.record import EventQuery

    began = perf_counter()
    found = await core.rewind.call_up(moment)
    then = core.at(moment)
    frame = await then.snapshot()
    await then.alarms.standing()
    await then.record.events(EventQuery())
    spent_ms = (perf_counter() - began) * 1000
    if len(frame.values) != POINTS or found.values != POINTS:
        raise AssertionError(f"{len(frame.values)} of {POINTS} points have a value at {moment}")
    return spent_ms


def _fill(url: str, end: datetime) -> int:
    engine = open_engine(parse_url(url))
    start = end - timedelta(days=DAYS)
    with engine.begin() as connection:
        upgrade.upgrade(connection)
        _partitions(connection, start, end)
    _fill_beside(url, end)
    count = READINGS // POINTS
    step_us = (to_us(end) - to_us(start)) // count
    numbers = np.random.default_rng(7)
    for first in range(1, POINTS + 1, _PIECE_POINTS):
        many = range(first, first + _PIECE_POINTS)
        point = np.repeat(np.array(many, "i4"), count)
        phase = np.repeat(numbers.integers(0, step_us, _PIECE_POINTS), count)
        ts = np.tile(to_us(start) + step_us * np.arange(count, dtype="i8"), _PIECE_POINTS) + phase
        zero = np.zeros(len(ts), "i2")
        with engine.begin() as connection:
            copy_in(
                connection, "readings", _LAYOUT, [point, ts, zero, numbers.normal(size=len(ts)), zero, zero, ts, zero]
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        stored = connection.execute(text("SELECT count(*) FROM readings")).scalar_one()
    engine.dispose()
    return int(stored)


def _partitions(connection: Connection, start: datetime, end: datetime) -> None:
    from backend_core.history.sql_partitions import Partitions

    days = np.arange(to_us(start), to_us(end) + 86_400_000_000, 86_400_000_000)
    Partitions().ensure(connection, days, to_us(end))


def _fill_beside(url: str, end: datetime) -> None:
    """Points with their devices, alarms that came and went all week, probes of a day, and what the log says of them."""
    week = f"interval '{DAYS} days'"
    with psycopg.connect(url) as connection:
        run = connection.execute
        run(
            "INSERT INTO devices SELECT 'S' || n, 'sensor', 'discovered', %s FROM generate_series(1, %s) n",
            (end - timedelta(days=DAYS), POINTS),
        )
        run(
            "INSERT INTO points "
            "SELECT n, 'S' || n || '.voltage', 'S' || n, 'voltage', %s FROM generate_series(1, %s) n",
            (end - timedelta(days=DAYS), POINTS),
        )
        lines = f"""
            SELECT row_number() OVER (ORDER BY k, n) AS seq, 'S' || n || '.voltage/high' AS alarm,
                   %(end)s::timestamptz - {week} + (k * 40000 + n) * {week} / (41 * 40000.0) AS at, k, n
            FROM generate_series(1, %(alarms)s) n, generate_series(1, %(lines)s) k
        """
        many = {"end": end, "alarms": ALARMS, "lines": LINES_AN_ALARM}
        run(
            "INSERT INTO alarm_journal SELECT seq, alarm, at, CASE k %% 3 WHEN 1 THEN 'cond_true' WHEN 2 THEN 'ack' "
            "ELSE 'cond_false' END, CASE k %% 3 WHEN 1 THEN 'A' WHEN 2 THEN 'B' ELSE 'C' END, "
            "CASE k %% 3 WHEN 1 THEN 'B' WHEN 2 THEN 'C' ELSE 'A' END, (k + 2) / 3, 'HI', 2, 1.0, 1.0, at, 'core', 'c' "
            f"FROM ({lines}) AS line",
            many,
        )
        run(
            "INSERT INTO alarms SELECT alarm, split_part(alarm, '/', 1), 'high', 'HI', NULL, 2, 1.0, 1.0, max(at), "
            "max(at), 'A', max(occurrence), max(at), NULL, NULL, NULL, NULL, false, true, 1, max(seq) "
            "FROM alarm_journal GROUP BY alarm"
        )
        run(
            "INSERT INTO event_log (at, kind, who, object, text, origin, count) "
            "SELECT at, 'alarm', who, alarm, 'It came.', origin, 1 FROM alarm_journal"
        )
        run(
            "INSERT INTO smart_switches "
            "SELECT 'plug-' || n, 'http://192.0.2.1', true, %s FROM generate_series(1, %s) n",
            (end, SWITCHES),
        )
        run(
            "INSERT INTO smart_switch_checks "
            "SELECT 'plug-' || n, %s::timestamptz - m * interval '1 minute', 'online', 5, NULL, "
            "'core', 0 FROM generate_series(1, %s) n, generate_series(0, 1440) m",
            (end, SWITCHES),
        )
