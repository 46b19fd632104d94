"""The gaps of the screen's heartbeat under flood: the core embedded at 5,000 msg/s, a headless leader at 10,000.

The heartbeat is a timer of the real console, painting offscreen, that should come every 10 ms; a gap is what lies
between two of its beats, so that 50 ms means four of them were missed.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.latency import publish
from tests.journeys.site import site
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database
from tests.support.processes import REPOSITORY

P99_LIMIT_MS = 50.0
BEAT_MS = 10
WARM_S, FLOOD_S = 8.0, 15.0


def figures() -> dict[str, float | bool]:
    """Percentiles of both ways, in milliseconds."""
    embedded = _flooded(5000, is_headless=False)
    beside = _flooded(10_000, is_headless=True)
    return {
        "embedded_5000_p99_ms": embedded["p99"],
        "embedded_5000_worst_ms": embedded["worst"],
        "headless_10000_p99_ms": beside["p99"],
        "headless_10000_worst_ms": beside["worst"],
        "limit_p99_ms": P99_LIMIT_MS,
        "holds": max(embedded["p99"], beside["p99"]) <= P99_LIMIT_MS,
    }


def _flooded(rate: int, *, is_headless: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        broker, server = Mosquitto(Path(folder)), PostgresServer(durable=True)
        try:
            broker.start()
            server.start()
            with site(Path(folder), broker.port, create_database(server.url())) as here:
                if is_headless:
                    here.core()
                    here.wait_for_session()
                meters = multiprocessing.get_context("spawn").Process(
                    target=publish_later, args=(broker.port, rate, WARM_S - 3.0, FLOOD_S + 3.0)
                )
                meters.start()
                screen = [sys.executable, "-m", "tests.benchmarks.heartbeat", str(here.config)]
                done = subprocess.run(
                    screen, cwd=REPOSITORY, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
                    stdout=subprocess.PIPE, text=True, check=True,
                )  # fmt: skip
                meters.join()
        finally:
            broker.kill()
            server.remove()
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def publish_later(port: int, rate: int, after_s: float, seconds: float) -> None:
    time.sleep(after_s)
    publish(port, rate, seconds)


def watch(config: Path) -> dict[str, float]:
    """Run the console for a while, and measure its heartbeat after it has warmed up."""
    import numpy as np
    from PySide6.QtCore import Qt, QTimer

    from backend_core.kernel.clock import SystemClock
    from backend_core.runtime.core import Core
    from backend_core.runtime.toml_config import load
    from console import app as program

    settings = load(config)
    application, theme = program._application(settings)
    beats: list[float] = []
    heart = QTimer()
    heart.setTimerType(Qt.TimerType.PreciseTimer)
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))
    heart.start(BEAT_MS)
    began = time.perf_counter()
    wish = program.ScreenWish("", "benchmark", seconds=WARM_S + FLOOD_S)
    program._run(application, program.show_screen(lambda: Core(settings, SystemClock(), "console"), wish, theme))
    counted = np.array([beat for beat in beats if WARM_S <= beat - began <= WARM_S + FLOOD_S - 1.0])
    gaps_ms = np.diff(counted) * 1000.0
    return {"p99": round(float(np.percentile(gaps_ms, 99)), 1), "worst": round(float(gaps_ms.max()), 1)}


if __name__ == "__main__":
    print(json.dumps(watch(Path(sys.argv[1]))))
