"""Finding addresses: remembered for a while, and a dead name server is survived for as long again."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from backend_core.kernel.clock import FakeClock
from backend_core.outages import dns_resolver
from backend_core.outages.dns_resolver import FRESH_S, MAX_LOOKUPS, DnsResolver, UnresolvedError

pytestmark = pytest.mark.asyncio


class NameServer:
    """Answers in place of the system's resolver, or fails."""

    def __init__(self) -> None:
        self.ips = ["fd00::5", "192.0.2.5"]
        self.asked = 0
        self.dead = False

    def __call__(self, host, *rest, **more):
        self.asked += 1
        if self.dead:
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 0)) for ip in self.ips]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> NameServer:
    server = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", server)
    return server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def test_a_written_address_asks_nobody(names: NameServer, clock: FakeClock):
    assert await DnsResolver(clock).resolve("192.0.2.9") == ("192.0.2.9",)
    assert names.asked == 0


async def test_a_name_is_asked_once_while_it_is_fresh_and_ipv4_comes_first(names: NameServer, clock: FakeClock):
    resolver = DnsResolver(clock)
    assert await resolver.resolve("plug.example") == ("192.0.2.5", "fd00::5")
    await resolver.resolve("plug.example")
    assert names.asked == 1
    clock.advance(seconds=FRESH_S)
    names.ips = ["192.0.2.6"]
    assert await resolver.resolve("plug.example") == ("192.0.2.6",)


async def test_a_dead_name_server_is_survived_for_as_long_again_and_no_longer(names: NameServer, clock: FakeClock):
    resolver = DnsResolver(clock)
    await resolver.resolve("plug.example")
    names.dead = True
    clock.advance(seconds=FRESH_S + 1)
    assert await resolver.resolve("plug.example") == ("192.0.2.5", "fd00::5")
    clock.advance(seconds=FRESH_S)
    with pytest.raises(UnresolvedError):
        await resolver.resolve("plug.example")


async def test_a_name_that_leads_to_forbidden_ground_alone_is_not_resolved(names: NameServer, clock: FakeClock):
    names.ips = ["169.254.169.254", "224.0.0.1", "::ffff:169.254.1.1"]
    with pytest.raises(UnresolvedError):
        await DnsResolver(clock).resolve("innocent.example")


async def test_a_name_server_that_never_answers_holds_nothing_up(monkeypatch, clock: FakeClock):
    over = threading.Event()

    def hang(*rest, **more):
        over.wait(10.0)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(dns_resolver, "TIMEOUT_S", 0.05)
    resolver = DnsResolver(clock)
    try:
        found = await asyncio.gather(
            *(resolver.resolve(f"plug-{i}.example") for i in range(50)), return_exceptions=True
        )
        asking = [thread for thread in threading.enumerate() if thread.name.startswith("resolve plug")]
    finally:
        over.set()
    assert [type(error) for error in found] == [UnresolvedError] * 50
    assert len(asking) == MAX_LOOKUPS
    for thread in asking:
        thread.join()
