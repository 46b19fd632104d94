"""The whole watch over real sockets: servers that answer, servers that stop, and what is called an outage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.event_bus import EventBus
from backend_core.outages.events import SmartSwitchReadingsTaken
from backend_core.outages.http_probe import HttpProbe
from backend_core.outages.model import OutageLimits, ProbeLimits, SmartSwitch, Verdict, WatchSettings
from backend_core.outages.service import OutageService
from backend_core.outages.sql_store import DatabaseWitness, SqlSmartSwitchStore
from backend_core.storage.database import Database

pytestmark = pytest.mark.asyncio
LIMITS = ProbeLimits(timeout_s=1.0, connect_timeout_s=0.5)
STATUS = b'{"switch:0":{"voltage":229.9,"apower":12.0}}'


class QuickClock(SystemClock):
    """Real time, without the pauses."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class House:
    """A real server on a port of its own that can lose its power and get it back."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = 0
        self._server: asyncio.Server | None = None

    async def light(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def darken(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(STATUS) + STATUS)
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def houses() -> AsyncIterator[list[House]]:
    houses = [House(f"house-{i}") for i in range(10)]
    for house in houses:
        await house.light()
    yield houses
    for house in houses:
        await house.darken()


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, SystemClock())
    database.epoch = 0
    yield database
    await database.close()


async def watch_over(houses: list[House], database: Database, bus: EventBus) -> OutageService:
    clock = QuickClock()
    store = SqlSmartSwitchStore(database, "core-1")
    settings = WatchSettings("core-1", LIMITS, OutageLimits())
    service = OutageService(HttpProbe(clock, LIMITS), store, (DatabaseWitness(database),), bus, clock, settings)
    for house in houses:
        assert not await service.save(SmartSwitch(house.name, f"127.0.0.1:{house.port}"), "anna", is_new=True)
    return service


async def test_sixty_percent_really_off_are_an_outage_that_ends_with_their_return(
    houses: list[House], database: Database
):
    bus, readings = EventBus(), []
    bus.on(SmartSwitchReadingsTaken, readings.append)
    service = await watch_over(houses, database, bus)
    await service.run_cycle()
    assert service.board().tally.online == 10
    assert {r.point for r in readings[0].readings} >= {"house-0.voltage", "house-9.power"}

    before_dark = SystemClock().now()
    for house in houses[:6]:
        await house.darken()
    await service.run_cycle()
    opened = service.board().open_outage
    assert opened is not None
    assert before_dark <= opened.started_at <= SystemClock().now()
    assert opened.names == tuple(h.name for h in houses[:6])

    for house in houses[:6]:
        await house.light()
    await service.run_cycle()
    board = service.board()
    assert board.open_outage is None
    assert board.past_outages[0].id == opened.id
    assert board.past_outages[0].duration(board.as_of).total_seconds() > 0
    assert {s.verdict for s in board.standings} == {Verdict.ONLINE}
