"""What every keeper of alarm steps must do while the database is away: a `StepSpool`, on the disk and in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from backend_core.alarms.model import Alarm, Happening, LeftBehind, Level, Step, Stimulus, Timer
from backend_core.alarms.ports import StepSpool
from backend_core.alarms.rules import life
from backend_core.alarms.segment_spool import SegmentStepSpool
from backend_core.kernel.clock import FakeClock
from backend_core.storage.segment_log import Budget
from backend_core.storage.spool import Spool
from tests.backend_core.alarms.desk import START, T1, alarm, breach
from tests.backend_core.alarms.memory_spool import MemoryStepSpool

pytestmark = pytest.mark.asyncio
TIMER = Timer(T1, Level.HI, True, START)


class Computer:
    """Opens the spool as each run of the program does."""

    def __init__(self, open_one: Callable[[], StepSpool | Spool]) -> None:
        self._open_one = open_one
        self._spools: list[Spool] = []

    async def begin(self) -> StepSpool:
        self.end()
        made = self._open_one()
        if not isinstance(made, Spool):
            return made
        self._spools.append(made)
        await made.open()
        return SegmentStepSpool(made)

    def end(self) -> None:
        with suppress(IndexError):
            self._spools.pop().close()


@pytest_asyncio.fixture(params=["disk", "memory"])
async def computer(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Computer]:
    memory = MemoryStepSpool()
    made = Computer(
        {"disk": lambda: Spool(tmp_path, "alarms", Budget(), FakeClock()), "memory": lambda: memory}[request.param]
    )
    yield made
    made.end()


def life_of(*kinds: Happening) -> list[Step]:
    steps: list[Step] = []
    for second, kind in enumerate(kinds):
        before = steps[-1].after if steps else alarm()
        stimulus = Stimulus(kind, START + timedelta(seconds=second), breach(), "amira", before.occurrence)
        after = life.meet(before, stimulus)
        assert isinstance(after, Alarm)
        steps.append(Step(stimulus, before, after, "desk 1"))
    return steps


def held(left: LeftBehind) -> tuple[Sequence[Step], Sequence[Timer]]:
    return list(left.steps), list(left.timers)


async def test_an_empty_spool_left_nothing_behind(computer: Computer) -> None:
    spool = await computer.begin()
    assert spool.is_open
    assert await spool.left_behind() == LeftBehind()


async def test_steps_and_timers_are_found_by_the_next_run_exactly_and_in_order(computer: Computer) -> None:
    steps = life_of(Happening.COND_TRUE, Happening.ACKNOWLEDGE, Happening.COND_FALSE, Happening.COND_TRUE)
    spool = await computer.begin()
    await spool.keep(steps[:2], [TIMER])
    await spool.keep(steps[2:], [Timer(T1, Level.HI, True, None)])
    left = await (await computer.begin()).left_behind()
    assert held(left) == (steps, [TIMER, Timer(T1, Level.HI, True, None)])


async def test_what_was_cleared_does_not_come_again_and_what_came_after_does(computer: Computer) -> None:
    raised, seen = life_of(Happening.COND_TRUE, Happening.ACKNOWLEDGE)
    spool = await computer.begin()
    await spool.keep([raised], [])
    await spool.clear()
    await spool.keep([seen], [])
    spool = await computer.begin()
    assert held(await spool.left_behind()) == ([seen], [])
    await spool.clear()
    assert await (await computer.begin()).left_behind() == LeftBehind()
