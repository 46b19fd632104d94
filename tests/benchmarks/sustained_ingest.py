"""Messages a second that a core commits, a minute long, with publisher, broker, database and core on one machine.

Every message holds three quantities and is acknowledged after an fsynced commit. The publisher speaks MQTT by itself,
in a process of its own, and keeps a fixed number of messages on their way: so it finds the ceiling, and costs little.
"""

from __future__ import annotations

import multiprocessing
import socket
import struct
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path

import psutil
import psycopg

from tests.journeys.site import Site, site
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database
from tests.support.processes import eventually

LEAST_MSG_S = 7000
MOST_GROWTH_MB = 50.0
WARM_S, SECONDS = 10.0, 60.0
DEVICES = 300
WINDOW = 1500
PIECE = 100


def figures() -> dict[str, float | bool]:
    """The rate between the end of the warm-up and the end, and how much the core's memory grew meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        broker, server = Mosquitto(Path(folder)), PostgresServer(durable=True)
        try:
            broker.start()
            server.start()
            with site(Path(folder), broker.port, create_database(server.url())) as here:
                return _measure(here, broker.port)
        finally:
            broker.kill()
            server.remove()


def _measure(here: Site, port: int) -> dict[str, float | bool]:
    core = psutil.Process(here.core().pid)
    here.wait_for_session()
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    publisher = spawn.Process(target=publish, args=(port, stop))
    publisher.start()
    with psycopg.connect(here.database_url, autocommit=True) as connection:
        eventually(lambda: _stored(connection) > 0, "the first readings are stored")
        time.sleep(WARM_S)
        began, rows, memory = time.perf_counter(), _stored(connection), core.memory_info().rss
        cpu_s = sum(core.cpu_times()[:2])
        time.sleep(SECONDS)
        seconds = time.perf_counter() - began
        rows, growth = _stored(connection) - rows, core.memory_info().rss - memory
        cpu_s = sum(core.cpu_times()[:2]) - cpu_s
    stop.set()
    publisher.join(10.0)
    rate, growth_mb = rows / 3 / seconds, growth / 1e6
    return {
        "msg_s": round(rate),
        "rows_s": round(rows / seconds),
        "seconds": round(seconds),
        "growth_mb": round(growth_mb, 1),
        "core_cpu_percent": round(100.0 * cpu_s / seconds),
        "least_msg_s": LEAST_MSG_S,
        "most_growth_mb": MOST_GROWTH_MB,
        "holds": rate >= LEAST_MSG_S and growth_mb <= MOST_GROWTH_MB,
    }


def _stored(connection: psycopg.Connection) -> int:
    found = connection.execute("SELECT value FROM counters WHERE name = 'readings_stored'").fetchone()
    return int(found[0]) if found else 0


def publish(port: int, stop: Event) -> None:
    """Keep `WINDOW` messages of MQTT 3.1.1 at QoS 1 on their way until told to stop."""
    link = socket.create_connection(("127.0.0.1", port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.sendall(_packet(0x10, b"\x00\x04MQTT\x04\x02\x00\x00" + _text("bench")))
    assert link.recv(4)[:1] == b"\x20"
    number, under_way, rest = 0, 0, 0
    while not stop.is_set():
        if under_way <= WINDOW - PIECE:
            stamp = datetime.now(UTC)
            link.sendall(b"".join(_message(number + i, stamp) for i in range(PIECE)))
            number += PIECE
            under_way += PIECE
            continue
        # A PUBACK is four bytes; only their count matters here.
        rest += len(link.recv(65_536))
        under_way -= rest // 4
        rest %= 4
    link.close()


def _message(number: int, stamp: datetime) -> bytes:
    device = f"unit_{number % DEVICES}"
    moment = stamp.replace(microsecond=number * 7 % 1_000_000).isoformat().replace("+00:00", "Z")
    payload = (
        f'{{"device_id":"{device}","timestamp":"{moment}","seq":{number % 32768},'
        f'"values":{{"active_power":{number % 997}.5,"current":{number % 89}.25,"temperature":{number % 31}.0}}}}'
    )
    body = _text(f"grid/points/{device}") + struct.pack(">H", number % 65_535 + 1) + payload.encode()
    return _packet(0x32, body)


def _packet(kind: int, body: bytes) -> bytes:
    length, size = b"", len(body)
    while True:
        size, digit = divmod(size, 128)
        length += bytes([digit | 0x80 if size else digit])
        if not size:
            return bytes([kind]) + length + body


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()
