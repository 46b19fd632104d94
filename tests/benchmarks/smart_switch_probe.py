"""How long 10,000 answering smart switches take to be probed once, and how much of a core that costs."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from multiprocessing.connection import Connection

from backend_core.kernel.clock import SystemClock
from backend_core.outages.http_probe import HttpProbe
from backend_core.outages.model import ProbeLimits, SmartSwitch

COUNT = 10_000
WALL_LIMIT_S = 12.0
CORE_LIMIT = 1.0
_REPLY = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"


class _Plug(asyncio.Protocol):
    """The plainest smart switch: it answers every request with 404 and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._asked = b""

    def data_received(self, data: bytes) -> None:
        self._asked += data
        if b"\r\n\r\n" in self._asked:
            self._transport.write(_REPLY)
            self._transport.close()


def serve(ready: Connection) -> None:
    """All the smart switches in one process: every address of 127.0.0.0/8 leads to it."""
    _allow_files()
    asyncio.run(_serve(ready))


async def _serve(ready: Connection) -> None:
    server = await asyncio.get_running_loop().create_server(_Plug, "0.0.0.0", 0, backlog=4_096)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _allow_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))


def street(port: int) -> list[SmartSwitch]:
    """10,000 smart switches, each with an address of its own."""
    return [SmartSwitch(f"S-{i}", f"127.{1 + i // 62_500}.{i // 250 % 250}.{1 + i % 250}:{port}") for i in range(COUNT)]


async def measure(port: int) -> dict[str, float]:
    """One round at first contact and one after it; the slower counts."""
    probe = HttpProbe(SystemClock(), ProbeLimits())
    switches = street(port)
    rounds = []
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        answers = await probe.probe(switches)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rounds.append((wall, cpu, sum(answer.status is not None for answer in answers)))
    wall_s, cpu_s, _ = max(rounds)
    return {
        "smart_switches": COUNT,
        "answered": min(r[2] for r in rounds),
        "wall_s": round(wall_s, 2),
        "cores": round(cpu_s / wall_s, 2),
        "us_per_probe": round(cpu_s / COUNT * 1e6, 1),
    }


def figures() -> dict[str, float | bool]:
    """What `dev.py bench` prints."""
    ours, theirs = multiprocessing.Pipe()
    plugs = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    plugs.start()
    try:
        found = asyncio.run(measure(ours.recv()))
    finally:
        plugs.terminate()
        plugs.join()
    holds = found["answered"] == COUNT and found["wall_s"] <= WALL_LIMIT_S and found["cores"] <= CORE_LIMIT
    return {**found, "limit_wall_s": WALL_LIMIT_S, "limit_cores": CORE_LIMIT, "holds": holds}
