"""Publishes to an MQTT broker at QoS 1, many at a time, and connects again with a growing, jittered pause.

Batches go straight to the paho client inside aiomqtt (a private place of aiomqtt 2.5): a task and an event for each
message held the outlet at 2,000 a second.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections import deque
from dataclasses import dataclass, field

import aiomqtt

from backend_core.kernel.clock import Clock
from backend_core.virtual_grid.model import Message
from backend_core.virtual_grid.ports import Hear

_log = logging.getLogger(__name__)
# aiomqtt repeats itself for each lost connection; the outlet says it once, in words.
_quiet = logging.getLogger("linekeeper.aiomqtt")
_quiet.setLevel(logging.CRITICAL)

BOUND = 20_000
BATCH = 500
IN_FLIGHT = 1000
LONGEST_PAUSE_S = 10.0
CONFIRM_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class OutletAddress:
    """Where to publish, and how to be let in."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    client_id: str | None = None


class MqttOutlet:
    """Implements `MessageOutlet`; `run` is kept alive by the runtime's supervisor."""

    def __init__(self, address: OutletAddress, clock: Clock) -> None:
        self.address = address
        self._clock = clock
        self._waiting: deque[Message] = deque()
        self._in_hand: list[Message] = []
        self._something = asyncio.Event()
        self._empty = asyncio.Event()
        self._listeners: list[tuple[str, Hear]] = []
        self.is_connected = False
        self.published = 0
        self.dropped = 0
        """Messages given up, oldest first, because the way was blocked for too long."""

    async def publish(self, topic: str, payload: bytes, retain: bool) -> None:
        if len(self._waiting) >= BOUND:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(Message(topic, payload, retain))
        self._empty.clear()
        self._something.set()

    def listen(self, topic_filter: str, hear: Hear) -> None:
        self._listeners.append((topic_filter, hear))

    async def flush(self) -> None:
        """Wait until the broker has confirmed everything; the caller sets the limit."""
        if self._waiting or self._in_hand:
            await self._empty.wait()

    async def run(self) -> None:
        """Connect and publish, for ever."""
        pause_s = 0.25
        lost_at: float | None = None
        while True:
            try:
                async with self._client() as client:
                    if lost_at is not None:
                        _log.info("The broker answers again after %.0f s", self._clock.monotonic() - lost_at)
                    lost_at, pause_s, self.is_connected = None, 0.25, True
                    await self._converse(client)
            except (aiomqtt.MqttError, OSError) as error:
                if lost_at is None:
                    lost_at = self._clock.monotonic()
                    _log.warning(
                        "The broker at %s:%d does not answer (%s); trying again until it does",
                        self.address.host,
                        self.address.port,
                        error,
                    )
            finally:
                self.is_connected = False
            await self._clock.sleep(random.uniform(0.5, 1.0) * pause_s)
            pause_s = min(LONGEST_PAUSE_S, 2.0 * pause_s)

    def _client(self) -> aiomqtt.Client:
        address = self.address
        return aiomqtt.Client(
            address.host,
            address.port,
            identifier=address.client_id,
            username=address.username,
            password=address.password,
            tls_context=address.tls,
            logger=_quiet,
            max_inflight_messages=IN_FLIGHT,
            timeout=CONFIRM_TIMEOUT_S,
        )

    async def _converse(self, client: aiomqtt.Client) -> None:
        for topic_filter, _ in self._listeners:
            await client.subscribe(topic_filter, qos=1)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send(client), name="virtual grid outlet")
                tasks.create_task(self._hear(client), name="virtual grid orders")
        except BaseExceptionGroup as several:
            lost = several.subgroup((aiomqtt.MqttError, OSError))
            raise (lost.exceptions[0] if lost else several) from None

    async def _send(self, client: aiomqtt.Client) -> None:
        while True:
            # What was in hand when a connection broke goes first: it may arrive twice, never out of order.
            if not self._in_hand:
                await self._something.wait()
                self._in_hand = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                if not self._waiting:
                    self._something.clear()
            for message in self._in_hand[:-1]:
                client._client.publish(message.topic, message.payload, 1, message.retain)
            # A broker confirms in the order of arrival (MQTT-4.6.0-2): with the last all before it are confirmed.
            last = self._in_hand[-1]
            await client.publish(last.topic, last.payload, 1, last.retain)
            self.published += len(self._in_hand)
            self._in_hand = []
            if not self._waiting:
                self._empty.set()

    async def _hear(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            for topic_filter, hear in self._listeners:
                if message.topic.matches(topic_filter) and isinstance(message.payload, bytes):
                    hear(str(message.topic), message.payload)
