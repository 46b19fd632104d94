"""`Clock`: time is UTC, in whole microseconds, and one of its clocks never steps back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.kernel.clock import Clock, FakeClock, SystemClock, from_us, to_us

EACH = pytest.mark.parametrize("clock", [SystemClock(), FakeClock()], ids=["system", "fake"])


@EACH
def test_its_times_are_aware_and_agree(clock: Clock):
    assert clock.now().tzinfo is UTC
    assert abs(to_us(clock.now()) - clock.now_us()) < 1_000_000
    assert clock.monotonic() <= clock.monotonic()


@EACH
@pytest.mark.asyncio
async def test_waiting_ends_when_its_time_has_come(clock: Clock):
    waiting = asyncio.get_running_loop().create_task(clock.sleep(0.01), name="wait")
    await asyncio.sleep(0)
    if isinstance(clock, FakeClock):
        assert not waiting.done()
        clock.advance(seconds=0.01)
    await asyncio.wait_for(waiting, 5.0)


@pytest.mark.asyncio
async def test_a_fake_clock_wakes_sleepers_in_the_order_of_their_times():
    clock, woken = FakeClock(), []

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    tasks = [asyncio.get_running_loop().create_task(sleep(s), name=f"{s}") for s in (3.0, 1.0, 2.0)]
    await asyncio.sleep(0)
    clock.advance(seconds=5)
    await asyncio.wait(tasks)
    assert woken == [1.0, 2.0, 3.0]


def test_stepping_the_wall_leaves_the_other_alone():
    clock = FakeClock()
    before = clock.monotonic()
    clock.step_wall(seconds=-3600)
    assert clock.monotonic() == before
    assert clock.now() == datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


@given(microseconds=st.integers(-(10**16), 10**17))
def test_microseconds_go_there_and_back(microseconds: int):
    assert to_us(from_us(microseconds)) == microseconds
