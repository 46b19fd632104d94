"""The core runs on its own thread; questions are awaited, and silence is told in words."""

import asyncio
import threading

import pytest

from backend_core.kernel.errors import CoreError, DependencyAway
from console.bridge.core_link import CoreLink


class Gateway:
    """A core that knows where it runs."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()

    async def where(self) -> str:
        return threading.current_thread().name

    async def away(self) -> None:
        raise DependencyAway("The database does not answer.", "Wait.")

    async def never(self) -> None:
        await asyncio.Event().wait()


class LittleCore:
    def __init__(self) -> None:
        self.gateway = Gateway()
        self.stopped = False
        self.abandoned = False

    def start(self) -> None: ...

    async def stop(self) -> None:
        self.stopped = True

    def guard(self, on_late) -> None:
        self.on_late = on_late

    def abandon(self) -> None:
        self.abandoned = True


async def opened(make=LittleCore) -> CoreLink:
    link = CoreLink(make)
    link.open()
    await asyncio.get_running_loop().run_in_executor(None, link.ready.wait, 5.0)
    return link


@pytest.mark.asyncio
async def test_a_question_is_answered_on_the_core_thread():
    link = await opened()
    assert await link.ask(lambda core: core.where()) == "core"
    await link.close()


@pytest.mark.asyncio
async def test_the_core_runs_on_a_selector_loop_on_every_platform():
    link = await opened()
    assert isinstance(link.gateway.loop, asyncio.SelectorEventLoop)
    await link.close()


@pytest.mark.asyncio
async def test_what_the_world_does_wrong_comes_through_as_it_was_said():
    link = await opened()
    with pytest.raises(DependencyAway, match="database does not answer"):
        await link.ask(lambda core: core.away())
    await link.close()


@pytest.mark.asyncio
async def test_a_core_that_does_not_answer_in_time_is_an_error_with_a_remedy():
    link = await opened()
    with pytest.raises(CoreError, match=r"did not answer within 0\.05 s"):
        await link.ask(lambda core: core.never(), limit_s=0.05)
    await link.close()


@pytest.mark.asyncio
async def test_closing_stops_the_core_in_good_order():
    made = []

    def make() -> LittleCore:
        made.append(LittleCore())
        return made[-1]

    link = await opened(make)
    await link.close()
    assert made[0].stopped
    with pytest.raises(CoreError, match="not running"):
        await link.ask(lambda core: core.where())


@pytest.mark.asyncio
@pytest.mark.allow_log_errors
async def test_a_core_that_cannot_start_leaves_the_screen_standing():
    def make() -> LittleCore:
        raise RuntimeError("no core today")

    link = await opened(make)
    assert str(link.trouble) == "no core today"
    await link.close()


@pytest.mark.asyncio
async def test_a_failing_task_of_the_screen_is_told_in_words():
    link = await opened()
    told = []
    link.tell = lambda what, remedy: told.append((what, remedy))
    task = link.start(link.ask(lambda core: core.away()), "load")
    await asyncio.wait([task])
    assert told == [("The database does not answer.", "Wait.")]
    await link.close()


@pytest.mark.asyncio
@pytest.mark.allow_log_errors
async def test_a_core_that_stood_still_past_its_lease_is_replaced_and_the_screen_goes_on():
    made: list[LittleCore] = []
    thaw = threading.Event()

    def make() -> LittleCore:
        made.append(LittleCore())
        return made[-1]

    link = await opened(make)
    frozen = link.gateway
    frozen.loop.call_soon_threadsafe(thaw.wait)
    link.ready.clear()
    made[0].on_late()
    await asyncio.get_running_loop().run_in_executor(None, link.ready.wait, 10.0)
    assert made[0].abandoned
    assert link.gateway is made[1].gateway
    assert await link.ask(lambda core: core.where()) == "core"
    thaw.set()
    await link.close()
