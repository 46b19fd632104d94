"""Alarms while the database is away: shown at once, kept on the disk, saved in order and once by whoever leads next."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backend_core.alarms.model import AcknowledgePending, AlreadyAcknowledged, Base, Level
from backend_core.kernel.clock import FakeClock
from backend_core.storage.database import Database
from tests.backend_core.alarms.desk import rule
from tests.backend_core.alarms.memory_spool import MemoryStepSpool
from tests.backend_core.alarms.room import T1_HIGH, Desk

pytestmark = pytest.mark.asyncio
HI = rule(Level.HI, 100.0, deadband=2.0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture
async def database(sqlite_url: str, clock: FakeClock) -> AsyncIterator[Database]:
    database = Database(sqlite_url, clock)
    database.epoch = 0
    yield database
    await database.close()


@pytest.fixture
def disk() -> MemoryStepSpool:
    return MemoryStepSpool()


@pytest_asyncio.fixture
async def desk(database: Database, clock: FakeClock, disk: MemoryStepSpool) -> Desk:
    desk = Desk(database, clock)
    desk.service.saver.use(disk)
    await desk.lead(HI)
    await desk.service.saver.settled()
    return desk


async def successor(database: Database, clock: FakeClock, disk: MemoryStepSpool) -> Desk:
    """The next run of the program, on the same disk and database."""
    after = Desk(database, clock)
    after.service.saver.use(disk)
    return await after.lead()


async def go_away(desk: Desk) -> None:
    """The database is away, and that is known."""
    desk.store.is_away = True
    desk.service.saver.is_away = True


async def bases(desk: Desk) -> list[Base]:
    return [line.after for line in reversed(await desk.service.journal(T1_HIGH))]


async def test_readings_are_acknowledged_once_their_alarms_stand_on_the_disk(desk: Desk, disk: MemoryStepSpool) -> None:
    await go_away(desk)
    await desk.see(102.8, 0, saved=False)
    await desk.service.saver.settled()
    assert [step.after.base for step in disk.steps] == [Base.UNACKNOWLEDGED]
    assert not desk.service.saver.is_settled


async def test_nothing_is_written_to_the_disk_twice(desk: Desk, disk: MemoryStepSpool) -> None:
    await go_away(desk)
    for second, value in enumerate((102.8, 90.0)):
        await desk.see(value, second, saved=False)
        await desk.service.saver.settled()
        await desk.service.saver.settled()
    assert [step.after.base for step in disk.steps] == [Base.UNACKNOWLEDGED, Base.RETURNED]


async def test_on_return_all_is_saved_in_order_and_the_disk_is_cleared(desk: Desk, disk: MemoryStepSpool) -> None:
    await go_away(desk)
    await desk.see(102.8, 0, saved=False)
    await desk.see(90.0, 1, saved=False)
    await desk.service.saver.settled()
    desk.store.is_away = False
    await desk.service.saver.save()
    assert await bases(desk) == [Base.UNACKNOWLEDGED, Base.RETURNED]
    assert (disk.steps, disk.timers) == ([], [])


async def test_a_core_killed_meanwhile_loses_no_alarm(
    desk: Desk, database: Database, clock: FakeClock, disk: MemoryStepSpool
) -> None:
    await go_away(desk)
    raised_at = clock.now()
    await desk.see(102.8, 0, saved=False)
    await desk.service.saver.settled()
    clock.advance(minutes=5)
    await desk.see(90.0, 300, saved=False)
    await desk.service.saver.settled()
    clock.advance(minutes=5)
    after = await successor(database, clock, disk)
    assert (after.t1.base, after.t1.raised_at, after.t1.occurrence) == (Base.RETURNED, raised_at, 1)
    await after.service.saver.save()
    assert await bases(after) == [Base.UNACKNOWLEDGED, Base.RETURNED]
    assert disk.steps == []


async def test_steps_that_were_saved_before_the_kill_are_not_saved_again(
    desk: Desk, database: Database, clock: FakeClock, disk: MemoryStepSpool
) -> None:
    await go_away(desk)
    await desk.see(102.8, 0, saved=False)
    await desk.service.saver.settled()
    on_disk = list(disk.steps)
    desk.store.is_away = False
    await desk.service.saver.save()
    clock.advance(seconds=5)
    await go_away(desk)
    await desk.see(90.0, 5, saved=False)
    await desk.service.saver.settled()
    disk.steps[:0] = on_disk  # the kill came between saving and clearing
    after = await successor(database, clock, disk)
    await after.service.saver.save()
    assert await bases(after) == [Base.UNACKNOWLEDGED, Base.RETURNED]


async def test_what_another_core_did_later_stands(
    desk: Desk, database: Database, clock: FakeClock, disk: MemoryStepSpool
) -> None:
    await go_away(desk)
    await desk.see(102.8, 0, saved=False)
    await desk.service.saver.settled()
    clock.advance(seconds=20)
    other = await Desk(database, clock, "desk 2").lead()
    await other.see(103.0, 20)
    await other.see(90.0, 21)
    await other.service.acknowledge(T1_HIGH, 1, "omar")
    after = await successor(database, clock, disk)
    await after.service.saver.save()
    assert (after.t1.base, after.t1.occurrence) == (Base.NORMAL, 1)


async def test_a_core_that_was_cut_off_and_leads_again_keeps_what_it_raised(desk: Desk, clock: FakeClock) -> None:
    await go_away(desk)
    await desk.see(102.8, 0, saved=False)
    await desk.service.saver.settled()
    desk.store.is_away = False
    await desk.lead()
    assert (desk.t1.base, desk.t1.occurrence) == (Base.UNACKNOWLEDGED, 1)
    await desk.see(103.0, 1)
    assert await bases(desk) == [Base.UNACKNOWLEDGED]


async def test_a_delay_that_ran_at_the_kill_runs_on(
    database: Database, clock: FakeClock, disk: MemoryStepSpool
) -> None:
    desk = Desk(database, clock)
    desk.service.saver.use(disk)
    await desk.lead(rule(Level.HI, 100.0, delays_s=(60.0, 0.0)))
    await go_away(desk)
    await desk.see(102.8, 0, saved=False)
    await desk.service.saver.settled()
    assert len(disk.timers) == 1
    after = await successor(database, clock, disk)
    await after.see(102.8, 60)
    assert after.t1.base is Base.UNACKNOWLEDGED


async def test_a_full_disk_holds_the_readings_back(desk: Desk, disk: MemoryStepSpool, clock: FakeClock) -> None:
    await go_away(desk)
    disk.is_full = True
    await desk.see(102.8, 0, saved=False)
    assert not await desk.service.saver._put_by(disk)
    disk.is_full = False
    await desk.service.saver.settled()
    assert len(disk.steps) == 1


async def test_an_acknowledgement_is_pending_at_once_while_the_database_is_known_to_be_away(desk: Desk) -> None:
    await go_away(desk)
    await desk.see(102.8, 0, saved=False)
    assert isinstance(await desk.service.acknowledge(T1_HIGH, 1, "amira"), AcknowledgePending)
    desk.store.is_away = False
    await desk.service.saver.save()
    await desk.service.catch_up()
    assert await bases(desk) == [Base.UNACKNOWLEDGED, Base.ACKNOWLEDGED]


async def test_a_leader_that_reads_everything_anew_keeps_what_it_had_not_saved(desk: Desk) -> None:
    await go_away(desk)
    await desk.see(102.8, 0, saved=False)
    desk.store.is_away = False
    await desk.service.start()
    await desk.service.saver.save()
    assert await bases(desk) == [Base.UNACKNOWLEDGED]


async def test_a_wish_that_is_lawless_is_refused_at_once_even_now(desk: Desk) -> None:
    await desk.see(102.8, 0)
    await desk.service.acknowledge(T1_HIGH, 1, "amira")
    await go_away(desk)
    assert isinstance(await desk.service.acknowledge(T1_HIGH, 1, "omar"), AlreadyAcknowledged)
