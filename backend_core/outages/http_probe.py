"""Asks smart switches by HTTP whether they are there; any HTTP answer, however odd, is a sign of power."""

from __future__ import annotations

import asyncio
import errno
import random
import socket
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Protocol
from urllib.parse import urljoin

from backend_core.kernel.clock import Clock
from backend_core.kernel.identities import device_named, is_valid_quantity, point_of
from backend_core.outages import shelly_decoder
from backend_core.outages.dns_resolver import DnsResolver, UnresolvedError
from backend_core.outages.http_reply import HttpReply
from backend_core.outages.model import Address, ProbeAnswer, ProbeError, ProbeLimits, SmartSwitch, SwitchReading
from backend_core.outages.rules.address import DEFAULT_PORTS, parse_address

MAX_REDIRECTS = 3
STATUS_PATIENCE_S = 2.0
BURST = 20
STARTS_PER_S = 2_000.0
_SPARE_FILES = 256
_OWN_FAULTS = frozenset(
    {errno.ENETUNREACH, errno.ENETDOWN, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL, errno.ENOMEM}
)


class _Manner(Enum):
    """How a smart switch has answered the question for its status so far."""

    UNTRIED = auto()
    TELLS = auto()
    MUTE = auto()


class _Wire(Protocol):
    """An open connection."""

    async def send(self, data: bytes) -> None: ...
    async def receive(self) -> bytes: ...
    def close(self) -> None: ...


class _UnansweredError(Exception):
    """Nobody spoke HTTP; `connected` tells whether someone took the call at all."""

    def __init__(self, error: ProbeError, *, connected: bool) -> None:
        super().__init__(error)
        self.error = error
        self.connected = connected


@dataclass(slots=True)
class _Memory:
    address: str
    manner: _Manner = _Manner.UNTRIED


@dataclass(frozen=True, slots=True)
class _Call:
    """One probe under way: whom, where, and since when on the monotonic clock."""

    asked: ProbeAnswer
    address: Address
    ips: tuple[str, ...]
    started: float

    def answered(self, reply: HttpReply, told_at: float) -> ProbeAnswer:
        return replace(self.asked, status=reply.status, response_ms=round((told_at - self.started) * 1000.0, 2))


