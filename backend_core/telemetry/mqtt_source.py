"""Takes readings from an MQTT broker by aiomqtt, and acknowledges each only after its fate is committed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from backend_core.kernel.clock import Clock
from backend_core.kernel.links import LinkName, LinkState
from backend_core.telemetry.events import SessionDoubted, SessionOpened
from backend_core.telemetry.model import Inlet, RawBatch, Receipt
from backend_core.telemetry.mqtt_reader import WINDOW, GulpingClient, Sequence

_log = logging.getLogger(__name__)
# aiomqtt tells the same again for every lost connection; this source says it once, in words.
quiet = logging.getLogger("linekeeper.aiomqtt")
quiet.setLevel(logging.CRITICAL)

SESSION_S = 14 * 24 * 3600
KEEPALIVE_S = 15
QOS0_BOUND = 10_000
ASK_AGAIN_S = 1.0
REFUSED_FOR_S = 60.0
"""A filter that the broker refuses is asked for again: its access rules may be mended while we run."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and how to be let in."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    protocol: str = "5"
    tls: ssl.SSLContext | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


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
        self._client: GulpingClient | None = None
        self._stopping = asyncio.Event()
        self.link = LinkState(LinkName.BROKER, False, clock.now_us(), "not connected yet")
        self.may_return: Callable[[], Awaitable[bool]] = _always
        """Asked before each return: whoever took the session over may be the leader now."""
        self.dropped = 0
        self.on_session: Callable[[SessionOpened | SessionDoubted], None] | None = None
        self._sequence = Sequence()
        self._opened_us = 0
        self._has_told = False

    @property
    def waiting(self) -> int:
        """How many messages have arrived and are not yet in a batch."""
        return len(self._client.inbox) if self._client is not None else 0

    async def batches(self) -> AsyncGenerator[RawBatch, None]:
        """Connect, and again whenever the connection is lost, with a growing and jittered pause."""
        pause_s = 0.5
        while not self._stopping.is_set():
            try:
                async with self._connect() as client:
                    # Beside reading, not before it: what the broker holds for us comes at once, and some brokers
                    # confirm a subscription only when its retained messages have been acknowledged.
                    client.fail_with(asyncio.get_running_loop().create_task(self._subscribe(client), name="subscribe"))
                    async for batch in self._gulp(client):
                        pause_s = 0.5
                        yield batch
            except (aiomqtt.MqttError, OSError, ssl.SSLError) as error:
                self._tell(False, _in_words(error, self._address))
            finally:
                self._client = None
            await self._rest(random.uniform(0.5, 1.0) * pause_s)
            while not self._stopping.is_set() and not await self.may_return():
                await self._rest(ASK_AGAIN_S)
            pause_s = min(10.0, pause_s * 2.0)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def stop(self) -> None:
        self._stopping.set()
        if self._client is not None:
            self._client.arrived.set()

    def abandon(self) -> None:
        """From any thread: shut the socket; nothing more is acknowledged on this connection."""
        if (client := self._client) is not None:
            client.abandon()

    def _connect(self) -> GulpingClient:
        address, durable = self._address, self._inlet is Inlet.DURABLE
        options: dict[str, Any] = {}
        if address.protocol == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            if durable:
                properties.SessionExpiryInterval = SESSION_S
                properties.ReceiveMaximum = WINDOW
            options = {"protocol": aiomqtt.ProtocolVersion.V5, "clean_start": not durable, "properties": properties}
        else:
            options = {"protocol": aiomqtt.ProtocolVersion.V311, "clean_session": not durable}
        client = GulpingClient(
            address.host,
            address.port,
            identifier=self._client_id,
            username=address.username,
            password=address.password,
            tls_context=address.tls,
            keepalive=KEEPALIVE_S,
            logger=quiet,
            timeout=10.0,
            **options,
        )
        client.prepare(by_hand=durable)
        client.sequence = self._sequence = Sequence(self._sequence.newest)
        self._client = client
        return client

    async def _subscribe(self, client: GulpingClient) -> None:
        """Ask for every filter; those that the broker refuses are told of, and asked for again and again."""
        is_kept, wanted = client.session_present, self._topics
        while True:
            refused = [topic for topic in wanted if not await self._is_granted(client, topic)]
            if len(refused) == len(self._topics):
                raise aiomqtt.MqttError(f"it refuses every subscription, such as '{refused[0]}'")
            if refused != wanted or wanted is self._topics:
                self._tell_session(is_kept, refused)
            self._tell(True, f"The broker refuses {', '.join(refused)}." if refused else "")
            if not refused:
                return
            is_kept, wanted = True, refused
            await self._clock.sleep(REFUSED_FOR_S)

    async def _is_granted(self, client: GulpingClient, topic: str) -> bool:
        qos = 1 if self._inlet is Inlet.DURABLE else 0
        if self._address.protocol == "5":
            codes = await client.subscribe(topic, options=SubscribeOptions(qos=qos))
        else:
            codes = await client.subscribe(topic, qos=qos)
        return all((code if isinstance(code, int) else code.value) < 0x80 for code in codes)

    def _tell_session(self, is_kept: bool, refused: list[str]) -> None:
        if self._inlet is not Inlet.DURABLE:
            return
        if not is_kept:
            _log.info("The broker at %s begins a new session for us", self._address)
        if refused:
            _log.warning("The broker at %s refuses the subscription to %s", self._address, ", ".join(refused))
        self._opened_us = self._clock.now_us()
        if self.on_session is not None:
            self.on_session(SessionOpened(self._opened_us, str(self._address), is_kept, tuple(refused)))

    def _tell_doubt(self, client: GulpingClient) -> None:
        if not client.sequence.is_broken:
            return
        client.sequence.is_broken = False
        # A new session counts anew, and was told of as such.
        if client.session_present and self.on_session is not None:
            _log.warning("The broker at %s does not go on where our session stood", self._address)
            self.on_session(SessionDoubted(self._opened_us or self._clock.now_us(), str(self._address)))

    async def _gulp(self, client: GulpingClient) -> AsyncGenerator[RawBatch, None]:
        while not self._stopping.is_set():
            await client.wait()
            messages, mids = client.take()
            self._tell_doubt(client)
            if self._inlet is Inlet.LIVE and len(messages) > QOS0_BOUND:
                self.dropped += len(messages) - QOS0_BOUND
                messages = messages[-QOS0_BOUND:]
            # Bound to this connection: packet ids begin anew with the next one, and an old one would
            # acknowledge a new, unread message there.
            receipt = Receipt(lambda client=client, mids=mids: client.acknowledge(mids))  # type: ignore[misc]
            if messages:
                yield RawBatch(messages, self._clock.now_us(), self._inlet, receipt)

    def _tell(self, ok: bool, detail: str) -> None:
        is_first = not self._has_told
        self._has_told = True
        if ok == self.link.ok and not is_first:
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


async def _always() -> bool:
    return True


def _in_words(error: BaseException, address: BrokerAddress) -> str:
    where = f"{address.host}:{address.port}"
    text = str(error) or type(error).__name__
    if isinstance(error, aiomqtt.MqttError) and "ot authorized" in text:
        return f"The broker at {where} does not let us in: check [mqtt] username and password_file."
    if "refuses every subscription" in text:
        return f"The broker at {where} lets us in, but {text}: check its access rules for [mqtt] username."
    if "certificate" in text.lower():
        return f"The broker at {where} shows a certificate that we cannot trust: check [mqtt] ca_file. ({text})"
    return f"The broker at {where} does not answer ({text}); trying again."
