"""Messages a second from Mosquitto to committed rows in PostgreSQL, beside a plain pipeline and beside bare receiving.

All three find the same messages waiting in a persistent session of their own at the same broker, QoS 1, and each runs
in a process of its own. The plain pipeline is the usual one: paho callbacks append to a list, which executemany writes
each 2 s or 100 rows, one row a message. It acknowledges before it stores, and loses what it holds at a crash. Ours
stores four rows a message (three quantities and their product), judges each value, and acknowledges after the commit.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import paho.mqtt.client as mqtt
import psycopg
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text

from backend_core.storage.binary_copy import CopyColumn, copy_in
from backend_core.storage.engine import open_engine, parse_url
from tests.journeys.site import Site, site
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database
from tests.support.processes import eventually

MESSAGES = 60_000
SENSORS = 200
ROWS_A_MESSAGE = 4
PLAIN_LIMIT = 1.0
BARE_LIMIT = 0.35
TOPIC = "grid/sensors/#"


def figures() -> dict[str, float | bool]:
    """One run of all three, in messages a second, with the ratios that are promised."""
    with tempfile.TemporaryDirectory() as folder:
        broker, server = Mosquitto(Path(folder)), PostgresServer(durable=True)
        try:
            broker.start()
            server.start()
            bare = _contend(broker, _bare, "")
            plain = _contend(broker, _plain, server.url())
            database_url = create_database(server.url())
            ours = _ours(Path(folder), broker, database_url)
            copied = _bare_copy(database_url)
        finally:
            broker.kill()
            server.remove()
    holds = ours / plain >= PLAIN_LIMIT and ours / bare >= BARE_LIMIT
    return {
        "ours_msg_s": round(ours),
        "ours_rows_s": round(ours * ROWS_A_MESSAGE),
        "bare_copy_rows_s": round(copied),
        "plain_msg_s": round(plain),
        "bare_msg_s": round(bare),
        "ratio_to_plain": round(ours / plain, 2),
        "ratio_to_bare": round(ours / bare, 2),
        "limit_ratio_to_plain": PLAIN_LIMIT,
        "limit_ratio_to_bare": BARE_LIMIT,
        "holds": holds,
    }


def _ours(folder: Path, broker: Mosquitto, database_url: str) -> float:
    """The product itself: a core that has its session, stands still while the messages gather, and starts again."""
    with site(folder, broker.port, database_url) as here:
        core = here.core("first")
        here.wait_for_session()
        core.terminate()
        publish(broker.port, MESSAGES)
        here.core("measured")
        ended = _wait_for_counter(here, MESSAGES * ROWS_A_MESSAGE)
        with psycopg.connect(database_url) as connection:
            began = connection.execute("SELECT min(received_at) FROM readings").fetchone()
        assert began is not None
        return MESSAGES / (ended - began[0].timestamp())


def _bare_copy(database_url: str) -> float:
    """Rows a second of binary COPY alone: the same columns and key, ready in memory, a commit each 4,000 rows."""
    engine = open_engine(parse_url(database_url))
    count, piece = MESSAGES * ROWS_A_MESSAGE, 4000
    layout = [
        CopyColumn(name, kind) for name, kind in (("point_id", "int4"), ("ts", "timestamptz"), ("value", "float8"))
    ]
    rest = [CopyColumn(name, "int2") for name in ("seq", "quality", "marks")]
    rest += [CopyColumn("received_at", "timestamptz"), CopyColumn("payload_hash", "int8")]
    times = np.arange(count, dtype="i8") + 1_795_000_000_000_000
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare_copy (LIKE readings INCLUDING ALL)"))
    began = time.perf_counter()
    for start in range(0, count, piece):
        ts, zero = times[start : start + piece], np.zeros(piece, "i2")
        with engine.begin() as connection:
            columns = [np.arange(piece) % 800, ts, np.ones(piece), zero, zero, zero, ts, zero]
            copy_in(connection, "bare_copy", [*layout, *rest], columns)
    seconds = time.perf_counter() - began
    engine.dispose()
    return count / seconds


def _wait_for_counter(here: Site, target: int) -> float:
    """When the record's own counter reached the target, as seconds since 1970."""
    with psycopg.connect(here.database_url, autocommit=True) as connection:

        def is_reached() -> bool:
            found = connection.execute("SELECT value FROM counters WHERE name = 'readings_stored'").fetchone()
            return bool(found and found[0] >= target)

        eventually(is_reached, f"{target} rows are committed", timeout_s=120.0)
    return time.time()