class HttpProbe:
    """Probes many at once on one thread. Plain sockets: 175 µs a probe, where streams took 265 and aiohttp 490."""

    def __init__(self, clock: Clock, limits: ProbeLimits) -> None:
        self._clock = clock
        self._limits = limits
        self._resolver = DnsResolver(clock)
        self._at_once = probes_at_once()
        self._memory: dict[str, _Memory] = {}
        self._tls = _unverified_tls()

    async def probe(self, switches: Sequence[SmartSwitch]) -> tuple[ProbeAnswer, ...]:
        """Probe each once, in a new order every time and in small bursts, so that the core stays quick meanwhile."""
        answers: list[ProbeAnswer | None] = [None] * len(switches)
        turns = asyncio.Semaphore(self._at_once)

        async def one(place: int) -> None:
            try:
                answers[place] = await self._probe(switches[place])
            finally:
                turns.release()

        order = random.sample(range(len(switches)), len(switches))
        began = self._clock.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for started, place in enumerate(order, start=1):
                await turns.acquire()
                tasks.create_task(one(place))
                if started % BURST == 0:
                    # By the clock, not by a fixed pause: on a busy computer pauses stretch, and a round with them.
                    early_s = began + started / STARTS_PER_S - self._clock.monotonic()
                    await asyncio.sleep(max(0.0, early_s))
        return tuple(answer for answer in answers if answer is not None)

    def seconds_at_worst(self, count: int) -> float:
        """How long a round takes when every connection runs into its time limit."""
        waves = -(-count // self._at_once)
        return max(count / STARTS_PER_S, waves * self._limits.connect_timeout_s)

    async def _probe(self, switch: SmartSwitch) -> ProbeAnswer:
        asked = ProbeAnswer(switch.name, self._clock.now())
        address = parse_address(switch.address)
        if isinstance(address, str):
            return replace(asked, error=ProbeError.DNS)
        started = self._clock.monotonic()
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                call = _Call(asked, address, await self._resolver.resolve(address.host), started)
                return await self._ask_in_its_manner(call, self._remembered(switch))
        except UnresolvedError:
            return replace(asked, error=ProbeError.DNS)
        except _UnansweredError as unanswered:
            return replace(asked, error=unanswered.error)
        except TimeoutError:
            return replace(asked, error=ProbeError.TIMEOUT)

    def _remembered(self, switch: SmartSwitch) -> _Memory:
        memory = self._memory.get(switch.name)
        if memory is None or memory.address != switch.address:
            memory = self._memory[switch.name] = _Memory(switch.address)
        return memory

    async def _ask_in_its_manner(self, call: _Call, memory: _Memory) -> ProbeAnswer:
        """Ask for the status where it was told before, or at first contact; where that leads nowhere, ask plainly."""
        if memory.manner is not _Manner.MUTE:
            try:
                return await self._ask_status(call, memory)
            except _UnansweredError as unanswered:
                if not unanswered.connected:
                    raise
        reply, told_at = await self._exchange(call, call.address, self._limits.timeout_s)
        if memory.manner is _Manner.UNTRIED:
            memory.manner = _Manner.MUTE
        return call.answered(reply, told_at)

    async def _ask_status(self, call: _Call, memory: _Memory) -> ProbeAnswer:
        """A redirect has proved power already; it is followed only for the sake of the readings behind it."""
        patience_s = min(STATUS_PATIENCE_S, 0.4 * self._limits.timeout_s)
        place: Address | None = replace(call.address, path=shelly_decoder.STATUS_PATH)
        answer: ProbeAnswer | None = None
        for _ in range(1 + MAX_REDIRECTS):
            if place is None:
                break
            try:
                reply, told_at = await self._exchange(call, place, patience_s, whole=True)
            except _UnansweredError:
                if answer is None:
                    raise
                return answer
            answer = answer or call.answered(reply, told_at)
            place = _onward(place, reply)
        assert answer is not None
        body = reply.body() if reply.status == 200 else None
        values = shelly_decoder.decode(body) if body is not None else None
        memory.manner = _Manner.MUTE if values is None else _Manner.TELLS
        return replace(answer, readings=self._readings(call.asked.name, values or {}))

    def _readings(self, name: str, values: dict[str, float]) -> tuple[SwitchReading, ...]:
        at, device = self._clock.now(), device_named(name)
        return tuple(SwitchReading(point_of(device, q), v, at) for q, v in values.items() if is_valid_quantity(q))

    async def _exchange(
        self, call: _Call, address: Address, patience_s: float, *, whole: bool = False
    ) -> tuple[HttpReply, float]:
        """One question and what came back, with the moment its first line was here."""
        wire = await self._connect(address, call.ips)
        reply = HttpReply()
        told_at = 0.0
        # A little before the time for the whole probe is up, so that a status heard in time is not lost with it.
        left_s = 0.95 * (self._limits.timeout_s - (self._clock.monotonic() - call.started))
        try:
            async with asyncio.timeout(min(patience_s, left_s)):
                await wire.send(_request(address))
                while not (reply.is_complete if whole else reply.has_answered):
                    reply.take(await wire.receive())
                    if not told_at and reply.status is not None:
                        told_at = self._clock.monotonic()
        except TimeoutError as error:
            if reply.status is None:
                raise _UnansweredError(ProbeError.TIMEOUT, connected=True) from error
        except OSError as error:
            if reply.status is None:
                raise _UnansweredError(ProbeError.HTTP, connected=True) from error
        finally:
            wire.close()
        if reply.status is None:
            raise _UnansweredError(ProbeError.HTTP, connected=True)
        return reply, told_at

    async def _connect(self, address: Address, ips: tuple[str, ...]) -> _Wire:
        """The first address that takes the call, all within the connect limit."""
        failure: OSError | None = None
        try:
            async with asyncio.timeout(self._limits.connect_timeout_s):
                connected = None
                for ip in ips:
                    try:
                        connected = await _connected_socket(ip, address.port)
                        break
                    except OSError as error:
                        failure = error
        except TimeoutError as error:
            raise _UnansweredError(ProbeError.TIMEOUT, connected=False) from error
        if connected is None:
            raise _UnansweredError(_class_of(failure), connected=False) from failure
        return _PlainWire(connected) if address.scheme == "http" else await self._secured(connected, address.host)

    async def _secured(self, connected: socket.socket, host: str) -> _Wire:
        try:
            reader, writer = await asyncio.open_connection(sock=connected, ssl=self._tls, server_hostname=host)
        except OSError as error:
            # asyncio reports a peer that never answers the handshake as an aborted connection.
            silent = isinstance(error, ConnectionAbortedError)
            raise _UnansweredError(ProbeError.TIMEOUT if silent else ProbeError.TLS, connected=True) from error
        return _TlsWire(reader, writer)


class _PlainWire:
    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._loop = asyncio.get_running_loop()

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._socket, data)

    async def receive(self) -> bytes:
        return await self._loop.sock_recv(self._socket, 16_384)

    def close(self) -> None:
        self._socket.close()


