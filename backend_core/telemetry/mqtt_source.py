"""Takes readings from an MQTT broker by aiomqtt, and acknowledges each only after its fate is committed.

Three private places of aiomqtt 2.5 and paho 2.2 are used, all in `_GulpingClient`, because neither library has
a public way to acknowledge by hand, to hand over messages in batches, or to read more than a packet a wake-up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import aiomqtt
from paho.mqtt.client import PUBACK, MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from backend_core.kernel.clock import Clock
from backend_core.kernel.links import LinkName, LinkState
from backend_core.telemetry.model import Inlet, RawBatch, RawMessage, Receipt

_log = logging.getLogger(__name__)
# aiomqtt tells the same again for every lost connection; this source says it once, in words.
_quiet = logging.getLogger("linekeeper.aiomqtt")
_quiet.setLevel(logging.CRITICAL)

WINDOW = 2000
SESSION_S = 14 * 24 * 3600
KEEPALIVE_S = 15
QOS0_BOUND = 10_000
_READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and how to be let in."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    protocol: str = "5"
    tls: ssl.SSLContext | None = None


class MqttSource:
    """One inlet: durable (QoS 1, persistent session, acknowledged by receipt) or live (QoS 0, clean start)."""

    def __init__(
        self,
        address: BrokerAddress,
        topics: list[str],
        clock: Clock,
        inlet: Inlet,
        client_id: str,
        on_link: Callable[[LinkState], None] | None = None,
    ) -> None:
        self._address = address
        self._topics = topics
        self._clock = clock
        self._inlet = inlet
        self._client_id = client_id
        self._on_link = on_link
        self._client: _GulpingClient | None = None
        self._stopping = asyncio.Event()
        self.link = LinkState(LinkName.BROKER, False, clock.now_us(), "not connected yet")
        self.dropped = 0
        self.sessions_lost = 0
        self._connected_before = False

    @property
    def waiting(self) -> int:
        """How many messages have arrived and are not yet in a batch."""
        return len(self._client.inbox) if self._client is not None else 0

    async def batches(self) -> AsyncIterator[RawBatch]:
        """Connect, and again whenever the connection is lost, with a growing and jittered pause."""
        pause_s = 0.5
        while not self._stopping.is_set():
            try:
                async with self._connect() as client:
                    await self._subscribe(client)
                    self._tell(True, "")
                    pause_s = 0.5
                    async for batch in self._gulp(client):
                        yield batch
            except (aiomqtt.MqttError, OSError, ssl.SSLError) as error:
                self._tell(False, _in_words(error, self._address))
            finally:
                self._client = None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), random.uniform(0.5, 1.0) * pause_s)
            pause_s = min(10.0, pause_s * 2.0)

    async def stop(self) -> None:
        self._stopping.set()
        if self._client is not None:
            self._client.arrived.set()

    def _connect(self) -> _GulpingClient:
        address, durable = self._address, self._inlet is Inlet.DURABLE
        options: dict[str, Any] = {}
        if address.protocol == "5":
            properties = Properties(PacketTypes.CONNECT)
            if durable:
                properties.SessionExpiryInterval = SESSION_S
                properties.ReceiveMaximum = WINDOW
            options = {"protocol": aiomqtt.ProtocolVersion.V5, "clean_start": not durable, "properties": properties}
        else:
            options = {"protocol": aiomqtt.ProtocolVersion.V311, "clean_session": not durable}
        client = _GulpingClient(
            address.host,
            address.port,
            identifier=self._client_id,
            username=address.username,
            password=address.password,
            tls_context=address.tls,
            keepalive=KEEPALIVE_S,
            logger=_quiet,
            timeout=10.0,
            **options,
        )
        client.prepare(by_hand=durable, window=WINDOW if durable and address.protocol != "5" else None)
        self._client = client
        return client

    async def _subscribe(self, client: _GulpingClient) -> None:
        if self._inlet is Inlet.DURABLE and self._connected_before and not client.session_present:
            self.sessions_lost += 1
            _log.warning("The broker has forgotten this session; what it held for us is gone")
        self._connected_before = True
        qos = 1 if self._inlet is Inlet.DURABLE else 0
        for topic in self._topics:
            if self._address.protocol == "5":
                codes = await client.subscribe(topic, options=SubscribeOptions(qos=qos))
            else:
                codes = await client.subscribe(topic, qos=qos)
            if any(int(getattr(code, "value", code)) >= 0x80 for code in codes):
                raise aiomqtt.MqttError(f"The broker refuses a subscription to '{topic}'")

    async def _gulp(self, client: _GulpingClient) -> AsyncIterator[RawBatch]:
        while not self._stopping.is_set():
            await client.wait()
            taken = client.take()
            if not taken:
                continue
            if self._inlet is Inlet.LIVE and len(taken) > QOS0_BOUND:
                self.dropped += len(taken) - QOS0_BOUND
                taken = taken[-QOS0_BOUND:]
            messages = [_raw(message) for message in taken]
            mids = [message.mid for message in taken if message.qos == 1]
            # Bound to this connection: packet ids begin anew with the next one, and an old one would
            # acknowledge a new, unread message there.
            receipt = Receipt(lambda client=client, mids=mids: client.acknowledge(mids))  # type: ignore[misc]
            yield RawBatch(messages, self._clock.now_us(), self._inlet, receipt)

    def _tell(self, ok: bool, detail: str) -> None:
        changed = ok != self.link.ok
        if not changed:
            self.link = replace(self.link, detail=detail)
            return
        now_us = self._clock.now_us()
        away_s = (now_us - self.link.since_us) / 1e6
        self.link = LinkState(LinkName.BROKER, ok, now_us, detail)
        if ok:
            _log.info("The broker at %s:%d answers after %.1f s", self._address.host, self._address.port, away_s)
        else:
            _log.warning("%s", detail)
        if self._on_link is not None:
            self._on_link(self.link)


class _GulpingClient(aiomqtt.Client):
    """An aiomqtt client that hands over all that has arrived, and acknowledges when told to."""

    def prepare(self, *, by_hand: bool, window: int | None) -> None:
        """Set what must stand before the connection: messages of an old session come with the first packet."""
        self.inbox: list[MQTTMessage] = []
        self.arrived = asyncio.Event()
        self.session_present = False
        self._unacknowledged = 0
        self._window = window
        self._reader: tuple[int, Callable[[], None]] | None = None
        self._is_reading = True
        self._client.manual_ack_set(by_hand)
        self._client.disable_logger()
        make_socket = self._client._create_socket
        self._client._create_socket = lambda: _BufferedSocket(make_socket())  # type: ignore[method-assign,assignment,return-value]

    async def wait(self) -> None:
        """Return when something has arrived; raise when the connection is lost."""
        if self.inbox:
            await asyncio.sleep(0)
            return
        self.arrived.clear()
        arrival = asyncio.ensure_future(self.arrived.wait())
        try:
            await asyncio.wait((arrival, self._disconnected), return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
        if not self.inbox and self._disconnected.done():
            self._disconnected.result()
            raise aiomqtt.MqttError("The broker closed the connection")

    def take(self) -> list[MQTTMessage]:
        """All that has arrived so far."""
        taken, self.inbox = self.inbox, []
        return taken

    def acknowledge(self, mids: list[int]) -> None:
        """Send all acknowledgements in the order of receipt, as one write."""
        if self._disconnected.done() or not mids:
            return
        self._unacknowledged -= len(mids)
        packet = b"".join(b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids)
        self._client._packet_queue(PUBACK, packet, mids[-1], 0)
        self._resume()

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None) -> None:
        self.session_present = bool(flags.session_present)
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:
        self.inbox.append(message)
        self._unacknowledged += message.qos == 1
        self.arrived.set()

    def _on_socket_open(self, client: Any, userdata: Any, sock: Any) -> None:
        """Read on as long as whole packets are buffered, instead of one packet a wake-up of the loop."""

        def read() -> None:
            try:
                client.loop_read()
                while (pending := client._sock) is not None and pending.pending():
                    client.loop_read()
            except Exception as error:  # noqa: BLE001  (as aiomqtt: whatever breaks here means the connection is broken)
                if not self._disconnected.done():
                    self._disconnected.set_exception(error)
            self._pause()

        def begin() -> None:
            self._reader = (sock.fileno(), read)
            self._loop.add_reader(*self._reader)
            self._misc_task = self._loop.create_task(self._misc_loop(), name="mqtt keepalive")

        self._loop.call_soon_threadsafe(begin)

    def _pause(self) -> None:
        """For brokers without a receive window: stop reading while too much is unacknowledged."""
        if self._window is not None and self._reader and self._is_reading and self._unacknowledged >= self._window:
            self._is_reading = False
            self._loop.remove_reader(self._reader[0])

    def _resume(self) -> None:
        if self._reader and not self._is_reading and self._unacknowledged < (self._window or 0):
            self._is_reading = True
            self._loop.add_reader(*self._reader)


class _BufferedSocket:
    """A socket whose small reads are served from one large one; paho asks for a packet in three reads."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._held = memoryview(b"")

    def recv(self, size: int) -> bytes:
        if not self._held:
            self._held = memoryview(self._sock.recv(_READ_BYTES))
        taken, self._held = self._held[:size], self._held[size:]
        return bytes(taken)

    def pending(self) -> int:
        inner = self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0
        return len(self._held) + inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def _raw(message: MQTTMessage) -> RawMessage:
    # The topic of paho is decoded anew at each look; an unlawful one must not stop the batch.
    topic = bytes(message._topic).decode("utf-8", "replace")
    return RawMessage(topic, message.payload, message.retain, message.dup)


def _in_words(error: BaseException, address: BrokerAddress) -> str:
    where = f"{address.host}:{address.port}"
    text = str(error) or type(error).__name__
    if isinstance(error, aiomqtt.MqttError) and "ot authorized" in text:
        return f"The broker at {where} does not let us in: check [mqtt] username and password_file."
    if "certificate" in text.lower():
        return f"The broker at {where} shows a certificate that we cannot trust: check [mqtt] ca_file. ({text})"
    return f"The broker at {where} does not answer ({text}); trying again."
