"""How long a console takes to open on a large record, and to draw a trend from it: a hundred million readings.

Without `--large` two million readings stand in for them, and the figure says so. Opened is what an operator waits for:
the schema checked, the newest value of every point read, the alarms loaded.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.identities import PointId
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core
from backend_core.storage.database import Database
from tests.benchmarks import trend_questions
from tests.benchmarks.size import is_large
from tests.support.databases import record_of_its_own

OPEN_LIMIT_S = 3.0
POINTS = [*trend_questions.POINTS, *(PointId(f"U{number}.current") for number in range(1, 33))]
DAYS = 29 if is_large() else 1
"""Forty points, a reading each second: 29 days are a hundred million."""


def figures() -> dict[str, float | bool]:
    """Seconds to an open console, milliseconds to a year and to two hours of readings."""
    with record_of_its_own() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> dict[str, float | bool]:
    app = QApplication.instance() or QApplication([])
    now = datetime.now(UTC).replace(microsecond=0)
    database = Database(url, SystemClock())
    trend_questions.fill(database, now, DAYS, POINTS)
    opened_s = min([await _opened(url) for _ in range(3)])
    store, view = SqlHistoryStore(database, "bench"), trend_questions.view_of(trend_questions.POINTS)
    found: dict[str, float | bool] = {"readings": len(POINTS) * 86_400 * DAYS, "open_s": round(opened_s, 2)}
    for name in ("year", "hours_2"):
        length_s = trend_questions.VIEWS[name]
        spent = [await trend_questions.first_paint(store, view, now, length_s, number) for number in range(5)]
        found[f"{name}_ms"] = round(sorted(spent)[2], 1)
    view.close()
    app.sendPostedEvents()
    await database.close()
    holds = opened_s <= OPEN_LIMIT_S and max(found["year_ms"], found["hours_2_ms"]) <= trend_questions.LIMIT_MS
    return found | {"limit_open_s": OPEN_LIMIT_S, "limit_ms": trend_questions.LIMIT_MS, "holds": holds}


async def _opened(url: str) -> float:
    began = time.perf_counter()
    core = Core(Settings({"database.url": url, "mqtt.url": "mqtt://127.0.0.1:1"}), SystemClock(), "console")
    core.start()
    await core.is_open.wait()
    spent_s = time.perf_counter() - began
    await core.stop()
    return spent_s
