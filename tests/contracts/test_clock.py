"""What a Clock promises, of the computer's own clocks and of the one that tests advance."""

import asyncio
from datetime import UTC

import pytest

from backend_core.kernel.clock import Clock, FakeClock, SystemClock, to_us


@pytest.fixture(params=[SystemClock, FakeClock])
def clock(request) -> Clock:
    return request.param()


async def waited(clock: Clock, seconds: float) -> None:
    sleeping = asyncio.get_running_loop().create_task(clock.sleep(seconds))
    await asyncio.sleep(0)
    if isinstance(clock, FakeClock):
        clock.advance(seconds=seconds)
    await sleeping


def test_now_is_aware_and_in_utc(clock):
    assert clock.now().tzinfo is UTC


def test_microseconds_and_datetime_tell_the_same_moment(clock):
    before, us, after = to_us(clock.now()), clock.now_us(), to_us(clock.now())
    assert before <= us <= after


@pytest.mark.asyncio
async def test_sleeping_lasts_as_long_as_asked_on_its_own_monotonic_clock(clock):
    before = clock.monotonic()
    await waited(clock, 0.05)
    assert clock.monotonic() - before >= 0.05 - 1e-9


@pytest.mark.asyncio
async def test_the_fake_wakes_sleepers_in_the_order_of_their_times():
    clock, woken = FakeClock(), []

    async def sleep(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(name)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sleep("late", 3.0))
        tasks.create_task(sleep("early", 1.0))
        await asyncio.sleep(0)
        clock.advance(seconds=5.0)
    assert woken == ["early", "late"]


def test_stepping_the_wall_clock_leaves_the_monotonic_one_alone():
    clock = FakeClock()
    before = clock.monotonic()
    clock.step_wall(seconds=-3600.0)
    assert clock.monotonic() == before
