"""What every WorkerPool promises: spawned processes, and the stand-in that runs a job where it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from backend_core.kernel.workers import InlinePool, WorkerPool
from backend_core.runtime.pebble_pool import PebblePool

JOBS = "tests.backend_core.runtime.jobs"
POOLS: list[Callable[[], WorkerPool]] = [PebblePool, InlinePool]
pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=POOLS, ids=lambda pool: pool.__name__)
async def pool(request: pytest.FixtureRequest) -> AsyncIterator[WorkerPool]:
    made: WorkerPool = request.param()
    yield made
    await made.stop()


async def test_a_job_gives_the_result_of_its_function(pool: WorkerPool) -> None:
    assert await pool.run(f"{JOBS}:double", 21) == 42


async def test_a_job_that_can_tell_its_progress_tells_it_to_the_end(pool: WorkerPool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hear(share: float, text: str) -> None:
        if share >= 1.0:
            loop.call_soon_threadsafe(ended.set)

    assert await pool.run(f"{JOBS}:count", 5, progress=hear) == 5
    await asyncio.wait_for(ended.wait(), 10.0)


async def test_more_jobs_than_places_all_come_to_their_end(pool: WorkerPool) -> None:
    assert await asyncio.gather(*(pool.run(f"{JOBS}:double", n) for n in range(6))) == [0, 2, 4, 6, 8, 10]


async def test_a_failed_job_raises_and_the_next_one_runs(pool: WorkerPool) -> None:
    with pytest.raises(Exception, match="does not work out"):
        await pool.run(f"{JOBS}:fail")
    assert await pool.run(f"{JOBS}:double", 1) == 2
