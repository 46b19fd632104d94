"""A process of its own that publishes at QoS 1 and keeps a ledger: a line for every message that the broker took.

`python -m tests.chaos.publisher PORT LEDGER SEED PER_SECOND` runs until SIGTERM, then waits for the last PUBACK.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.chaos.messages import BLOCK, Message, Supply
from tests.support.processes import eventually

WINDOW = 500
SETTLE_S = 60.0


class Publisher:
    """Sends blocks of messages; what was acknowledged goes into the ledger in the order of the acknowledgements."""

    def __init__(self, port: int, ledger: Path, seed: int) -> None:
        self._supply = Supply(seed)
        self._ledger = ledger.open("a", encoding="utf-8", buffering=1)
        self._under_way: dict[int, Message] = {}
        self._taken: deque[tuple[int, int]] = deque()
        self._room = threading.Semaphore(WINDOW)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="chaos publisher", clean_session=False)
        self._client.max_inflight_messages_set(WINDOW)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish
        eventually(lambda: self._connects(port), "the broker answers the publisher")
        self._client.loop_start()

    def run(self, per_second: float, stop: threading.Event) -> None:
        """Publish until told to stop."""
        due_s = time.monotonic()
        while not stop.wait(max(0.0, due_s - time.monotonic())):
            due_s = max(due_s + BLOCK / per_second, time.monotonic() - 1.0)
            for message in self._supply.block(time.time_ns() // 1000):
                while not self._room.acquire(timeout=0.1):
                    self._write()
                    if stop.is_set():
                        return
                sent = self._client.publish(message.topic, message.payload, qos=1)
                self._under_way[sent.mid] = message
            self._write()

    def settle(self) -> bool:
        """Wait for what is under way; false when the broker does not take it."""
        try:
            eventually(self._is_settled, "the broker has taken every message", SETTLE_S)
        except AssertionError:
            return False
        self._client.disconnect()
        self._client.loop_stop()
        self._ledger.close()
        return True

    def _connects(self, port: int) -> bool:
        try:
            self._client.connect("127.0.0.1", port, keepalive=5)
        except OSError:
            return False
        return True

    def _on_publish(self, client: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
        # Paho calls this under a lock that publishing takes, too: nothing here may wait.
        self._taken.append((mid, time.time_ns() // 1000))
        self._room.release()

    def _write(self) -> None:
        while self._taken and self._taken[0][0] in self._under_way:
            mid, acknowledged_us = self._taken.popleft()
            message = self._under_way.pop(mid)
            entry = {
                "topic": message.topic,
                "number": message.number,
                "sha256": message.digest,
                "acknowledged_us": acknowledged_us,
                "measured_us": message.measured_us,
                "payload": message.payload,
            }
            self._ledger.write(json.dumps(entry) + "\n")

    def _is_settled(self) -> bool:
        self._write()
        return not self._under_way


def main(port: int, ledger: Path, seed: int, per_second: float) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    publisher = Publisher(port, ledger, seed)
    publisher.run(per_second, stop)
    return 0 if publisher.settle() else 1


if __name__ == "__main__":
    given_port, given_ledger, given_seed, given_rate = sys.argv[1:]
    sys.exit(main(int(given_port), Path(given_ledger), int(given_seed), float(given_rate)))
