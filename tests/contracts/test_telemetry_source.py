"""`TelemetrySource`: every message is taken, however its bytes arrive, and none acknowledged before it is told to."""

from __future__ import annotations

import asyncio
import datetime
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.enums import CallbackAPIVersion

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.links import LinkState
from backend_core.telemetry.events import SessionDoubted, SessionOpened
from backend_core.telemetry.model import Inlet, RawBatch, RawMessage
from backend_core.telemetry.mqtt_reader import WINDOW
from backend_core.telemetry.mqtt_source import QOS0_BOUND, BrokerAddress, MqttSource
from tests.backend_core.telemetry.brittle_link import brittle_link, ragged, single_bytes, whole
from tests.support.mosquitto import Mosquitto

PROTOCOLS = pytest.mark.parametrize("protocol", ["5", "3.1.1"])
TOPICS = ["grid/sensors/#", "grid/buses/#"]


class Listener:
    """Takes batches from a source in the background and keeps every message; acknowledges unless told not to."""

    def __init__(self, source: MqttSource, *, acknowledges: bool = True) -> None:
        self.source = source
        self.messages: list[RawMessage] = []
        self.held: list[RawBatch] = []
        self._acknowledges = acknowledges
        self._arrived = asyncio.Condition()
        self.task = asyncio.get_running_loop().create_task(self._run(), name="listener")

    async def has(self, count: int, timeout_s: float = 20.0) -> None:
        async with asyncio.timeout(timeout_s), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages) >= count)

    async def stop(self) -> None:
        await self.source.stop()
        await asyncio.wait_for(self.task, 5.0)

    async def _run(self) -> None:
        async for batch in self.source.batches():
            self.messages += batch.messages
            if self._acknowledges:
                batch.receipt.complete()
            else:
                self.held.append(batch)
            async with self._arrived:
                self._arrived.notify_all()


@asynccontextmanager
async def listening(
    port: int,
    inlet: Inlet = Inlet.DURABLE,
    protocol: str = "5",
    *,
    tls: ssl.SSLContext | None = None,
    client_id: str = "the core",
    acknowledges: bool = True,
) -> AsyncIterator[Listener]:
    connected = asyncio.Event()

    def on_link(link: LinkState) -> None:
        if link.ok:
            connected.set()

    address = BrokerAddress("127.0.0.1", port, protocol=protocol, tls=tls)
    listener = Listener(
        MqttSource(address, TOPICS, SystemClock(), inlet, client_id, on_link), acknowledges=acknowledges
    )
    try:
        await asyncio.wait_for(connected.wait(), 10.0)
        yield listener
    finally:
        await listener.stop()


@contextmanager
def publisher(port: int) -> Iterator[mqtt.Client]:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def publish(
    port: int, payloads: list[str], qos: int = 1, *, retain: bool = False, topic: str = "grid/sensors/s"
) -> None:
    """Publish all of it and wait until the broker has it."""
    with publisher(port) as client:
        sent = [client.publish(topic, payload, qos, retain) for payload in payloads]
        for one in sent:
            one.wait_for_publish(20.0)


def texts(messages: list[RawMessage]) -> list[str]:
    return [message.payload.decode() for message in messages]


def numbered(count: int, first: int = 0) -> list[str]:
    """Payloads of every length, so that packet headers take one byte, two and three."""
    return [
        f"{number}:" + "x" * (number * 37 % 300 + (20_000 if number % 97 == 5 else 0))
        for number in range(first, first + count)
    ]


@PROTOCOLS
@pytest.mark.parametrize(
    ("pieces", "count"), [(whole, 5000), (single_bytes, 60), (ragged(1), 800), (ragged(2), 800), (ragged(3), 800)]
)
@pytest.mark.asyncio
async def test_every_message_comes_once_and_in_order_however_the_bytes_are_cut(
    mosquitto: Mosquitto, protocol: str, pieces, count: int
):
    sent = numbered(count)
    async with brittle_link(mosquitto.port, pieces) as link, listening(link.port, protocol=protocol) as listener:
        await asyncio.to_thread(publish, mosquitto.port, sent)
        await listener.has(count)
    assert texts(listener.messages) == sent


