"""What a broker lost, dropped or refused becomes a gap once, with an honest beginning and end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from backend_core.gaps.model import BrokerMemory, Cause, Gap, Incident
from backend_core.gaps.service import REMEMBER_EVERY_S, GapService
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import DependencyAway
from backend_core.kernel.identities import PointId
from backend_core.kernel.links import LinkChanged, LinkName, LinkState
from backend_core.kernel.quality import Quality
from backend_core.telemetry.events import BatchJudged, SessionDoubted, SessionOpened
from backend_core.telemetry.model import BrokerTidings, Inlet, Reading, Receipt

BROKER = "broker:1883"


class Notebook:
    """A store in memory; while it is away it takes nothing."""

    def __init__(self) -> None:
        self.gaps: dict[int, Gap] = {}
        self.memory: BrokerMemory | None = None
        self.lines: list[str] = []
        self.is_away = False
        self.changed = asyncio.Event()

    async def recall(self, broker: str) -> BrokerMemory | None:
        return self.memory

    async def lasting(self) -> Sequence[Gap]:
        return [gap for gap in self.gaps.values() if gap.ended_at is None]

    async def save(self, incident: Incident) -> Sequence[Gap]:
        if self.is_away:
            raise DependencyAway("away", "wait")
        self.memory = incident.memory
        saved = [replace(gap, id=gap.id or len(self.gaps) + 1) for gap in incident.gaps]
        self.gaps |= {gap.id: gap for gap in saved}
        self.lines += incident.lines
        self.changed.set()
        return saved

    async def within(self, start: datetime, end: datetime) -> Sequence[Gap]:
        return list(self.gaps.values())


class Watch:
    """A leader's watch over its broker, on a clock that stands still; `again` is the next leader's."""

    def __init__(self, notebook: Notebook, clock: FakeClock) -> None:
        self.notebook = notebook
        self.clock = clock
        self.service = GapService(notebook, clock, BROKER)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self.service.run()), loop.create_task(self.service.remember())]

    async def opens(self, *, is_kept: bool, refused: tuple[str, ...] = ()) -> None:
        self.service.on_session(SessionOpened(self.clock.now_us(), BROKER, is_kept, refused))
        await self.rest()

    async def doubts(self, opened: datetime) -> None:
        self.service.on_session(SessionDoubted(round(opened.timestamp() * 1e6), BROKER))
        await self.rest()

    async def tells(self, dropped: int | None = None, started: datetime | None = None) -> None:
        started_us = None if started is None else round(started.timestamp() * 1e6)
        self.service.on_tidings(BrokerTidings(self.clock.now_us(), "2.0", dropped, started_us))
        await self.rest()

    async def stores_a_reading(self) -> None:
        now_us = self.clock.now_us()
        reading = Reading(PointId("s.voltage"), now_us, 0, 1.0, Quality.GOOD, 0, now_us, 0)
        receipt = Receipt()
        self.service.hear(BatchJudged([reading], [], [], [], Inlet.DURABLE, receipt, 1))
        receipt.complete()
        await self.rest()

    def loses_the_broker(self) -> None:
        state = LinkState(LinkName.BROKER, False, self.clock.now_us())
        self.service.on_link(LinkChanged(state))

    async def passes(self, seconds: float) -> None:
        for _ in range(int(seconds / REMEMBER_EVERY_S)):
            self.clock.advance(seconds=REMEMBER_EVERY_S)
            await self.rest()
        self.clock.advance(seconds=seconds % REMEMBER_EVERY_S)
        await self.rest()

    async def rest(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def again(self) -> Watch:
        await self.end()
        return Watch(self.notebook, self.clock)

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def watch() -> AsyncIterator[Watch]:
    made = Watch(Notebook(), FakeClock())
    try:
        yield made
    finally:
        await made.end()


@pytest.mark.asyncio
async def test_the_first_session_ever_is_no_gap():
    async with watch() as core:
        await core.opens(is_kept=False)
        assert core.notebook.gaps == {}
        assert core.notebook.memory is not None


@pytest.mark.asyncio
async def test_a_lost_session_is_a_gap_from_the_last_stored_reading_to_the_new_session():
    async with watch() as core:
        await core.opens(is_kept=False)
        await core.passes(30)
        await core.stores_a_reading()
        stored_at = core.clock.now()
        core.loses_the_broker()
        await core.passes(8)
        await core.opens(is_kept=False)
        (gap,) = core.notebook.gaps.values()
        assert (gap.started_at, gap.ended_at) == (stored_at, core.clock.now())
        assert gap.cause is Cause.SESSION_LOST
        assert "forgotten our session" in core.notebook.lines[0]


@pytest.mark.asyncio
async def test_a_kept_session_is_no_gap():
    async with watch() as core:
        await core.opens(is_kept=False)
        await core.opens(is_kept=True)
        assert core.notebook.gaps == {}


@pytest.mark.asyncio
async def test_the_next_leader_finds_the_session_lost_that_the_one_before_held():
    async with watch() as core:
        await core.opens(is_kept=False)
        await core.stores_a_reading()
        await core.passes(60)
        later = await core.again()
        await later.opens(is_kept=False)
        await later.end()
        (gap,) = later.notebook.gaps.values()
        assert gap.started_at >= core.clock.now() - timedelta(seconds=45), "a quiet session was known to be whole"


@pytest.mark.asyncio
async def test_a_broker_that_restarted_while_no_core_looked_is_told_as_a_gap():
    async with watch() as core:
        await core.opens(is_kept=False)
        await core.tells(started=core.clock.now() - timedelta(hours=1))
        await core.passes(60)
        await core.end()
        await core.passes(120)
        broker_began = core.clock.now()
        await core.passes(20)
        later = await core.again()
        await later.opens(is_kept=True)
        await later.tells(started=broker_began)
        await later.end()
        (gap,) = later.notebook.gaps.values()
        assert gap.cause is Cause.RESTARTED
        assert gap.started_at < broker_began


@pytest.mark.asyncio
async def test_a_broker_that_ran_all_the_time_is_no_gap_for_the_next_leader():
    async with watch() as core:
        began = core.clock.now() - timedelta(hours=1)
        await core.opens(is_kept=False)
        await core.tells(started=began)
        await core.passes(60)
        later = await core.again()
        await later.opens(is_kept=True)
        await later.tells(started=began)
        await later.end()
        assert later.notebook.gaps == {}


@pytest.mark.asyncio
async def test_a_session_that_goes_on_elsewhere_is_a_gap_up_to_its_opening():
    async with watch() as core:
        await core.opens(is_kept=False)
        await core.passes(30)
        await core.stores_a_reading()
        stored_at = core.clock.now()
        core.loses_the_broker()
        await core.passes(5)
        await core.opens(is_kept=True)
        opened_at = core.clock.now()
        await core.passes(40)
        await core.stores_a_reading()
        await core.doubts(opened_at)
        (gap,) = core.notebook.gaps.values()
        assert (gap.started_at, gap.ended_at, gap.cause) == (stored_at, opened_at, Cause.RESTARTED)


@pytest.mark.asyncio
async def test_dropped_messages_are_one_growing_gap_for_as_long_as_they_are_dropped():
    async with watch() as core:
        await core.opens(is_kept=False)
        await core.tells(dropped=500)
        looked_at = core.clock.now()
        assert core.notebook.gaps == {}, "what was dropped before we first looked is not known to be ours"
        for more in (600, 650):
            await core.passes(10)
            await core.tells(dropped=more)
        (gap,) = core.notebook.gaps.values()
        assert (gap.started_at, gap.ended_at, gap.detail) == (looked_at, core.clock.now(), "150")
        await core.passes(300)
        await core.tells(dropped=651)
        assert len(core.notebook.gaps) == 2


@pytest.mark.asyncio
async def test_a_counter_that_begins_anew_with_its_broker_counts_from_nothing():
    async with watch() as core:
        await core.opens(is_kept=False)
        await core.tells(dropped=500)
        await core.tells(dropped=0)
        assert core.notebook.gaps == {}
        await core.tells(dropped=3)
        assert [gap.detail for gap in core.notebook.gaps.values()] == ["3"]


@pytest.mark.asyncio
async def test_a_refused_filter_is_a_gap_of_its_own_until_it_is_granted():
    async with watch() as core:
        await core.opens(is_kept=False, refused=("grid/weather/#",))
        begun_at = core.clock.now()
        await core.opens(is_kept=True, refused=("grid/weather/#",))
        (gap,) = core.notebook.gaps.values()
        assert (gap.started_at, gap.ended_at, gap.scope) == (begun_at, None, "grid/weather/#")
        later = await core.again()
        later.clock.advance(seconds=600)
        await later.opens(is_kept=True)
        await later.end()
        (gap,) = later.notebook.gaps.values()
        assert gap.ended_at == begun_at + timedelta(seconds=600)


@pytest.mark.asyncio
async def test_what_cannot_be_written_is_written_when_the_database_is_back():
    async with watch() as core:
        await core.opens(is_kept=False)
        core.notebook.is_away = True
        core.clock.advance(seconds=5)
        await core.opens(is_kept=False)
        assert core.notebook.gaps == {}
        core.notebook.is_away = False
        await core.passes(2)
        assert [gap.cause for gap in core.notebook.gaps.values()] == [Cause.SESSION_LOST]


@pytest.mark.asyncio
async def test_messages_that_a_disk_damaged_are_a_gap_and_nothing_is_forgotten_of_the_broker():
    notebook, clock = Notebook(), FakeClock()
    notebook.memory = BrokerMemory(BROKER, clock.now(), dropped=7)
    service = GapService(notebook, clock, BROKER)
    await service.note_damage(clock.now() - timedelta(seconds=9), clock.now(), 12)
    (gap,) = await service.within(clock.now(), clock.now())
    assert (gap.cause, gap.detail, gap.ended_at) == (Cause.SPOOL_DAMAGED, "12", clock.now())
    assert notebook.memory == BrokerMemory(BROKER, clock.now(), dropped=7)
    assert "12 messages received from" in notebook.lines[0]
