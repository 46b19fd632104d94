"""Meters that keep a ledger: every message that the broker has taken from them stands in it, with what it held."""

from __future__ import annotations

import itertools
import json
import random
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from backend_core.kernel.clock import SystemClock
from tests.support.processes import eventually

QUANTITIES = ("voltage", "current", "temperature", "power")
"""What one message of a sensor becomes: the three it states and their product."""

Row = tuple[str, str, float]
"""Point, time as an export writes it, value."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a sensor, unlike every other."""

    sensor: str
    measured_at: datetime
    voltage: float

    @property
    def topic(self) -> str:
        return f"grid/sensors/{self.sensor}"

    @property
    def payload(self) -> str:
        moment = self.measured_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        facts = {
            "device_id": self.sensor,
            "timestamp": moment,
            "voltage": self.voltage,
            "current": 4.0,
            "temperature": 35.5,
        }
        return json.dumps(facts)

    def rows(self) -> list[Row]:
        """What an export must show of it."""
        moment = self.measured_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        values = (self.voltage, 4.0, 35.5, self.voltage * 4.0)
        return [(f"{self.sensor}.{name}", moment, value) for name, value in zip(QUANTITIES, values, strict=True)]


def messages(sensors: int = 50, seed: int = 1) -> Any:
    """Messages without end: distinct times, distinct values."""
    start, dice = SystemClock().now() - timedelta(seconds=2), random.Random(seed)
    for number in itertools.count():
        moment = start + timedelta(microseconds=137 * number)
        yield Message(f"sensor_{number % sensors}", moment, 200.0 + number / 1024 + dice.random() / 4096)


class Meters:
    """A publisher at QoS 1; `ledger` holds the messages whose PUBACK has come."""

    def __init__(self, port: int, window: int = 500) -> None:
        self.ledger: list[Message] = []
        self._supply = messages()
        self._on_their_way: dict[int, Message] = {}
        self._taken: deque[int] = deque()
        self._room = threading.Semaphore(window)
        self._flood: threading.Thread | None = None
        self._stop = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="the meters")
        self._client.max_inflight_messages_set(window)
        self._client.on_publish = self._on_publish
        self._other = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="the others")
        for client in (self._client, self._other):
            client.connect("127.0.0.1", port)
            client.loop_start()

    def publish(self, count: int) -> None:
        """Publish so many, and wait until the broker has taken all of them."""
        for _ in range(count):
            self._send(next(self._supply))
        self.settle()

    def flood(self, per_second: int = 2000) -> None:
        """Publish without pause until `settle`."""

        def run() -> None:
            while not self._stop.wait(0.02):
                for _ in range(per_second // 50):
                    self._send(next(self._supply))

        self._flood = threading.Thread(target=run, name="the flood")
        self._flood.start()

    def settle(self) -> None:
        """End the flood and wait for the last PUBACK."""
        self._stop.set()
        if self._flood is not None:
            self._flood.join()
            self._flood = None
        self._stop.clear()
        eventually(self._is_settled, "the broker has taken every message")

    def send(self, topic: str, payload: bytes | str, qos: int = 1, *, retain: bool = False) -> None:
        """Publish something that stands in no ledger."""
        self._other.publish(topic, payload, qos, retain).wait_for_publish(10.0)

    def is_connected(self) -> bool:
        return self._client.is_connected() and self._other.is_connected()

    def close(self) -> None:
        self._stop.set()
        if self._flood is not None:
            self._flood.join()
        for client in (self._client, self._other):
            client.disconnect()
            client.loop_stop()

    def rows(self) -> list[Row]:
        """Everything that must stand in the record, in the order of an export."""
        return sorted((row for message in self.ledger for row in message.rows()), key=lambda row: (row[1], row[0]))

    def _send(self, message: Message) -> None:
        self._room.acquire()
        self._note_taken()
        sent = self._client.publish(message.topic, message.payload, qos=1)
        self._on_their_way[sent.mid] = message

    def _on_publish(self, client: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
        # Paho calls this under a lock that publishing takes, too: nothing here may wait.
        self._taken.append(mid)
        self._room.release()

    def _note_taken(self) -> None:
        while self._taken and self._taken[0] in self._on_their_way:
            self.ledger.append(self._on_their_way.pop(self._taken.popleft()))

    def _is_settled(self) -> bool:
        self._note_taken()
        return not self._on_their_way
