"""Rows a second into the record, keyed, partitioned, counted and marked, beside COPY into a bare table.

Both commit each 3,000 rows, ready in memory. Ours is the whole of what a batch costs at the database: the fence, the
numbers of the points, the marks for the rollups, the counters. The bare table has no key, no partition and no index.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import text

from backend_core.history.model import Writing
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import SystemClock, to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.sharing.model import Console
from backend_core.sharing.sql_lease import SqlLease
from backend_core.storage.binary_copy import CopyColumn, copy_in
from backend_core.storage.database import Database
from backend_core.telemetry.model import Reading
from tests.support.databases import lay_tables
from tests.support.postgres import PostgresServer, create_database

ROWS_A_COMMIT = 3000
COMMITS = 150
POINTS = 900
LEAST_RATIO = 0.3
LAYOUT = [
    CopyColumn("point_id", "int4"),
    CopyColumn("ts", "timestamptz"),
    CopyColumn("seq", "int2"),
    CopyColumn("value", "float8"),
    CopyColumn("quality", "int2"),
    CopyColumn("marks", "int2"),
    CopyColumn("received_at", "timestamptz"),
    CopyColumn("payload_hash", "int8"),
]


def figures() -> dict[str, float | bool]:
    """Rows a second of both, in turns, so that the machine's moods fall on both alike."""
    server = PostgresServer(durable=True)
    try:
        server.start()
        url = create_database(server.url())
        lay_tables(url)
        ours, bare = asyncio.run(_measure(url))
    finally:
        server.remove()
    ratio = ours / bare
    return {
        "ours_rows_s": round(ours),
        "bare_copy_rows_s": round(bare),
        "ratio": round(ratio, 2),
        "least_ratio": LEAST_RATIO,
        "holds": ratio >= LEAST_RATIO,
    }


async def _measure(url: str) -> tuple[float, float]:
    database = Database(url, SystemClock())
    database.epoch = await SqlLease(database, SystemClock()).acquire(Console("0" * 36, "bench", "op", "host", "1"))
    store = SqlHistoryStore(database, "bench")
    now = datetime.now(UTC)
    await store.write(_batch(now, 0))
    with database._engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare (LIKE readings)"))
    ours_s = bare_s = 0.0
    for number in range(1, COMMITS + 1):
        batch = _batch(now, number)
        began = time.perf_counter()
        await store.write(batch)
        ours_s += time.perf_counter() - began
        columns = _columns(now, number)
        began = time.perf_counter()
        with database._engine.begin() as connection:
            copy_in(connection, "bare", LAYOUT, columns)
        bare_s += time.perf_counter() - began
    await database.close()
    rows = ROWS_A_COMMIT * COMMITS
    return rows / ours_s, rows / bare_s


def _batch(now: datetime, number: int) -> Writing:
    at_us = to_us(now) + number * 400_000
    readings = [
        Reading(PointId(f"s{i % POINTS}.voltage"), at_us + i, 0, 230.0 + i, Quality.GOOD, 0, at_us, 0)
        for i in range(ROWS_A_COMMIT)
    ]
    return Writing(readings, (), (), {}, now + timedelta(seconds=0.4 * number))


def _columns(now: datetime, number: int) -> list[np.ndarray]:
    ts = to_us(now) + number * 400_000 + np.arange(ROWS_A_COMMIT)
    zero = np.zeros(ROWS_A_COMMIT, "i2")
    return [np.arange(ROWS_A_COMMIT) % POINTS, ts, zero, np.ones(ROWS_A_COMMIT), zero, zero, ts, zero]
