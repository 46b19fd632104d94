"""Every lease: one holder at a time, a higher epoch for each, and no write with an epoch that is over."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import Fenced, NotLeading
from backend_core.sharing.model import TTL_S, Console
from backend_core.sharing.process_sign import has_died, my_sign
from backend_core.sharing.sql_lease import SqlLease
from backend_core.storage.database import Database


def console(name: str) -> Console:
    return Console(name.ljust(36, "-"), name, "operator", "host", "1.0")


A, B = console("A"), console("B")


def sign_of_a_dead_process() -> str:
    program = "from backend_core.sharing.process_sign import my_sign; print(my_sign())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Desk:
    """A lease on a database of its own connection."""

    def __init__(self, url: str) -> None:
        self.clock = FakeClock()
        self.database = Database(url, self.clock)
        self.lease = SqlLease(self.database, self.clock)
        self.other = SqlLease(self.database, self.clock)
        """Each console has its own, with a connection that lives as long as it."""

    async def let_time_pass(self, seconds: float) -> None:
        """On PostgreSQL the database's own clock counts: there the lease grows old instead."""
        self.clock.advance(seconds=seconds)
        if self.database.kind == "postgresql":
            shift = text(f"UPDATE core_lease SET renewed_at = renewed_at - interval '{seconds} s'")
            await self.database.write(lambda connection: connection.execute(shift))


@asynccontextmanager
async def desk_on(url: str) -> AsyncIterator[Desk]:
    desk = Desk(url)
    try:
        yield desk
    finally:
        await desk.lease.leave(A)
        await desk.other.leave(B)
        await desk.database.close()


@pytest.mark.asyncio
async def test_one_of_two_gets_the_lease_and_the_other_waits_until_it_is_given_back(database_url: str):
    async with desk_on(database_url) as desk:
        first = await desk.lease.acquire(A)
        assert first is not None
        assert await desk.other.acquire(B) is None
        await desk.lease.release(A, "for the test")
        assert await desk.other.acquire(B) == first + 1


@pytest.mark.asyncio
async def test_a_lease_runs_out_when_it_is_not_renewed_and_not_before(database_url: str):
    async with desk_on(database_url) as desk:
        await desk.lease.acquire(A)
        await desk.let_time_pass(TTL_S - 1)
        assert await desk.other.acquire(B) is None
        assert await desk.lease.renew(A)
        await desk.let_time_pass(TTL_S - 1)
        assert await desk.other.acquire(B) is None
        await desk.let_time_pass(1.5)
        assert await desk.other.acquire(B) is not None
        assert not await desk.lease.renew(A)
        assert await desk.lease.acquire(A) is None


@pytest.mark.asyncio
async def test_a_lease_that_has_run_out_is_not_renewed_even_by_its_holder(database_url: str):
    async with desk_on(database_url) as desk:
        await desk.lease.acquire(A)
        await desk.let_time_pass(TTL_S + 1)
        assert not await desk.lease.renew(A)


@pytest.mark.asyncio
async def test_of_many_that_apply_at_once_one_leads(postgres_url: str):
    async with desk_on(postgres_url) as one, desk_on(postgres_url) as two:
        leases = [SqlLease(desk.database, desk.clock) for desk in (one, two) * 4]
        epochs = await asyncio.gather(*(lease.acquire(console(f"{i}")) for i, lease in enumerate(leases)))
        assert sum(epoch is not None for epoch in epochs) == 1
        await asyncio.gather(*(lease.leave(console(f"{i}")) for i, lease in enumerate(leases)))


@pytest.mark.asyncio
async def test_a_holder_whose_connection_died_on_another_computer_is_followed_at_once(postgres_url: str):
    async with desk_on(postgres_url) as here, desk_on(postgres_url) as there:
        await there.lease.acquire(A)
        from_elsewhere = text("UPDATE core_lease SET process = 'another-computer 1 1'")
        await there.database.write(lambda connection: connection.execute(from_elsewhere))
        assert await here.other.acquire(B) is None, "its connection lives"
        await there.lease.leave(A)
        assert await here.other.acquire(B, 3.0) is None, "one of higher priority goes first"
        assert await here.other.acquire(B) is not None


@pytest.mark.asyncio
async def test_a_lock_that_the_holder_never_had_says_nothing_of_it(postgres_url: str):
    async with desk_on(postgres_url) as desk:
        await desk.lease.acquire(A)
        behind_a_pooler = text("UPDATE core_lease SET locked = false, process = 'another-computer 1 1'")
        await desk.database.write(lambda connection: connection.execute(behind_a_pooler))
        await desk.lease.leave(A)
        assert await desk.other.acquire(B) is None


