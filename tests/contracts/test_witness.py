"""What every Witness promises: a database, a place that is called by TCP, and the tests' own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backend_core.kernel.clock import SystemClock
from backend_core.outages.ports import Witness
from backend_core.outages.sql_store import DatabaseWitness
from backend_core.outages.tcp_witness import TcpWitness
from backend_core.storage.database import Database
from tests.backend_core.outages.switchyard import FakeWitness

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=["database", "tcp", "pretend"])
async def witness(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Witness]:
    if request.param == "database":
        database = Database(sqlite_url, SystemClock())
        yield DatabaseWitness(database)
        await database.close()
    elif request.param == "tcp":
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        yield TcpWitness("broker", "127.0.0.1", server.sockets[0].getsockname()[1])
        server.close()
    else:
        yield FakeWitness(is_local=True)


async def test_one_that_is_well_answers(witness: Witness):
    assert await witness.answers()


async def test_one_on_this_computer_says_so(witness: Witness):
    assert witness.is_local
    assert witness.name


async def test_a_place_that_nobody_finds_does_not_answer():
    assert not await TcpWitness("reference", "no-such-place.invalid", 80).answers()
