"""Tasks have names and ends: a kept one outlives its failures, and stopping leaves none behind."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.supervision import Supervisor


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.asyncio
@pytest.mark.allow_log_errors
async def test_a_kept_task_is_started_again_after_a_growing_pause():
    clock, begun = FakeClock(), []
    supervisor = Supervisor(clock)

    async def work() -> None:
        begun.append(clock.monotonic())
        if len(begun) < 4:
            raise OSError("away")

    supervisor.keep("work", work)
    for pause_s in (1, 2, 4):
        await turns()
        clock.advance(seconds=pause_s - 0.5)
        await turns()
        clock.advance(seconds=0.5)
    await turns()
    assert [later - sooner for sooner, later in pairwise(begun)] == [1, 2, 4]
    assert supervisor.failures == {"work": 3}
    assert supervisor.names() == []


@pytest.mark.asyncio
@pytest.mark.allow_log_errors
async def test_a_task_that_fails_is_counted_by_its_name():
    supervisor = Supervisor(FakeClock())

    async def work() -> None:
        raise KeyError("x")

    task = supervisor.spawn("once", work())
    await asyncio.wait({task})
    await turns()
    assert supervisor.failures == {"once": 1}


@pytest.mark.asyncio
async def test_stopping_ends_every_task_and_lets_it_clean_up():
    supervisor, cleaned = Supervisor(FakeClock()), []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    supervisor.spawn("a", work())
    supervisor.keep("b", work)
    await turns()
    assert supervisor.names() == ["a", "b"]
    await supervisor.stop()
    assert cleaned == [True, True]
    assert supervisor.names() == []
