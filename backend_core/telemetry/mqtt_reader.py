"""The MQTT connection: hands over all that has arrived at once, and acknowledges when told to.

Private places of aiomqtt 2.5 and paho 2.2 are used here and nowhere else, because neither library has a public way
to acknowledge by hand, to hand over messages in batches, or to read more than one packet a wake-up.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from typing import Any, Self, cast

import aiomqtt
from paho.mqtt.client import PUBACK, MQTTMessage, MQTTv5
from paho.mqtt.enums import MQTTErrorCode

from backend_core.telemetry.model import RawMessage

WINDOW = 2000
"""How many messages may be unacknowledged: the bound on memory, kept here whatever the broker keeps to."""
_READ_BYTES = 1 << 16
_LAST_MID = 65_535


class Sequence:
    """The packet ids of a session, over all its connections: a broker gives them out one after the other.

    When the first new message after a connection does not follow the newest before, the broker has come back from an
    older state of itself, or has let messages go. What is delivered again says nothing, but counts as seen.
    """

    def __init__(self, newest: int = 0) -> None:
        self.newest = newest
        self.is_broken = False
        self._is_first = newest > 0

    def see(self, mid: int, *, again: bool) -> None:
        """Take note of one packet id, in the order of arrival."""
        if not again:
            self.is_broken = self.is_broken or (self._is_first and mid != self.newest % _LAST_MID + 1)
            self._is_first = False
            self.newest = mid
        elif (mid - self.newest) % _LAST_MID < _LAST_MID // 2:
            self.newest = mid


class GulpingClient(aiomqtt.Client):
    """An aiomqtt client that hands over all that has arrived, and acknowledges when told to."""

    def prepare(self, *, by_hand: bool) -> None:
        """Set what must stand before the connection: messages of an old session come with the first packet."""
        self.inbox: list[RawMessage] = []
        self.unacknowledged: list[int] = []
        self.arrived = asyncio.Event()
        self.session_present = False
        self.sequence = Sequence()
        self._by_hand = by_hand
        self._outstanding = 0
        self._is_reading = True
        self._buffered: _BufferedSocket | None = None
        self._client.manual_ack_set(by_hand)
        self._client.disable_logger()
        make_socket = self._client._create_socket

        def make_buffered() -> Any:
            self._buffered = _BufferedSocket(cast(socket.socket, make_socket()))
            return self._buffered

        self._client._create_socket = make_buffered  # type: ignore[method-assign]

    @property
    def _is_full(self) -> bool:
        """More than the window is unacknowledged, which only a broker does that was not told of one (MQTT 3.1.1)."""
        return self._outstanding > WINDOW

    def fail_with(self, work: asyncio.Task[None]) -> None:
        """The connection is worth nothing when this fails, and this is worth nothing without the connection."""
        self._beside = work

        def look(done: asyncio.Task[None]) -> None:
            error = None if done.cancelled() else done.exception()
            if error is not None and not self._disconnected.done():
                self._disconnected.set_exception(error)

        work.add_done_callback(look)

    async def __aenter__(self) -> Self:
        try:
            return await super().__aenter__()
        except BaseException:
            self._client._sock_close()
            raise

    async def __aexit__(self, *details: Any) -> None:
        self._beside.cancel()
        try:
            await super().__aexit__(*details)
        finally:
            # Aiomqtt leaves the socket of a broken connection open, and its reader would spin on it for ever.
            self._client._sock_close()

    async def wait(self) -> None:
        """Return when something has arrived; raise when the connection is lost."""
        if self.inbox:
            # Others on this loop get their turn between two full batches.
            await asyncio.sleep(0)
            return
        self.arrived.clear()
        arrival = self._loop.create_task(self.arrived.wait(), name="mqtt arrival")
        try:
            await asyncio.wait((arrival, self._disconnected), return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
        if not self.inbox and self._disconnected.done():
            self._disconnected.result()
            raise aiomqtt.MqttError("The broker closed the connection")

    def take(self) -> tuple[list[RawMessage], list[int]]:
        """All that has arrived so far, and the packet ids that it must be acknowledged by."""
        taken = self.inbox, self.unacknowledged
        self.inbox, self.unacknowledged = [], []
        return taken

    def acknowledge(self, mids: list[int]) -> None:
        """Send all acknowledgements in the order of receipt, as one write."""
        if self._disconnected.done() or not mids:
            return
        self._outstanding -= len(mids)
        packet = b"".join(b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids)
        self._client._packet_queue(PUBACK, packet, mids[-1], 0)
        if not self._is_reading and not self._is_full and self._buffered is not None:
            self._is_reading = True
            self._loop.add_reader(self._buffered.fileno(), self._read)
            self._loop.call_soon(self._read)

    def abandon(self) -> None:
        """Shut the socket without touching the loop, which may stand still."""
        if self._buffered is not None:
            self._buffered.shut()

    async def _misc_loop(self) -> None:
        """As aiomqtt's, but a broker whose answers we leave unread for a while is not taken for dead."""
        while self._client.loop_misc() == MQTTErrorCode.MQTT_ERR_SUCCESS:
            await asyncio.sleep(1)
            if not self._is_reading:
                self._client._last_bytes_received = self._loop.time()
                self._client._ping_t = 0.0

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None) -> None:
        self.session_present = bool(flags.session_present)
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:
        """A reading that paho has read after all must not be lost either."""
        topic = bytes(message._topic).decode("utf-8", "replace")
        raw = RawMessage(topic, bytes(message.payload), message.retain, message.dup)
        self._hold(raw, message.mid if message.qos else None)

    def _on_socket_open(self, client: Any, userdata: Any, sock: Any) -> None:
        def begin() -> None:
            # Connecting is another thread's work: by the time this runs the socket may be given up already.
            if sock.fileno() < 0:
                return
            self._loop.add_reader(sock.fileno(), self._read)
            self._misc_task = self._loop.create_task(self._misc_loop(), name="mqtt keepalive")

        self._loop.call_soon_threadsafe(begin)

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        def write() -> None:
            try:
                client.loop_write()
            except Exception as error:  # noqa: BLE001  (whatever breaks here means that the connection is broken)
                if not self._disconnected.done():
                    self._disconnected.set_exception(error)

        def begin() -> None:
            if sock.fileno() >= 0:
                self._loop.add_writer(sock.fileno(), write)

        self._loop.call_soon_threadsafe(begin)

    def _read(self) -> None:
        """Read one buffer full: readings straight from it, every other packet by paho."""
        buffered = self._buffered
        if buffered is None or self._disconnected.done():
            return
        try:
            self._read_packets(buffered)
        except Exception as error:  # noqa: BLE001  (whatever breaks here means that the connection is broken)
            # Before the broker has welcomed us aiomqtt waits for that alone, and would do so for its whole patience.
            awaited = self._disconnected if self._connected.done() else self._connected
            if not awaited.done():
                awaited.set_exception(
                    error if isinstance(error, aiomqtt.MqttError) else aiomqtt.MqttError(_told(error))
                )
                # Whoever waits hears of it; when nobody does any more, as at the end, that is no fault.
                awaited.exception()
        # The bound on memory, whatever window the broker keeps to: nothing more is read until something is committed.
        if self._by_hand and self._is_reading and self._is_full:
            self._is_reading = False
            self._loop.remove_reader(buffered.fileno())
        elif buffered.has_decrypted_more():
            self._loop.call_soon(self._read)

    def _read_packets(self, buffered: _BufferedSocket) -> None:
        buffered.fill()
        while not (self._by_hand and self._is_full):
            is_between_packets = self._client._in_packet["command"] == 0
            if is_between_packets:
                self._take_publishes(buffered)
            if not buffered.is_for_paho(is_between_packets):
                return
            self._client.loop_read()
            if self._client._sock is None:
                if not self._connected.done():
                    raise aiomqtt.MqttError("The broker closed the connection")
                return

    def _take_publishes(self, buffered: _BufferedSocket) -> None:
        version_5 = self._client._protocol == MQTTv5
        found = buffered.publishes(version_5)
        if not found:
            return
        for message, mid in found:
            self._hold(message, mid)

    def _hold(self, message: RawMessage, mid: int | None) -> None:
        self.inbox.append(message)
        if mid is not None:
            self.unacknowledged.append(mid)
            self.sequence.see(mid, again=message.is_redelivered)
            self._outstanding += 1
        self.arrived.set()


