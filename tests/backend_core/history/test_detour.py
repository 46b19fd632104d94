"""While the database is away or slow, batches wait on the disk, acknowledged; then they are stored in order, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from backend_core.history.live.detour import Detour
from backend_core.history.model import Writing, Written
from backend_core.history.rules.patience import PATIENCE_S, is_slow
from backend_core.history.service import HistoryService
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import NotLeading
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import Heard, Inlet, Judged, RawMessage, Reading, Receipt
from tests.backend_core.history.memory_spool import MemorySpool
from tests.backend_core.history.test_service import NOW, MoodyStore

pytestmark = pytest.mark.asyncio


class SlowStore(MoodyStore):
    """A store whose commits may take their time, and that remembers who wrote."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self.takes_s = 0.0
        self.is_gone = False
        self.refuses_leader = False
        self.written_as_leader: list[bool] = []

    async def write(self, writing: Writing, *, as_leader: bool = True) -> Written:
        if self.is_gone:
            self.away = 1
        if self.refuses_leader and as_leader:
            raise NotLeading("Another leads.")
        if self.takes_s:
            await self._clock.sleep(self.takes_s)
        written = await super().write(writing)
        self.written_as_leader.append(as_leader)
        return written


def reading(value: float) -> Reading:
    return Reading(PointId("s.v"), int(value), 0, value, Quality.GOOD, 0, 0, 0)


def judge_again(heard: Sequence[Heard]) -> Judged:
    """Each message holds one number."""
    return Judged([reading(float(one.message.payload)) for one in heard])


class Stage:
    """The service with a disk, at work on a moody store."""

    def __init__(self, spool: MemorySpool | None = None) -> None:
        self.clock = FakeClock(NOW)
        self.store, self.spool = SlowStore(self.clock), spool or MemorySpool()
        self.detour = Detour(self.spool, judge_again, self.clock, {})
        self.service = HistoryService(self.store, self.clock, {}, self.detour)
        self.fates: list[str] = []
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self.service.run()), loop.create_task(self.service.catch_up())]

    def keep(self, *values: float) -> None:
        readings = [reading(v) for v in values]
        heard = [Heard(RawMessage("t", str(v).encode(), False, False), int(v)) for v in values]
        receipt = Receipt(lambda: self.fates.append("stored"), lambda: self.fates.append("dropped"))
        self.service.keep(BatchJudged(readings, readings, (), (), Inlet.DURABLE, receipt, heard))

    async def turns(self, count: int = 60) -> None:
        for _ in range(count):
            await asyncio.sleep(0)

    async def pass_time(self, seconds: float, step_s: float = 0.5) -> None:
        for _ in range(int(seconds / step_s)):
            self.clock.advance(seconds=step_s)
            await self.turns()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


async def test_a_healthy_database_gets_every_batch_without_the_disk():
    stage = Stage()
    stage.keep(1, 2)
    await stage.turns()
    assert (stage.store.values, stage.fates, stage.spool.pieces) == ([1, 2], ["stored"], [])
    await stage.end()


async def test_a_database_that_is_away_costs_no_acknowledgement_and_no_reading():
    stage = Stage()
    stage.store.is_gone = True
    for value in range(1, 6):
        stage.keep(value)
        await stage.turns()
    assert (stage.store.values, stage.fates) == ([], ["stored"] * 5)
    assert stage.service.spooled.messages == 5
    stage.store.is_gone, stage.store.away = False, 0
    await stage.pass_time(5)
    assert stage.store.values == [1, 2, 3, 4, 5]
    assert stage.service.spooled.messages == 0
    await stage.end()


async def test_what_comes_while_the_rest_drains_waits_behind_it():
    stage = Stage()
    stage.store.is_gone = True
    stage.keep(1)
    await stage.turns()
    stage.store.is_gone, stage.store.away, stage.store.takes_s = False, 0, 1.0
    stage.keep(2)
    await stage.turns()
    await stage.pass_time(8)
    stage.store.takes_s = 0.0
    stage.keep(3)
    await stage.turns()
    assert stage.store.values == [1, 2, 3]
    await stage.end()


async def test_the_last_of_what_waits_is_caught_up_with_and_the_disk_rests():
    stage = Stage()
    stage.store.is_gone = True
    stage.keep(1)
    await stage.turns()
    stage.store.is_gone, stage.store.away, stage.store.takes_s = False, 0, 0.5
    for value in range(2, 30):
        stage.keep(value)
        await stage.pass_time(0.5)
    on_disk = len(stage.spool.pieces)
    assert on_disk < 10
    stage.keep(30)
    await stage.pass_time(3)
    assert stage.store.values == list(range(1, 31))
    assert len(stage.spool.pieces) == on_disk
    await stage.end()