class _TlsWire:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def receive(self) -> bytes:
        return await self._reader.read(16_384)

    def close(self) -> None:
        self._writer.transport.abort()


async def _connected_socket(ip: str, port: int) -> socket.socket:
    plug = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM)
    try:
        plug.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plug, (ip, port))
    except BaseException:
        plug.close()
        raise
    return plug


def _class_of(failure: OSError | None) -> ProbeError:
    """What a failed connection says; a neighbour that ARP cannot find is silent, a missing network is our own fault."""
    if isinstance(failure, ConnectionRefusedError):
        return ProbeError.REFUSED
    if failure is not None and failure.errno in _OWN_FAULTS:
        return ProbeError.OBSERVER_BAD
    silent = (errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ETIMEDOUT)
    return ProbeError.TIMEOUT if failure is not None and failure.errno in silent else ProbeError.HTTP


def _request(address: Address) -> bytes:
    host = f"[{address.host}]" if ":" in address.host else address.host
    if address.port != DEFAULT_PORTS[address.scheme]:
        host = f"{host}:{address.port}"
    head = (
        f"GET {address.path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: Linekeeper",
        "Accept: */*",
        "Connection: close",
    )
    return ("\r\n".join(head) + "\r\n\r\n").encode("ascii")


def _onward(place: Address, reply: HttpReply) -> Address | None:
    """Where a redirect leads, when it stays on the same host."""
    location = reply.header(b"location")
    if reply.status not in (301, 302, 303, 307, 308) or not location:
        return None
    host = f"[{place.host}]" if ":" in place.host else place.host
    base = f"{place.scheme}://{host}:{place.port}{place.path}"
    try:
        onward = parse_address(urljoin(base, location.decode("ascii")))
    except ValueError:
        return None
    return onward if isinstance(onward, Address) and onward.host == place.host else None


def _unverified_tls() -> ssl.SSLContext:
    """Smart switches sign their own certificates, and the probe tells them nothing secret: power is all it asks for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def probes_at_once() -> int:
    """1,024 on Linux and 256 on Windows, where `select` ends at 512; fewer when the system grants fewer open files."""
    if sys.platform == "win32":
        return 256
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 1024 + 2 * _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        granted = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, granted), hard))
        soft = max(soft, granted)
    return 1024 if soft == resource.RLIM_INFINITY else max(16, min(1024, soft - _SPARE_FILES))