class _BufferedSocket:
    """A socket read in large pieces; whole PUBLISH packets at the front of the buffer are taken out without paho.

    Paho asks the socket three times for a packet and decodes what no reading carries; a message costs it ten
    times what it costs here.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._held = b""
        self._at = 0
        self._ended = False

    def fill(self) -> None:
        """Read all that the socket has, up to a large piece."""
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
            arrived = self._sock.recv(_READ_BYTES)
            self._held, self._at = self._held[self._at :] + arrived, 0
            self._ended = not arrived

    def recv(self, size: int) -> bytes:
        """What paho reads: only what `fill` has held back for it, so that no PUBLISH slips past us to it."""
        if self._at == len(self._held) and not self._ended:
            raise BlockingIOError
        taken = self._held[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def shut(self) -> None:
        """Make both directions useless at once."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def has_decrypted_more(self) -> bool:
        """Whether TLS holds bytes that the system no longer announces as readable."""
        return isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0

    def is_for_paho(self, is_between_packets: bool) -> bool:
        """Whether paho has something to read: a packet that is no reading, the rest of one, or the end."""
        if self._at == len(self._held):
            return self._ended
        return not is_between_packets or self._held[self._at] >> 4 != 3 or self._ended

    def publishes(self, version_5: bool) -> list[tuple[RawMessage, int | None]]:
        """The whole PUBLISH packets at the front of what has arrived, with the packet id of each at QoS 1."""
        found: list[tuple[RawMessage, int | None]] = []
        held, at = self._held, self._at
        while at < len(held) and held[at] >> 4 == 3:
            body, end = _span_of(held, at)
            if end > len(held):
                break
            found.append(_publish(held, at, body, end, version_5))
            at = end
        self._at = at
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def _span_of(held: bytes, at: int) -> tuple[int, int]:
    """Where the body of the packet begins and where it ends; past the buffer when it is not yet whole."""
    length, shift, here = 0, 0, at + 1
    while here < len(held):
        byte = held[here]
        length |= (byte & 0x7F) << shift
        here += 1
        if byte < 0x80:
            return here, here + length
        shift += 7
        if shift > 21:
            raise aiomqtt.MqttError("it sent a packet whose length is none")
    return here, len(held) + 1


def _publish(held: bytes, at: int, body: int, end: int, version_5: bool) -> tuple[RawMessage, int | None]:
    flags, here, mid = held[at], body + 2, None
    if here <= end:
        here += held[body] << 8 | held[body + 1]
        topic = held[body + 2 : here]
    if flags & 0x06:
        here += 2
        if here <= end:
            mid = held[here - 2] << 8 | held[here - 1]
    if version_5 and here < end:
        # An MQTT 5 message states the length of its properties first; readings use none of them.
        _, here = _span_of(held, here - 1)
    if here > end or flags & 0x06 == 0x06:
        raise aiomqtt.MqttError("it sent a message that does not fit its own length")
    return RawMessage(topic.decode("utf-8", "replace"), held[here:end], bool(flags & 1), bool(flags & 8)), mid


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, OSError) else repr(error)
