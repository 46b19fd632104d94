"""How long a reading takes from its publishing to the frame that a screen takes, at 2,000 messages a second."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database

RATE = 2000
SECONDS = 15.0
FRAME_S = 1 / 30
P95_LIMIT_MS = 250.0


def figures() -> dict[str, float | bool]:
    """Percentiles over every sample that came in a frame, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        broker, server = Mosquitto(Path(folder)), PostgresServer(durable=True)
        try:
            broker.start()
            server.start()
            delays_ms = asyncio.run(_measure(broker.port, create_database(server.url())))
        finally:
            broker.kill()
            server.remove()
    p50, p95, worst = np.percentile(delays_ms, (50, 95, 100))
    return {
        "msg_s": RATE,
        "samples": len(delays_ms),
        "p50_ms": round(float(p50), 1),
        "p95_ms": round(float(p95), 1),
        "worst_ms": round(float(worst), 1),
        "limit_p95_ms": P95_LIMIT_MS,
        "holds": bool(p95 <= P95_LIMIT_MS),
    }


async def _measure(port: int, database_url: str) -> list[float]:
    settings = Settings({"database.url": database_url, "mqtt.url": f"mqtt://127.0.0.1:{port}"})
    core = Core(settings, SystemClock(), "console")
    core.gateway.frames.is_watched = True
    core.start()
    while not core.parts.sharing.leads:
        await asyncio.sleep(0.05)
    meters = multiprocessing.get_context("spawn").Process(target=publish, args=(port, RATE, SECONDS))
    screen = _Screen(core)
    meters.start()
    screen.start()
    try:
        await asyncio.to_thread(meters.join)
    finally:
        screen.stop()
        await core.stop()
    return screen.delays_ms


class _Screen:
    """Takes a frame thirty times a second, as the console does."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="screen")
        self.delays_ms: list[float] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(FRAME_S):
            frame = self._core.gateway.take_frame()
            now_us = time.time_ns() // 1000
            for run in frame.samples.values():
                self.delays_ms += [(now_us - sample.ts_us) / 1000.0 for sample in run.samples]


def publish(port: int, rate: int, seconds: float) -> None:
    """Publish at QoS 1 at a steady rate; each reading's time is the moment of its publishing."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="steady publisher")
    client.max_inflight_messages_set(2000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    began, sent = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds:
        while sent < elapsed * rate:
            sensor = f"sensor_{sent % 200}"
            now = datetime.now(UTC).isoformat(timespec="microseconds")
            facts = {"device_id": sensor, "timestamp": now, "voltage": 230.0, "current": 4.0, "temperature": 35.0}
            client.publish(f"grid/sensors/{sensor}", json.dumps(facts), qos=1)
            sent += 1
        time.sleep(0.005)
    client.disconnect()
    client.loop_stop()
