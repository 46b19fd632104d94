"""How cost grows with the number of points: processor time per 1,000 readings, memory per point, and the start.

A core's own work on a batch is measured, from the decoded readings to the commit, in this process; PostgreSQL's is not.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psutil

from backend_core.kernel.clock import SystemClock, to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core
from backend_core.telemetry.model import DeviceKind, Reading
from tests.support.databases import lay_tables
from tests.support.postgres import PostgresServer, create_database

SIZES = {"1k": 1000, "10k": 10_000, "100k": 100_000}
A_BATCH = 3000
LEAST_READINGS, A_POINT = 300_000, 10
LINEAR_WITHIN = 1.5
"""Ten times the points may cost so much more than ten times as much, for the machine's moods."""


def figures() -> dict[str, float | bool]:
    """A row of figures for each size; they hold when no step of ten costs more than ten times as much."""
    found: dict[str, float | bool] = {}
    server = PostgresServer()
    try:
        server.start()
        for name, points in SIZES.items():
            url = create_database(server.url())
            lay_tables(url)
            for what, figure in asyncio.run(_measure(url, points)).items():
                found[f"{name}_{what}"] = figure
    finally:
        server.remove()
    return found | {"holds": _is_linear(found)}


def _is_linear(found: dict[str, float | bool]) -> bool:
    cpu = [float(found[f"{name}_cpu_ms_per_1000"]) for name in SIZES]
    start = [float(found[f"{name}_start_s"]) for name in SIZES]
    flat = all(after <= LINEAR_WITHIN * max(before, 10.0) for before, after in pairwise(cpu))
    return flat and all(after <= LINEAR_WITHIN * 10 * max(before, 0.1) for before, after in pairwise(start))


async def _measure(url: str, points: int) -> dict[str, float]:
    settings = Settings({"database.url": url, "mqtt.url": "mqtt://127.0.0.1:1"})
    core = await _started(settings)
    names = [PointId(f"d{number // 3}.q{number % 3}") for number in range(points)]
    base = _resident()
    now = datetime.now(UTC) - timedelta(minutes=20)
    await _inject(core, names, now, len(names))
    memory = _resident() - base
    cpu_s = time.process_time()
    count = max(LEAST_READINGS, A_POINT * points)
    await _inject(core, names, now + timedelta(seconds=1), count)
    cpu_s = time.process_time() - cpu_s
    await core.stop()
    began = time.perf_counter()
    again = await _started(settings)
    start_s = time.perf_counter() - began
    await again.stop()
    return {
        "cpu_ms_per_1000": round(cpu_s * 1e6 / count, 2),
        "kb_per_point": round(memory / 1024 / points, 2),
        "start_s": round(start_s, 2),
    }


async def _started(settings: Settings) -> Core:
    core = Core(settings, SystemClock(), "core")
    core.start()
    await core.is_open.wait()
    while not core.parts.sharing.leads:
        await asyncio.sleep(0.01)
    return core


async def _inject(core: Core, names: list[PointId], start: datetime, count: int) -> None:
    """Every point once a second of the record's time."""
    for first in range(0, count, A_BATCH):
        numbers = range(first, min(first + A_BATCH, count))
        moments = [to_us(start) + i // len(names) * 1_000_000 + i % len(names) for i in numbers]
        readings = [
            Reading(names[i % len(names)], at_us, 0, float(i % 97), Quality.GOOD, 0, at_us, 0)
            for i, at_us in zip(numbers, moments, strict=True)
        ]
        core.parts.telemetry.inject(readings, DeviceKind.ELEMENT)
        await core.parts.history.drained()


def _resident() -> int:
    gc.collect()
    return int(psutil.Process(os.getpid()).memory_info().rss)