def _contend(broker: Mosquitto, receive: Callable[[int, str, Connection], None], database_url: str) -> float:
    """Let the messages gather in a session, then time a process that empties it."""
    session = _session(receive.__name__)
    session.connect("127.0.0.1", broker.port)
    session.loop_start()
    subscribed = threading.Event()
    session.on_subscribe = lambda *_: subscribed.set()
    session.subscribe(TOPIC, qos=1)
    assert subscribed.wait(10.0)
    session.disconnect()
    session.loop_stop()
    publish(broker.port, MESSAGES)
    mine, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=receive, args=(broker.port, database_url, theirs))
    child.start()
    try:
        assert mine.poll(120.0), f"{receive.__name__} did not end"
        return MESSAGES / float(mine.recv())
    finally:
        child.join(10.0)


def publish(port: int, count: int) -> None:
    """Publish the same messages every time, with times of now, and wait until the broker has them all."""
    taken, room = threading.Event(), threading.Semaphore(1000)
    left = [count]

    def on_publish(*_: Any) -> None:
        left[0] -= 1
        room.release()
        if not left[0]:
            taken.set()

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="benchmark publisher")
    client.max_inflight_messages_set(1000)
    client.on_publish = on_publish
    client.connect("127.0.0.1", port)
    client.loop_start()
    start = datetime.now(UTC) - timedelta(seconds=30)
    for number in range(count):
        room.acquire()
        sensor, moment = f"sensor_{number % SENSORS}", start + timedelta(microseconds=250 * number)
        facts = {
            "device_id": sensor,
            "timestamp": moment.isoformat(timespec="microseconds"),
            "voltage": 230.5 + number % 100 / 64,
            "current": 4.2,
            "temperature": 35.1,
        }
        client.publish(f"grid/sensors/{sensor}", json.dumps(facts), qos=1)
    assert taken.wait(120.0), "the broker did not take every message"
    client.disconnect()
    client.loop_stop()


def _session(name: str) -> mqtt.Client:
    return mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"benchmark {name}", clean_session=False)


def _bare(port: int, _: str, result: Connection) -> None:
    """Receive, acknowledge, drop."""
    clock = _Stopwatch()
    client = _session("_bare")
    client.on_message = lambda *_: clock.count()
    client.connect("127.0.0.1", port)
    client.loop_start()
    clock.full.wait(120.0)
    result.send(clock.seconds())
    client.disconnect()
    client.loop_stop()


def _plain(port: int, database_url: str, result: Connection) -> None:
    """Callbacks gather rows in a list; this thread writes them by executemany each 2 s or 100 rows."""
    rows: list[tuple[str, str, float, float, float]] = []
    enough, clock = threading.Event(), _Stopwatch()

    def on_message(client: Any, userdata: Any, message: mqtt.MQTTMessage) -> None:
        facts = json.loads(message.payload)
        row = (facts["device_id"], facts["timestamp"], facts["voltage"], facts["current"], facts["temperature"])
        if 0.0 <= row[2] <= 1000.0 and 0.0 <= row[3] <= 1000.0 and -60.0 <= row[4] <= 400.0:
            rows.append(row)
        clock.count()
        if len(rows) >= 100:
            enough.set()

    with psycopg.connect(database_url) as connection:
        connection.execute(
            "CREATE TABLE sensor_data (id bigserial, device_id text NOT NULL, timestamp timestamptz NOT NULL, "
            "voltage float8 NOT NULL, current float8 NOT NULL, temperature float8 NOT NULL, "
            "PRIMARY KEY (id, timestamp))"
        )
        connection.commit()
        client = _session("_plain")
        client.on_message = on_message
        client.connect("127.0.0.1", port)
        client.loop_start()
        written = 0
        insert = (
            "INSERT INTO sensor_data (device_id, timestamp, voltage, current, temperature) VALUES (%s, %s, %s, %s, %s)"
        )
        while written < MESSAGES:
            enough.wait(2.0)
            enough.clear()
            batch = rows[:]
            del rows[: len(batch)]
            with connection.cursor() as cursor:
                cursor.executemany(insert, batch)
            connection.commit()
            written += len(batch)
        result.send(clock.seconds())
        client.disconnect()
        client.loop_stop()


class _Stopwatch:
    """Runs from the first message to when it is asked."""

    def __init__(self) -> None:
        self.full = threading.Event()
        self._began = 0.0
        self._count = 0

    def count(self) -> None:
        if not self._count:
            self._began = time.perf_counter()
        self._count += 1
        if self._count == MESSAGES:
            self.full.set()

    def seconds(self) -> float:
        return time.perf_counter() - self._began
