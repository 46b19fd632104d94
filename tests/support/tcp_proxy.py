"""A TCP proxy with weather: it delays, keeps everything to itself, cuts off, or hands on a byte at a time."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.support.processes import free_port

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER with no patience: closing sends a reset instead of an end."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What every piece of bytes meets on its way, in both directions."""

    delay_s: float = 0.0
    is_dark: bool = False
    piece_bytes: int | None = None


FAIR = Weather()
DARK = Weather(is_dark=True)
"""A black hole: connections stand, nothing passes, nobody is told. What was said meanwhile comes through afterwards."""


class TcpProxy:
    """Listens on a port of its own for one server; runs on a thread of its own."""

    def __init__(self, target_port: int, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = free_port()
        self._target_port = target_port
        self._weather = FAIR
        self._links: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._light = asyncio.Event()
        self._light.set()
        self._thread = threading.Thread(target=self._run, name=f"proxy for {target_port}")
        self._is_open = threading.Event()

    def start(self) -> None:
        self._thread.start()
        assert self._is_open.wait(10.0), "the proxy does not listen"

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10.0)

    @property
    def weather(self) -> Weather:
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        """From now on, also for the connections that stand."""
        self._weather = weather
        self._loop.call_soon_threadsafe(self._light.clear if weather.is_dark else self._light.set)

    @contextmanager
    def under(self, weather: Weather) -> Iterator[None]:
        """This weather for a while."""
        self.weather = weather
        try:
            yield
        finally:
            self.weather = FAIR

    def reset(self) -> None:
        """Cut every connection off with a reset, as a firewall does that has forgotten them."""
        self._loop.call_soon_threadsafe(self._reset)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, self.host, self.port))
        self._is_open.set()
        self._loop.run_forever()
        server.close()
        self._weather = FAIR
        self._light.set()
        self._reset()
        if self._tasks:
            self._loop.run_until_complete(asyncio.wait(set(self._tasks), timeout=5.0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._tasks.add(me)
        ends = {writer}
        try:
            await self._light.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self._target_port)
            ends.add(back)
            self._links |= ends
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._carry(reader, back))
                ways.create_task(self._carry(there, writer))
        except* OSError:
            for end in ends:
                _cut(end)
        finally:
            writer.close()
            self._links -= ends
            self._tasks.discard(me)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _without_delay(writer)
        try:
            while arrived := await reader.read(1 << 16):
                await self._hand_on(arrived, writer)
        finally:
            # Either side's end is the end of both: nobody here speaks after hanging up.
            writer.close()

    async def _hand_on(self, arrived: bytes, writer: asyncio.StreamWriter) -> None:
        await self._light.wait()
        if self._weather.delay_s:
            await asyncio.sleep(self._weather.delay_s)
        size = self._weather.piece_bytes or len(arrived)
        for at in range(0, len(arrived), size):
            writer.write(arrived[at : at + size])
            await writer.drain()
            if size < len(arrived):
                await asyncio.sleep(0)

    def _reset(self) -> None:
        for writer in list(self._links):
            _cut(writer)


def _cut(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()


def _without_delay(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@contextmanager
def proxy_to(port: int, host: str = "127.0.0.1") -> Iterator[TcpProxy]:
    """A proxy that is cleared away."""
    proxy = TcpProxy(port, host)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
