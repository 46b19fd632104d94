"""Every bell: it lets nobody wait longer than asked, and PostgreSQL's rings for a commit of another."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from backend_core.kernel.clock import FakeClock, SystemClock
from backend_core.sharing.ports import Bell
from backend_core.sharing.postgres_bell import PostgresBell, QuietBell
from backend_core.storage import journal
from backend_core.storage.database import Database
from backend_core.storage.engine import parse_url

AT = datetime(2026, 11, 21, tzinfo=UTC)
NOBODY_THERE = parse_url("postgresql://nobody@127.0.0.1:9/nothing")

pytestmark = pytest.mark.asyncio


class CountingClock(FakeClock):
    """Never lets anybody wait, and counts who wanted to."""

    slept_s = 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept_s += seconds


@pytest.mark.parametrize(
    ("make", "longest_s"),
    [(QuietBell, 1.0), (lambda clock: PostgresBell(NOBODY_THERE, clock), 2.0)],
    ids=["quiet", "postgres without a server"],
)
async def test_a_bell_that_nobody_rings_lets_go_in_time(make, longest_s: float):
    clock = CountingClock()
    bell: Bell = make(clock)
    await bell.wait(0.5)
    await bell.wait(2.0)
    assert clock.slept_s == 0.5 + longest_s
    await bell.close()


async def test_it_rings_for_a_commit_of_another(postgres_url: str):
    database = Database(postgres_url, SystemClock())
    bell = PostgresBell(database.url, SystemClock())
    await bell.wait(60.0)  # it listens from here on
    hearing = asyncio.get_running_loop().create_task(bell.wait(60.0), name="bell")
    await _write(database)
    async with asyncio.timeout(10.0):
        await hearing
    await bell.close()
    await database.close()


async def test_a_ring_before_anybody_waits_is_not_lost(postgres_url: str):
    database = Database(postgres_url, SystemClock())
    bell = PostgresBell(database.url, SystemClock())
    await bell.wait(60.0)
    await _write(database)
    async with asyncio.timeout(10.0):
        await bell.wait(60.0)
    await bell.close()
    await database.close()


async def test_one_that_is_cut_off_waits_its_time_and_listens_again(postgres_url: str):
    database, clock = Database(postgres_url, SystemClock()), CountingClock()
    bell = PostgresBell(database.url, clock)
    await bell.wait(2.0)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    await database.write(lambda connection: connection.execute(text(cut)))
    await bell.wait(2.0)
    assert clock.slept_s == 2.0
    await bell.wait(2.0)
    await _write(database)
    async with asyncio.timeout(10.0):
        await bell.wait(60.0)
    await bell.close()
    await database.close()


async def _write(database: Database) -> None:
    line = journal.Line(AT, journal.Topic.OUTAGE, "1", "amira", "desk 1")
    await database.write(lambda connection: journal.note(connection, line))