@PROTOCOLS
@pytest.mark.asyncio
async def test_a_waiting_session_and_retained_messages_come_whole_with_the_first_packets(
    mosquitto: Mosquitto, protocol: str
):
    async with listening(mosquitto.port, protocol=protocol):
        pass
    waiting, kept = numbered(3000), {f"grid/buses/b{i}": f"retained {i}" for i in range(300)}
    await asyncio.to_thread(publish, mosquitto.port, waiting)
    with publisher(mosquitto.port) as client:
        for topic, payload in kept.items():
            client.publish(topic, payload, 1, retain=True).wait_for_publish(10.0)
    # The session holds the 300 as messages too; subscribing again brings them once more, as retained ones.
    async with (
        brittle_link(mosquitto.port, ragged(4)) as link,
        listening(link.port, protocol=protocol) as listener,
    ):
        await listener.has(3000 + 300 + 300)
    came = texts(listener.messages)
    assert [text for text in came if not text.startswith("retained")] == waiting
    retained = [message.payload.decode() for message in listener.messages if message.is_retained]
    assert sorted(retained) == sorted(kept.values())


@PROTOCOLS
@pytest.mark.asyncio
async def test_messages_of_both_grades_mixed_with_answers_to_pings_all_come(mosquitto: Mosquitto, protocol: str):
    async with (
        brittle_link(mosquitto.port, ragged(5)) as link,
        listening(link.port, protocol=protocol) as listener,
    ):
        paho = listener.source._client._client
        for turn in range(20):
            paho._send_pingreq()
            await asyncio.to_thread(publish, mosquitto.port, numbered(25, first=50 * turn), 0)
            await asyncio.to_thread(publish, mosquitto.port, numbered(25, first=50 * turn + 25), 1)
        await listener.has(1000)
    # A broker may let one grade overtake the other; within a grade the order stands.
    came = texts(listener.messages)
    sent = [
        [text for text in numbered(1000) if (int(text.split(":")[0]) % 50 < 25) is is_qos0] for is_qos0 in (True, False)
    ]
    assert [[text for text in came if text in grade] for grade in map(set, sent)] == sent


@PROTOCOLS
@pytest.mark.asyncio
async def test_what_is_not_acknowledged_comes_again_in_its_order(mosquitto: Mosquitto, protocol: str):
    async with listening(mosquitto.port, protocol=protocol, acknowledges=False) as first:
        await asyncio.to_thread(publish, mosquitto.port, numbered(300))
        await first.has(300)
        first.held[0].receipt.complete()
        settled = len(first.held[0].messages)
    async with listening(mosquitto.port, protocol=protocol) as second:
        await asyncio.to_thread(publish, mosquitto.port, numbered(10, first=300))
        while numbered(310)[-1] not in texts(second.messages):
            await second.has(len(second.messages) + 1)
    # A broker may drop the last acknowledgements of a connection that closes, and deliver those once more.
    again = [text for text in texts(second.messages) if text not in numbered(310)[:settled]]
    assert again == numbered(310)[settled:]
    assert all(message.is_redelivered for message in second.messages[: 300 - settled])


@pytest.mark.asyncio
async def test_an_acknowledgement_of_a_lost_connection_is_not_sent_on_the_next(mosquitto: Mosquitto):
    async with (
        brittle_link(mosquitto.port, whole) as link,
        listening(link.port, acknowledges=False) as listener,
    ):
        await asyncio.to_thread(publish, mosquitto.port, numbered(20))
        await listener.has(20)
        stale = list(listener.held)
        link.cut()
        await listener.has(40)
        for batch in stale:
            batch.receipt.complete()
    async with listening(mosquitto.port) as next_one:
        await next_one.has(20)
    assert texts(next_one.messages) == numbered(20)


