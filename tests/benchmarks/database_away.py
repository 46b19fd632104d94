"""PostgreSQL stopped for a while under 500 messages a second: what is lost, how fast the rest drains, what is seen.

A run of `--large` keeps the database away for the promised ten minutes, any other for twenty seconds. Live values are
watched as a screen sees them: the longest time in which no newer value of any sensor came to a frame.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core
from tests.benchmarks.size import is_large
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database

RATE = 500
ROWS_A_MESSAGE = 4
BEFORE_S = 5.0
AWAY_S = 600.0 if is_large() else 20.0
AFTER_S = 15.0 + AWAY_S / 5.0
DRAIN_LIMIT = 4.0
"""How many times the live rate the rest must drain at: ten minutes are then stored within two and a half."""
FRAME_S = 1 / 30
GAP_LIMIT_S = 2.0


def figures() -> dict[str, float | bool]:
    """One outage, from the last commit before it until nothing waits any more."""
    with tempfile.TemporaryDirectory() as folder:
        broker, server = Mosquitto(Path(folder)), PostgresServer(durable=True)
        try:
            broker.start()
            server.start()
            database_url = create_database(server.url())
            outage = asyncio.run(_measure(Path(folder), broker.port, server, database_url))
            stored = _stored(database_url)
        finally:
            broker.kill()
            server.remove()
    lost = int(outage["published"]) * ROWS_A_MESSAGE - stored
    holds = not lost and outage["drain_ratio"] >= DRAIN_LIMIT and outage["longest_gap_s"] <= GAP_LIMIT_S
    return {
        "msg_s": RATE,
        "away_s": AWAY_S,
        "lost_rows": lost,
        **outage,
        "limit_drain_ratio": DRAIN_LIMIT,
        "limit_gap_s": GAP_LIMIT_S,
        "holds": holds,
    }


async def _measure(folder: Path, port: int, server: PostgresServer, database_url: str) -> dict[str, float]:
    settings = Settings(
        {
            "database.url": database_url,
            "mqtt.url": f"mqtt://127.0.0.1:{port}",
            "spool.folder": str(folder / "spool"),
        }
    )
    core = Core(settings, SystemClock(), "console")
    core.gateway.frames.is_watched = True
    core.start()
    while not core.parts.inlets.takes:
        await asyncio.sleep(0.05)
    mine, theirs = multiprocessing.Pipe()
    meters = multiprocessing.get_context("spawn").Process(
        target=_publish, args=(port, BEFORE_S + AWAY_S + AFTER_S, theirs)
    )
    screen = _Screen(core)
    meters.start()
    await asyncio.sleep(BEFORE_S)
    resident_mb = _resident_mb()
    screen.start()
    try:
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(AWAY_S)
        waiting = core.parts.history.spooled.messages
        grown_mb = _resident_mb() - resident_mb
        await asyncio.to_thread(server.start)
        drained_s = await _drained(core)
        published = await asyncio.to_thread(mine.recv)
        while core.parts.history.totals.readings_stored < published * ROWS_A_MESSAGE:
            await asyncio.sleep(0.1)
        await asyncio.to_thread(meters.join)
    finally:
        screen.stop()
        await core.stop()
    return {
        "published": published,
        "waiting": waiting,
        "drained_s": round(drained_s, 1),
        "drain_ratio": round(waiting / drained_s / RATE, 1),
        "longest_gap_s": round(screen.longest_gap_s, 2),
        "resident_growth_mb": round(grown_mb, 1),
    }


def _publish(port: int, seconds: float, result: Connection) -> None:
    """Publish at QoS 1 at a steady rate and count what the broker has taken, once it has taken all."""
    taken = 0

    def on_publish(*_: Any) -> None:
        nonlocal taken
        taken += 1

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="steady publisher")
    client.max_inflight_messages_set(2000)
    client.on_publish = on_publish
    client.connect("127.0.0.1", port)
    client.loop_start()
    began, sent = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds:
        while sent < elapsed * RATE:
            sensor = f"sensor_{sent % 200}"
            now = datetime.now(UTC).isoformat(timespec="microseconds")
            facts = {"device_id": sensor, "timestamp": now, "voltage": 230.0, "current": 4.0, "temperature": 35.0}
            client.publish(f"grid/sensors/{sensor}", json.dumps(facts), qos=1)
            sent += 1
        time.sleep(0.005)
    while taken < sent:
        time.sleep(0.01)
    result.send(taken)
    client.disconnect()
    client.loop_stop()


async def _drained(core: Core) -> float:
    """Seconds from the first commit after the outage until nothing waits."""
    before = core.parts.history.commits
    while core.parts.history.commits == before:
        await asyncio.sleep(0.01)
    began = time.perf_counter()
    while core.parts.history.spooled.messages:
        await asyncio.sleep(0.01)
    return time.perf_counter() - began


def _stored(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT count(*) FROM readings").fetchone()
    return found[0] if found else 0


def _resident_mb() -> float:
    """The most this process ever held."""
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


class _Screen:
    """Takes a frame thirty times a second and notes the longest time without a new value."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="screen")
        self.longest_gap_s = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        last_s = time.perf_counter()
        while not self._ended.wait(FRAME_S):
            if self._core.gateway.take_frame().values:
                now_s = time.perf_counter()
                self.longest_gap_s = max(self.longest_gap_s, now_s - last_s)
                last_s = now_s
