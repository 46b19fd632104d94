"""A TCP link between a client and a broker that carries every byte, but in pieces of its own choosing."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Pieces = Callable[[], int]


def whole() -> int:
    return 1 << 16


def single_bytes() -> int:
    return 1


def ragged(seed: int) -> Pieces:
    """Now one byte, now a few, now many: packets are cut anywhere."""
    dice = random.Random(seed)
    return lambda: dice.choice((1, 2, 3, 7, 40, 333, 5000))


class BrittleLink:
    """Listens on `port`; `cut` breaks every connection at once."""

    def __init__(self, to_port: int, pieces: Pieces, tls: ssl.SSLContext | None) -> None:
        self.port = 0
        self._to_port = to_port
        self._pieces = pieces
        self._tls = tls
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        self._writers |= {writer, there_writer}
        upstream = asyncio.get_running_loop().create_task(self._carry(reader, there_writer, whole), name="upstream")
        self._tasks.add(upstream)
        await self._carry(there_reader, writer, self._pieces)
        upstream.cancel()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pieces: Pieces) -> None:
        try:
            while data := await reader.read(1 << 16):
                while data:
                    size = pieces()
                    writer.write(data[:size])
                    data = data[size:]
                    # One turn of the loop a piece, so that the reader sees it by itself.
                    await writer.drain()
                    await asyncio.sleep(0)
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


@asynccontextmanager
async def brittle_link(to_port: int, pieces: Pieces, tls: ssl.SSLContext | None = None) -> AsyncIterator[BrittleLink]:
    """An open link to the broker on that port."""
    link = BrittleLink(to_port, pieces, tls)
    server = await link.open()
    try:
        yield link
    finally:
        server.close()
        link.cut()
        await asyncio.sleep(0)
