"""The solving process: newest wins, nothing blocks, deaths are survived."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backend_core.kernel.workers import Superseded, WorkerFailed
from backend_core.runtime.engine_process import EngineProcess

JOBS = "tests.backend_core.runtime.jobs"
pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def engine() -> AsyncIterator[EngineProcess]:
    made = EngineProcess()
    yield made
    await made.stop()


async def test_a_question_is_answered_by_another_process(engine: EngineProcess) -> None:
    assert await engine.ask("sum", f"{JOBS}:double", 21) == 42
    assert await engine.ask("who", f"{JOBS}:pid") == engine.pid != os.getpid()


async def test_the_newest_question_of_a_purpose_wins(engine: EngineProcess) -> None:
    answers = await asyncio.gather(*(engine.ask("sum", f"{JOBS}:double", n) for n in range(5)), return_exceptions=True)
    assert all(isinstance(answer, Superseded) for answer in answers[:-1])
    assert answers[-1] == 8
    assert engine.superseded == 4


async def test_purposes_do_not_overtake_one_another(engine: EngineProcess) -> None:
    assert await asyncio.gather(*(engine.ask(f"sum {n}", f"{JOBS}:double", n) for n in range(4))) == [0, 2, 4, 6]


async def test_a_failed_sum_is_told_and_the_process_lives_on(engine: EngineProcess) -> None:
    with pytest.raises(WorkerFailed, match="does not work out"):
        await engine.ask("sum", f"{JOBS}:fail")
    assert await engine.ask("sum", f"{JOBS}:double", 1) == 2
    assert engine.restarts == 0


async def test_a_dead_process_fails_its_question_and_is_started_again(engine: EngineProcess) -> None:
    with pytest.raises(WorkerFailed, match="ended in the middle"):
        await engine.ask("sum", f"{JOBS}:die")
    assert await engine.ask("sum", f"{JOBS}:double", 3) == 6
    assert engine.restarts == 1


async def test_killed_from_outside_while_idle_it_answers_the_next_question(engine: EngineProcess) -> None:
    await engine.ask("sum", f"{JOBS}:double", 1)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    await asyncio.to_thread(os.waitid, os.P_PID, engine.pid, os.WEXITED | os.WNOWAIT)
    assert await engine.ask("sum", f"{JOBS}:double", 3) == 6


async def test_a_process_that_never_answers_is_ended(engine: EngineProcess) -> None:
    await engine.ask("sum", f"{JOBS}:double", 1)
    with pytest.raises(WorkerFailed, match="no answer"):
        await engine.ask("sum", f"{JOBS}:hang", timeout_s=0.1)
    assert await engine.ask("sum", f"{JOBS}:double", 4) == 8


async def test_stopping_fails_what_is_open(engine: EngineProcess) -> None:
    await engine.ask("sum", f"{JOBS}:double", 1)
    hanging, _ = await asyncio.gather(engine.ask("sum", f"{JOBS}:hang"), engine.stop(), return_exceptions=True)
    assert isinstance(hanging, WorkerFailed)
    with pytest.raises(WorkerFailed, match="stopped"):
        await engine.ask("sum", f"{JOBS}:double", 1)


async def test_the_process_loads_nothing_heavy_unasked(engine: EngineProcess) -> None:
    assert await engine.ask("modules", f"{JOBS}:heavy_modules") == []