@pytest.mark.asyncio
async def test_a_core_older_than_the_schema_demands_neither_takes_the_lead_nor_writes(database_url: str):
    async with desk_on(database_url) as desk:
        desk.database.epoch = await desk.lease.acquire(A)
        await desk.database.write(lambda connection: connection.execute(text("UPDATE schema_info SET min_core = 9999")))
        with pytest.raises(Fenced, match="newer core"):
            await desk.lease.beat(A, 1, {})
        await desk.lease.release(A, "for the test")
        assert await desk.other.acquire(B) is None


@pytest.mark.asyncio
async def test_how_often_the_lead_was_taken_is_counted(database_url: str):
    async with desk_on(database_url) as desk:
        for _ in range(2):
            await desk.lease.acquire(A)
            await desk.lease.release(A, "for the test")
            await desk.other.acquire(B)
            await desk.other.release(B, "for the test")
        assert await desk.lease.changes(300.0) == 4
        desk.clock.advance(seconds=301)
        if desk.database.kind == "sqlite":
            assert await desk.lease.changes(300.0) == 0


@pytest.mark.asyncio
async def test_a_write_of_an_epoch_that_is_over_is_refused_and_leaves_nothing(database_url: str):
    async with desk_on(database_url) as desk:
        desk.database.epoch = await desk.lease.acquire(A)
        await desk.lease.release(A, "for the test")
        await desk.other.acquire(B)
        with pytest.raises(Fenced):
            await desk.database.write(
                lambda c: c.execute(text("INSERT INTO counters VALUES ('ghost', 1)")), as_leader=True
            )
        assert desk.database.look(lambda c: c.execute(text("SELECT count(*) FROM counters")).scalar()) == 0
        desk.database.epoch = None
        with pytest.raises(NotLeading):
            await desk.lease.beat(A, 1, {})


@pytest.mark.asyncio
async def test_a_killed_holder_of_this_computer_is_followed_at_once(database_url: str):
    async with desk_on(database_url) as desk:
        program = "from backend_core.sharing.process_sign import my_sign; print(my_sign())"
        command = [sys.executable, "-c", program]
        run = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
        sign = run.stdout.strip()
        assert has_died(sign)
        await desk.lease.acquire(A)
        mark = text("UPDATE core_lease SET process = :sign")
        await desk.database.write(lambda connection: connection.execute(mark, {"sign": sign}))
        assert await desk.other.acquire(B) is not None


@pytest.mark.parametrize(
    "sign",
    [None, "", "elsewhere 1 1", "a b c d", my_sign(), f"{my_sign().split()[0]} not-a-number 1"],
    ids=["none", "empty", "another computer", "too many words", "this process", "no number"],
)
def test_a_process_is_dead_only_when_that_is_sure(sign: str | None):
    assert not has_died(sign)


def test_a_process_number_given_to_another_is_no_sign_of_life():
    computer, process, began = my_sign().split()
    assert has_died(f"{computer} {process} {int(began) + 1}")


@pytest.mark.asyncio
async def test_a_sign_of_life_tells_who_leads_and_grows_old(database_url: str):
    async with desk_on(database_url) as desk:
        assert await desk.lease.look() is None
        epoch = desk.database.epoch = await desk.lease.acquire(A)
        assert epoch is not None
        await desk.lease.beat(A, epoch, {"mqtt": {"connected": True}})
        await desk.lease.beat(A, epoch, {"mqtt": {"connected": False}})
        beat = await desk.lease.look()
        assert beat is not None
        assert (beat.leader, beat.epoch, beat.facts, beat.is_alive) == (
            "A",
            epoch,
            {"mqtt": {"connected": False}},
            True,
        )
        if desk.database.kind == "sqlite":
            desk.clock.advance(seconds=6.1)
            old = await desk.lease.look()
            assert old is not None
            assert not old.is_alive


@pytest.mark.asyncio
async def test_consoles_appear_and_are_gone_when_they_leave(database_url: str):
    async with desk_on(database_url) as desk:
        await desk.lease.appear(B, "standby")
        await desk.lease.appear(A, "leader")
        await desk.lease.appear(A, "leader")
        assert [(p.console.name, p.role) for p in await desk.lease.presences()] == [("A", "leader"), ("B", "standby")]
        await desk.lease.leave(A)
        assert [p.console for p in await desk.lease.presences()] == [B]