@PROTOCOLS
@pytest.mark.asyncio
async def test_no_more_than_a_window_is_held_until_something_is_acknowledged(mosquitto: Mosquitto, protocol: str):
    count = 2 * WINDOW + 500
    async with listening(mosquitto.port, protocol=protocol, acknowledges=False) as listener:
        await asyncio.to_thread(publish, mosquitto.port, [str(number) for number in range(count)])
        await listener.has(WINDOW)
        await asyncio.to_thread(publish, mosquitto.port, ["last"], 1)
        assert len(listener.messages) + listener.source.waiting <= WINDOW + 1000
        seen = 0
        while len(listener.messages) < count + 1:
            for batch in listener.held[seen:]:
                batch.receipt.complete()
            seen = len(listener.held)
            await listener.has(len(listener.messages) + 1)
    assert texts(listener.messages) == [*map(str, range(count)), "last"]


@pytest.mark.asyncio
async def test_the_live_inlet_takes_no_more_than_its_bound_and_counts_what_it_let_go(mosquitto: Mosquitto):
    async with listening(mosquitto.port, Inlet.LIVE) as listener:
        client = listener.source._client
        client.inbox = [RawMessage("grid/sensors/s", b"old", is_retained=False, is_redelivered=False)] * (
            QOS0_BOUND + 7
        )
        await asyncio.to_thread(publish, mosquitto.port, ["new"], 0)
        await listener.has(QOS0_BOUND)
    assert listener.source.dropped >= 7
    assert "new" in texts(listener.messages)


@PROTOCOLS
@pytest.mark.asyncio
async def test_readings_come_through_tls_with_an_authority_of_the_sites_own(
    mosquitto: Mosquitto, tmp_path: Path, protocol: str
):
    server_side, client_side = certificates(tmp_path)
    sent = numbered(2000)
    async with (
        brittle_link(mosquitto.port, ragged(6), server_side) as link,
        listening(link.port, protocol=protocol, tls=client_side) as listener,
    ):
        await asyncio.to_thread(publish, mosquitto.port, sent)
        await listener.has(len(sent))
    assert texts(listener.messages) == sent


@pytest.mark.asyncio
async def test_a_broker_with_a_strange_certificate_is_not_trusted_and_told_of(mosquitto: Mosquitto, tmp_path: Path):
    server_side, _ = certificates(tmp_path)
    async with brittle_link(mosquitto.port, whole, server_side) as link:
        address = BrokerAddress("127.0.0.1", link.port, tls=ssl.create_default_context())
        listener = Listener(MqttSource(address, TOPICS, SystemClock(), Inlet.LIVE, "x"))
        async with asyncio.timeout(10.0):
            while "certificate" not in listener.source.link.detail:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert not listener.source.link.ok
        await listener.stop()


@pytest.mark.parametrize(
    "garbage",
    [b"\x30\x02\xff\xff", b"\x32\x03\x00\x01a", b"\x36\x05\x00\x01a\x00\x01", b"\x30\xff\xff\xff\xff\xff", b"\x00\x00"],
)
@pytest.mark.asyncio
async def test_a_broken_packet_closes_the_connection_and_the_next_one_works(mosquitto: Mosquitto, garbage: bytes):
    """The link speaks for the broker once, after the connection stands."""
    async with (
        brittle_link(mosquitto.port, whole) as link,
        listening(link.port) as listener,
    ):
        before = listener.source._client
        for writer in list(link._writers):
            if writer.get_extra_info("sockname")[1] == link.port:
                writer.write(garbage)
        async with asyncio.timeout(10.0):
            while listener.source._client in (before, None) or not listener.source.link.ok:
                await asyncio.sleep(0.01)
                assert not listener.task.done()
        assert before._client._sock is None, "the broken connection stays open"
        await asyncio.to_thread(publish, mosquitto.port, ["after"])
        await listener.has(1)


