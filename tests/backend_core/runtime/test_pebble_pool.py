"""Jobs in worker processes: they report, they can be killed, the next one does not suffer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.supervision import Supervisor
from backend_core.kernel.workers import WorkerFailed
from backend_core.runtime.pebble_pool import PebblePool

JOBS = "tests.backend_core.runtime.jobs"
pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[PebblePool]:
    made = PebblePool()
    yield made
    await made.stop()


async def test_a_job_runs_in_another_process(pool: PebblePool) -> None:
    assert await pool.run(f"{JOBS}:double", 21) == 42
    assert await pool.run(f"{JOBS}:pid") != os.getpid()


@pytest.mark.parametrize("attempt", range(5))
async def test_progress_is_told_to_its_end_before_the_result(pool: PebblePool, attempt: int) -> None:
    said: list[tuple[float, str]] = []
    assert await pool.run(f"{JOBS}:count", 50, progress=lambda share, text: said.append((share, text))) == 50
    assert said[-1] == (1.0, "step 50")
    assert [share for share, _ in said] == sorted(share for share, _ in said)


async def test_cancelling_kills_the_job_and_frees_its_place(pool: PebblePool) -> None:
    begun = asyncio.Semaphore(0)
    jobs = Supervisor(SystemClock())
    for n in range(2):
        jobs.spawn(f"hang {n}", pool.run(f"{JOBS}:hang", progress=lambda share, text: begun.release()))
    await begun.acquire()
    await jobs.stop()
    assert jobs.names() == []
    assert await asyncio.gather(*(pool.run(f"{JOBS}:double", n, timeout_s=20.0) for n in range(4))) == [0, 2, 4, 6]


async def test_a_job_without_end_is_ended_by_its_time_limit(pool: PebblePool) -> None:
    with pytest.raises(WorkerFailed, match="did not finish"):
        await pool.run(f"{JOBS}:hang", timeout_s=0.2)


async def test_a_job_that_fails_says_why(pool: PebblePool) -> None:
    with pytest.raises(WorkerFailed, match="does not work out"):
        await pool.run(f"{JOBS}:fail")


async def test_a_worker_that_dies_takes_only_its_own_job_with_it(pool: PebblePool) -> None:
    with pytest.raises(WorkerFailed, match="ended in the middle"):
        await pool.run(f"{JOBS}:die")
    assert await pool.run(f"{JOBS}:double", 5) == 10


async def test_a_worker_is_warm_before_its_first_job_and_again_after_a_job_was_killed() -> None:
    pool = PebblePool((f"{JOBS}:warm_up",), workers=1)
    try:
        assert await pool.run(f"{JOBS}:is_warm")
        with pytest.raises(WorkerFailed, match="ended in the middle"):
            await pool.run(f"{JOBS}:die")
        assert await pool.run(f"{JOBS}:is_warm")
    finally:
        await pool.stop()


async def test_workers_load_nothing_heavy_unasked(pool: PebblePool) -> None:
    assert await pool.run(f"{JOBS}:heavy_modules") == []