async def test_a_commit_that_takes_too_long_is_not_waited_for_and_nothing_comes_twice():
    stage = Stage()
    stage.store.takes_s = 30.0
    stage.keep(1)
    await stage.turns()
    assert stage.fates == []
    await stage.pass_time(PATIENCE_S)
    assert stage.fates == ["stored"]
    assert stage.service.spooled.messages == 1
    await stage.end()


async def test_a_database_whose_commits_are_slow_is_written_from_the_disk():
    stage = Stage()
    stage.store.takes_s = 1.9
    stage.keep(1)
    await stage.pass_time(3)
    assert stage.spool.pieces == []
    stage.store.takes_s = 2.5
    stage.keep(2)
    await stage.pass_time(12)
    assert len(stage.spool.pieces) == 1
    stage.keep(3)
    await stage.turns()
    assert stage.fates == ["stored"] * 3, "the disk answers at once"
    await stage.end()


async def test_slow_is_told_by_the_95th_percentile_not_by_one_bad_commit():
    assert not is_slow([])
    assert not is_slow([0.1] * 19 + [9.0])
    assert is_slow([0.1] * 18 + [9.0, 9.0])


async def test_a_full_disk_acknowledges_nothing_until_the_database_is_back_and_deletes_nothing():
    stage = Stage(MemorySpool(room=1))
    stage.store.is_gone = True
    stage.keep(1)
    await stage.turns()
    stage.keep(2)
    await stage.turns()
    assert stage.fates == ["stored"]
    assert stage.service.spooled.refusal == "The disk is full."
    assert any("broker holds what comes" in note for note in stage.service.take_notes())
    stage.store.is_gone, stage.store.away = False, 0
    await stage.pass_time(8)
    assert (stage.store.values, stage.fates) == ([1, 2], ["stored", "stored"])
    assert stage.service.spooled.refusal == ""
    await stage.end()


async def test_what_was_acknowledged_here_is_stored_even_when_another_leads_by_then():
    stage = Stage()
    stage.store.is_gone = True
    stage.keep(1)
    await stage.turns()
    stage.store.is_gone, stage.store.away, stage.store.refuses_leader = False, 0, True
    await stage.pass_time(2)
    assert stage.store.values == [], "nobody has said yet who leads"
    stage.service.stand_by()
    await stage.pass_time(8)
    assert (stage.store.values, stage.store.written_as_leader) == ([1], [False])
    await stage.end()


async def test_a_batch_in_memory_is_left_to_the_next_leader_not_kept_here():
    stage = Stage()
    stage.store.is_fenced = True
    stage.keep(1)
    await stage.turns()
    assert (stage.fates, stage.spool.pieces) == (["dropped"], [])
    await stage.end()


async def test_readings_that_never_were_messages_wait_too():
    stage = Stage()
    stage.store.is_gone = True
    receipt = Receipt(lambda: stage.fates.append("stored"))
    stage.service.keep(BatchJudged([reading(7)], (), (), (), Inlet.DURABLE, receipt))
    await stage.turns()
    assert stage.fates == ["stored"]
    stage.store.is_gone, stage.store.away = False, 0
    await stage.pass_time(3)
    assert stage.store.values == [7]
    await stage.end()


async def test_poison_among_what_waited_is_set_apart_and_the_rest_stored():
    stage = Stage()
    stage.store.is_gone = True
    stage.keep(*range(100))
    await stage.turns()
    stage.store.is_gone, stage.store.away, stage.store.poison = False, 0, {13.0, 77.0}
    await stage.pass_time(3)
    assert sorted(stage.store.values) == [v for v in range(100) if v not in (13, 77)]
    assert len(stage.store.rejections) == 2
    await stage.end()


async def test_how_long_messages_waited_is_told_when_they_are_stored():
    stage = Stage()
    stage.store.is_gone = True
    stage.keep(1, 2)
    await stage.pass_time(60)
    stage.store.is_gone, stage.store.away = False, 0
    await stage.pass_time(8)
    assert stage.service.take_notes() == [
        "2 messages that had waited on this computer since 12:00:00 UTC are stored now."
    ]
    assert stage.service.take_notes() == []
    await stage.end()