@pytest.mark.asyncio
async def test_a_broker_that_is_away_at_start_is_waited_for_and_told_of_once(
    silent_mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
):
    source = MqttSource(BrokerAddress("127.0.0.1", silent_mosquitto.port), TOPICS, SystemClock(), Inlet.DURABLE, "x")
    listener = Listener(source)
    async with asyncio.timeout(20.0):
        while not caplog.records:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.to_thread(silent_mosquitto.start)
        while not source.link.ok:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.to_thread(publish, silent_mosquitto.port, ["hello"])
    await listener.has(1)
    await listener.stop()
    assert [record.levelname for record in caplog.records if record.levelname == "WARNING"] == ["WARNING"]


@pytest.mark.asyncio
@pytest.mark.parametrize("resets", [True, False])
async def test_a_door_that_is_shut_before_the_welcome_is_tried_again_soon(resets: bool):
    """A listener for TLS does so to a client without; waiting out the patience for a welcome would take ten seconds."""
    knocks = asyncio.Semaphore(0)

    async def shut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        if resets:
            writer.transport.abort()
        writer.close()
        knocks.release()

    server = await asyncio.start_server(shut, "127.0.0.1", 0)
    address = BrokerAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    listener = Listener(MqttSource(address, TOPICS, SystemClock(), Inlet.LIVE, "the core"))
    async with asyncio.timeout(8.0):
        for _ in range(3):
            await knocks.acquire()
    assert "does not answer" in listener.source.link.detail
    await listener.stop()
    server.close()
    gc.collect()


@pytest.mark.asyncio
async def test_a_broker_that_takes_the_connection_and_says_nothing_is_left_again():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        source = MqttSource(BrokerAddress("127.0.0.1", mute.getsockname()[1]), TOPICS, SystemClock(), Inlet.LIVE, "x")
        listener = Listener(source)
        await asyncio.to_thread(mute.accept)
        await source.stop()
        listener.task.cancel()
        await asyncio.wait({listener.task})
    assert source.waiting == 0


@pytest.mark.asyncio
async def test_a_refused_filter_is_told_and_what_comes_by_the_others_is_heard():
    opened: list[SessionOpened | SessionDoubted] = []
    server = await asyncio.start_server(_refusing(TOPICS[1].encode()), "127.0.0.1", 0)
    address = BrokerAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    source = MqttSource(address, TOPICS, SystemClock(), Inlet.DURABLE, "the core")
    source.on_session = opened.append
    listener = Listener(source)
    await listener.has(1)
    assert [(told.is_kept, told.refused) for told in opened if isinstance(told, SessionOpened)] == [
        (False, (TOPICS[1],))
    ]
    assert TOPICS[1] in source.link.detail
    await listener.stop()
    server.close()


def _refusing(topic: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A broker that says welcome, refuses this filter, and has one reading for whoever asks for another."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, length = await reader.readexactly(2)
                body = await reader.readexactly(length)
                if kind >> 4 == 1:
                    writer.write(bytes([0x20, 3, 0, 0, 0]))
                elif kind >> 4 == 8:
                    writer.write(bytes([0x90, 4, *body[:2], 0, 0x87 if topic in body else 1]))
                    if topic in body:
                        message = b"\0\1t\0{}"
                        writer.write(bytes([0x30, len(message)]) + message)
        writer.close()

    return serve


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own authority, and a client's that trusts only that authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    import ipaddress

    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=3000))
        .not_valid_after(now + datetime.timedelta(days=30_000))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, own = folder / "ca.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    own.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(pem, own)
    return server_side, ssl.create_default_context(cafile=str(pem))


@pytest.mark.asyncio
@PROTOCOLS
async def test_a_session_taken_over_is_taken_back_only_by_one_that_may(mosquitto: Mosquitto, protocol: str):
    may, asked = False, asyncio.Event()

    async def may_return() -> bool:
        asked.set()
        return may

    async with listening(mosquitto.port, protocol=protocol) as first:
        first.source.may_return = may_return
        async with listening(mosquitto.port, protocol=protocol) as second:
            await asyncio.wait_for(asked.wait(), 10.0)
            publish(mosquitto.port, [f'{{"n": {number}}}' for number in range(20)])
            await second.has(20)
            assert first.messages == []
        may = True
        publish(mosquitto.port, ['{"n": 20}'])
        await first.has(1)
