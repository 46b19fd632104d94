"""How long an operator waits for a trend: the record asked, the curves drawn, on PostgreSQL at the size of a real site.

Eight points with rollups of a year and readings of each second for a month (21 million; a tenth of that without
`--large`). Measured is what the panel does: it asks for half a stretch more at each side than it shows, and draws.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from sqlalchemy import Connection, text

from backend_core.history import sql_partitions
from backend_core.history.model import History
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.identities import PointId
from backend_core.storage.database import Database
from console.features.trends.plot import curve_of
from tests.benchmarks.size import is_large
from tests.support.databases import record_of_its_own
from ui.plot import Pen, TrendView
from ui.theme import Theme

POINTS = [PointId(f"T{number}.loading_percent") for number in range(1, 9)]
COLUMNS = 1600
LIMIT_MS = 300.0
ROUNDS = 5
VIEWS = {"year": 365 * 86_400.0, "month": 30 * 86_400.0, "day": 86_400.0, "hours_2": 7200.0, "minutes_15": 900.0}
DAYS_OF_READINGS = 31 if is_large() else 3


def figures() -> dict[str, float | bool]:
    """Milliseconds from the question to the pixels, the median and the worst of some rounds."""
    with record_of_its_own() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> dict[str, float | bool]:
    app = QApplication.instance() or QApplication([])
    database = Database(url, SystemClock())
    now = datetime.now(UTC).replace(microsecond=0)
    fill(database, now, DAYS_OF_READINGS)
    store = SqlHistoryStore(database, "bench")
    view = view_of(POINTS)
    found: dict[str, float | bool] = {"readings": 8 * 86_400 * DAYS_OF_READINGS}
    worst_ms = 0.0
    for name, length_s in VIEWS.items():
        spent_ms = [await first_paint(store, view, now, length_s, round_s) for round_s in range(ROUNDS)]
        found[f"{name}_ms"] = round(sorted(spent_ms)[ROUNDS // 2], 1)
        found[f"{name}_worst_ms"] = round(max(spent_ms), 1)
        if name in ("year", "hours_2", "minutes_15"):
            worst_ms = max(worst_ms, found[f"{name}_ms"])
    view.close()
    app.sendPostedEvents()
    await database.close()
    return found | {"limit_ms": LIMIT_MS, "holds": worst_ms <= LIMIT_MS}


def view_of(points: list[PointId]) -> TrendView:
    """A trend with a pen for each point, shown once so that fonts and styles are no part of the figure."""
    view = TrendView(Theme())
    view.resize(COLUMNS, 600)
    view.show()
    view.show_pens([Pen(point, point, "%", longest_pause_s=10.0) for point in points])
    view.grab()
    return view


async def first_paint(store: SqlHistoryStore, view: TrendView, now: datetime, length_s: float, number: int) -> float:
    """Milliseconds from the question to the pixels of a view that was not asked for before."""
    right = now - timedelta(hours=2, seconds=137 * number)
    left = right - timedelta(seconds=length_s)
    half = timedelta(seconds=length_s / 2)
    start, end = left - half, min(now, right + half)
    columns = round((end - start).total_seconds() / length_s * COLUMNS)
    began = time.perf_counter()
    history: History = await store.span(POINTS, start, end, columns)
    for point, past in history.points.items():
        trace = view.trace(point)
        assert trace is not None
        trace.show_history(curve_of(past, length_s / COLUMNS), max(length_s / COLUMNS, past.resolution_s))
    view.show_range(left.timestamp(), right.timestamp())
    view.grab()
    return (time.perf_counter() - began) * 1000.0


def fill(database: Database, now: datetime, days: int, points: list[PointId] = POINTS) -> None:
    """A year of rollups, and every second of the last days, made by the database itself."""
    database.run(lambda connection: _fill(connection, now, days, points))
    with database._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _fill(connection: Connection, now: datetime, days: int, points: list[PointId]) -> None:
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET LOCAL {limit} = 0"))
    connection.execute(text("INSERT INTO devices VALUES ('bench', 'element', 'discovered', now(), NULL)"))
    names = {"names": list(points)}
    connection.execute(
        text(
            "INSERT INTO points (point, device, quantity, first_seen) "
            "SELECT p, 'bench', 'x', now() FROM unnest(CAST(:names AS text[])) p"
        ),
        names,
    )
    midnight = now.replace(hour=0, minute=0, second=0)
    for day in range(days + 1):
        start = midnight - timedelta(days=days - day)
        sql_partitions.make(connection, "readings", start, start + timedelta(days=1))
    months = {(midnight - timedelta(days=back)).replace(day=1) for back in range(400)}
    for month in sorted(months):
        sql_partitions.make(connection, "rollups_5m", month, (month + timedelta(days=32)).replace(day=1))
    wave = "60 + 20 * sin(date_part('epoch', t) / 13751 + point_id) + 5 * random()"
    connection.execute(
        text(
            "INSERT INTO readings (ts, point_id, seq, value, quality, marks, received_at, payload_hash) "
            f"SELECT t, point_id, 0, {wave}, 0, 0, t, 0 "
            "FROM generate_series(CAST(:start AS timestamptz), CAST(:now AS timestamptz), '1 second') t, points"
        ),
        {"start": now - timedelta(days=days), "now": now},
    )
    for table, step, count in (
        ("rollups_5m", "5 minutes", 300),
        ("rollups_1h", "1 hour", 3600),
        ("rollups_1d", "1 day", 86_400),
    ):
        connection.execute(
            text(
                f"INSERT INTO {table} (bucket, point_id, low, high, mean, first, last, count, doubtful, bad, "
                "covered_s) "
                f"SELECT t, point_id, v, v + 5, v + 2, v, v + 4, {count}, 0, 0, {count} FROM "
                f"(SELECT t, point_id, {wave} AS v FROM generate_series(CAST(:start AS timestamptz), "
                f"CAST(:now AS timestamptz), '{step}') t, points) AS made"
            ),
            {"start": midnight - timedelta(days=365), "now": now - timedelta(seconds=count)},
        )
