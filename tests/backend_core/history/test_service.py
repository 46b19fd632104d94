"""Receipts are given after the commit and never before, whatever the database does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from backend_core.history.model import History, HistoryTotals, Writing, Written
from backend_core.history.service import HistoryService
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import DependencyAway, Fenced
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import Inlet, Reading, Receipt, Rejection

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class MoodyStore:
    """A store in memory that can be away, hand over to another leader, or refuse single values."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.rejections: list[Rejection] = []
        self.away = 0
        self.is_fenced = False
        self.poison: set[float] = set()
        self.takes_rejections = True

    async def write(self, writing: Writing, *, as_leader: bool = True) -> Written:
        if self.is_fenced:
            raise Fenced("Another core leads now.")
        if self.away:
            self.away -= 1
            raise DependencyAway("The database does not answer.")
        if self.poison & {reading.value for reading in writing.readings}:
            raise ValueError("a NUL in a text")
        if writing.rejections and not self.takes_rejections:
            raise ValueError("no right to write there")
        self.values += [reading.value for reading in writing.readings]
        self.rejections += writing.rejections
        return Written(len(writing.readings), 0, 0, len(writing.rejections), {})

    async def tidy(self, now: datetime) -> int:
        return 0

    async def span(self, points: Sequence[PointId], start: datetime, end: datetime, columns: int) -> History:
        return History(start, end, {})

    async def latest(self) -> list[Reading]:
        return []

    async def totals(self) -> HistoryTotals:
        return HistoryTotals()

    def stream(self, point: str | None, start: datetime | None, end: datetime | None) -> Iterator[Reading]:
        return iter(())


class Stage:
    """The service at work on a moody store, with the fates of the batches it was given."""

    def __init__(self) -> None:
        self.store, self.clock = MoodyStore(), FakeClock(NOW)
        self.service = HistoryService(self.store, self.clock, {})
        self.fates: list[str] = []
        self._running = asyncio.get_running_loop().create_task(self.service.run(), name="record")

    def keep(self, *values: float, inlet: Inlet = Inlet.DURABLE, rejections: tuple[Rejection, ...] = ()) -> None:
        readings = [Reading(PointId("s.v"), int(v), 0, v, Quality.GOOD, 0, 0, 0) for v in values]
        receipt = Receipt(lambda: self.fates.append("stored"), lambda: self.fates.append("dropped"))
        self.service.keep(BatchJudged(readings, readings, rejections, (), inlet, receipt))

    async def turns(self, count: int = 60) -> None:
        for _ in range(count):
            await asyncio.sleep(0)

    async def end(self) -> None:
        self._running.cancel()
        await asyncio.wait({self._running})


@pytest.mark.asyncio
async def test_batches_that_gather_are_one_commit_and_then_get_their_receipts():
    stage = Stage()
    stage.keep(1, 2)
    stage.keep(3)
    assert stage.fates == []
    await stage.turns()
    assert (stage.store.values, stage.fates, stage.service.commits) == ([1, 2, 3], ["stored", "stored"], 1)
    await stage.end()


@pytest.mark.asyncio
async def test_live_batches_are_not_kept():
    stage = Stage()
    stage.keep(1, inlet=Inlet.LIVE)
    await stage.turns()
    assert (stage.store.values, stage.fates) == ([], [])
    await stage.end()


@pytest.mark.asyncio
async def test_a_database_that_is_away_is_tried_again_with_growing_pauses_until_it_is_back():
    stage = Stage()
    stage.store.away = 4
    stage.keep(1)
    for pause_s in (0.1, 0.2, 0.4, 0.8):
        await stage.turns()
        assert stage.fates == []
        stage.clock.advance(seconds=pause_s)
    await stage.turns()
    assert (stage.store.values, stage.fates) == ([1], ["stored"])
    await stage.end()


@pytest.mark.asyncio
async def test_a_batch_that_another_leader_writes_is_dropped_not_acknowledged():
    stage = Stage()
    stage.store.is_fenced = True
    stage.keep(1)
    await stage.turns()
    stage.keep(2)
    stage.service.forget()
    await stage.turns()
    assert (stage.store.values, stage.fates) == ([], ["dropped", "dropped"])
    await stage.end()


@pytest.mark.asyncio
async def test_the_rows_that_the_database_refuses_are_quarantined_and_all_others_stored():
    stage = Stage()
    stage.store.poison = {13.0, 77.0}
    stage.keep(*map(float, range(100)), rejections=(Rejection("t", b"x", "json", "No JSON.", 0),))  # type: ignore[arg-type]
    await stage.turns(600)
    assert sorted(stage.store.values) == [v for v in range(100) if v not in (13, 77)]
    assert [rejection.reason for rejection in stage.store.rejections] == ["json", "schema", "schema"]
    assert stage.fates == ["stored"]
    await stage.end()


@pytest.mark.asyncio
@pytest.mark.allow_log_errors
async def test_when_the_database_takes_nothing_at_all_nothing_is_acknowledged():
    stage = Stage()
    stage.store.poison, stage.store.takes_rejections = {1.0}, False
    stage.keep(1.0)
    await stage.turns()
    stage.clock.advance(seconds=60)
    await stage.turns()
    assert stage.fates == []
    stage.store.takes_rejections = True
    stage.clock.advance(seconds=60)
    await stage.turns()
    assert stage.fates == ["stored"]
    await stage.end()


@pytest.mark.asyncio
async def test_nothing_is_written_before_the_alarms_of_the_batch_are_safe():
    stage, safe = Stage(), asyncio.Event()
    stage.service.before_acknowledging(safe.wait)
    stage.keep(1)
    await stage.turns()
    assert stage.store.values == []
    safe.set()
    await stage.turns()
    assert stage.fates == ["stored"]
    await stage.end()


@pytest.mark.asyncio
async def test_what_waits_is_drained_before_the_end():
    stage = Stage()
    stage.keep(1)
    await asyncio.wait_for(stage.service.drained(), 1.0)
    assert stage.fates == ["stored"]
    await asyncio.wait_for(stage.service.drained(), 1.0)
    await stage.end()
