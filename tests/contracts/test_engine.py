"""What every Engine promises: the long-lived process, and its stand-in that solves in place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from backend_core.kernel.workers import Engine, WorkerFailed
from backend_core.runtime.engine_process import EngineProcess
from tests.backend_core.virtual_grid.stand_ins import InlineEngine

JOBS = "tests.backend_core.runtime.jobs"
ENGINES: list[Callable[[], Engine]] = [EngineProcess, InlineEngine]
pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=ENGINES, ids=lambda engine: engine.__name__)
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    made: Engine = request.param()
    yield made
    await made.stop()


async def test_a_question_gets_the_answer_of_its_function(engine: Engine) -> None:
    assert await engine.ask("sum", f"{JOBS}:double", 21) == 42


async def test_purposes_are_answered_side_by_side(engine: Engine) -> None:
    assert await asyncio.gather(*(engine.ask(f"sum {n}", f"{JOBS}:double", n) for n in range(3))) == [0, 2, 4]


async def test_what_the_function_raises_becomes_a_failed_worker(engine: Engine) -> None:
    with pytest.raises(WorkerFailed, match="does not work out"):
        await engine.ask("sum", f"{JOBS}:fail")
    assert await engine.ask("sum", f"{JOBS}:double", 1) == 2


async def test_a_stopped_engine_answers_no_more(engine: Engine) -> None:
    await engine.stop()
    with pytest.raises(WorkerFailed, match="stopped"):
        await engine.ask("sum", f"{JOBS}:double", 1)
