"""The servers that tests lean on are real, fresh and can be taken away."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from backend_core.storage.engine import open_engine, parse_url
from tests.support.processes import answers, eventually

if TYPE_CHECKING:
    from tests.support.mosquitto import Mosquitto
    from tests.support.postgres import PostgresServer
    from tests.support.web_server import WebServer


def test_a_database_comes_with_the_newest_tables_and_no_rows(database_url: str):
    engine = open_engine(parse_url(database_url))
    with engine.connect() as connection:
        tables = sqlalchemy.inspect(connection).get_table_names()
        assert "event_log" in tables, tables
    engine.dispose()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_its_database_empty(postgres_url: str, turn: int):
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE only_here (turn int)")


def test_a_stopped_database_refuses_and_returns_with_what_was_committed(own_postgres: PostgresServer):
    with psycopg.connect(own_postgres.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    own_postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(own_postgres.url(), connect_timeout=2)
    own_postgres.start()
    with psycopg.connect(own_postgres.url()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_the_broker_queues_five_thousand_messages_for_one_who_is_away_through_a_restart(mosquitto: Mosquitto):
    _subscribe_and_leave(mosquitto.port)
    _publish(mosquitto.port, 5000)
    mosquitto.restart()
    assert _collect(mosquitto.port, 5000) == 5000


def test_a_silent_broker_takes_its_port_when_started(silent_mosquitto: Mosquitto):
    assert not answers(silent_mosquitto.port)
    silent_mosquitto.start()
    assert answers(silent_mosquitto.port)


def test_a_web_server_answers_as_told_and_refuses_when_stopped(web_server: WebServer):
    web_server.answer("/rpc/Shelly.GetStatus", '{"ok": true}', status=200)
    with urllib.request.urlopen(web_server.url + "/rpc/Shelly.GetStatus", timeout=5) as reply:
        assert reply.read() == b'{"ok": true}'
    assert web_server.asked[0].path == "/rpc/Shelly.GetStatus"
    web_server.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(web_server.url, timeout=5)


def _client(clean: bool) -> paho.Client:
    return paho.Client(CallbackAPIVersion.VERSION2, client_id="test-core", clean_session=clean)


def _subscribe_and_leave(port: int) -> None:
    client, granted = _client(clean=False), []
    client.on_connect = lambda c, *_: c.subscribe("grid/#", qos=1)
    client.on_subscribe = lambda *_: granted.append(True)
    client.connect("127.0.0.1", port)
    client.loop_start()
    eventually(lambda: bool(granted), "the broker grants the subscription")
    client.disconnect()
    client.loop_stop()


def _publish(port: int, count: int) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    for number in range(count):
        last = client.publish("grid/sensors/a", str(number), qos=1)
    last.wait_for_publish(20.0)
    eventually(lambda: not client.want_write() and last.is_published(), "everything is published")
    client.disconnect()
    client.loop_stop()


def _collect(port: int, count: int) -> int:
    client, seen = _client(clean=False), set()
    client.on_message = lambda _client, _data, message: seen.add(message.payload)
    client.connect("127.0.0.1", port)
    client.loop_start()
    eventually(lambda: len(seen) >= count, f"{count} messages arrive, {len(seen)} did")
    client.disconnect()
    client.loop_stop()
    return len(seen)
