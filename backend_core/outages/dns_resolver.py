"""Finds the IP addresses of host names without ever holding up the core, and remembers them for a while."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from backend_core.kernel.clock import Clock
from backend_core.outages.rules.address import ip_literal, may_be_probed

FRESH_S = 300.0
KEPT_S = 2 * FRESH_S
TIMEOUT_S = 2.0
MAX_LOOKUPS = 16


class UnresolvedError(Exception):
    """The name has no address, or only ones that are never probed."""


@dataclass(frozen=True, slots=True)
class _Known:
    ips: tuple[str, ...]
    at: float


class DnsResolver:
    """Asks the system's resolver on a few short-lived threads; when it fails, an address not too old still serves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._lookups = asyncio.Semaphore(MAX_LOOKUPS)

    async def resolve(self, host: str) -> tuple[str, ...]:
        """The addresses to try, IPv4 first."""
        if ip_literal(host) is not None:
            return (host,)
        known = self._known.get(host)
        age_s = self._clock.monotonic() - known.at if known else KEPT_S
        if known and age_s < FRESH_S:
            return known.ips
        try:
            ips = await self._look_up(host)
        except (OSError, UnicodeError, TimeoutError) as error:
            if known and age_s < KEPT_S:
                return known.ips
            raise UnresolvedError(host) from error
        if not ips:
            raise UnresolvedError(host)
        self._known[host] = _Known(ips, self._clock.monotonic())
        return ips

    async def _look_up(self, host: str) -> tuple[str, ...]:
        async with asyncio.timeout(TIMEOUT_S):
            await self._lookups.acquire()
            found = await _on_a_thread(host, self._lookups.release)
        lawful = [ip for ip in dict.fromkeys(found) if (literal := ip_literal(ip)) and may_be_probed(literal)]
        return tuple(sorted(lawful, key=lambda ip: ":" in ip))


async def _on_a_thread(host: str, ended: Callable[[], None]) -> list[str]:
    """Ask on a thread of its own; `ended` is called when that is over, however long ago the asker has given up."""
    # Not the loop's executor: its threads are joined at exit, and a dead DNS server would hold that up for long.
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(ips: list[str], error: Exception | None) -> None:
        ended()
        if answer.done():
            return
        if error is None:
            answer.set_result(ips)
        else:
            answer.set_exception(error)

    def ask() -> None:
        ips: list[str] = []
        failure: Exception | None = None
        try:
            ips = [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            failure = error
        with suppress(RuntimeError):  # the loop has closed meanwhile, and nobody waits
            loop.call_soon_threadsafe(settle, ips, failure)

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    return await answer
