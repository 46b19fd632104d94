"""Every RecordKeeper: rollups follow their readings, late ones too; nothing goes before it is rolled up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backend_core.history.keeping import RecordKeeping, is_due
from backend_core.history.model import PointHistory, Progress, Rollup, Terms, Writing, Written
from backend_core.history.ports import RecordKeeper
from backend_core.history.rules.resolution import Limits
from backend_core.history.sql_keeper import SqlRecordKeeper
from backend_core.history.sql_partitions import days_held
from backend_core.history.sql_rollups import read_buckets
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import FakeClock, to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.sharing.model import Console
from backend_core.sharing.sql_lease import SqlLease
from backend_core.storage.database import Database
from backend_core.telemetry.model import Reading

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOON_US = to_us(NOW)
DAY_S = 86_400
V, W = PointId("s.voltage"), PointId("s.watched")


class Archive:
    """A record that this core leads, with its keeper."""

    def __init__(self, url: str) -> None:
        self.clock = FakeClock(NOW)
        self.database = Database(url, self.clock)
        self.store = SqlHistoryStore(self.database, "here")
        self.keeper: RecordKeeper = SqlRecordKeeper(self.database)
        self.watched: list[PointId] = []
        self.keeping = RecordKeeping(self.keeper, self.clock, self._is_watched, Terms())

    async def lead(self) -> None:
        console = Console("0" * 36, "here", "op", "host", "1")
        self.database.epoch = await SqlLease(self.database, self.clock).acquire(console)

    async def write(self, *readings: Reading) -> Written:
        return await self.store.write(Writing(readings, (), (), {}, self.clock.now()))

    async def span(self, start_s: float, end_s: float, columns: int = 100, point: PointId = V) -> PointHistory:
        start, end = (NOW + timedelta(seconds=at_s) for at_s in (start_s, end_s))
        return (await self.store.span([point], start, end, columns)).points[point]

    def buckets(self, rollup: Rollup, number: int = 1) -> list[tuple[float, ...]]:
        """Start in seconds from noon, lowest, highest, count."""
        span = (0, 2**55)
        found = self.database.look(lambda c: read_buckets(c, rollup, [number], span))
        starts = ((found.bucket_us - NOON_US) / 1e6).tolist()
        return list(zip(starts, found.low.tolist(), found.high.tolist(), found.count.tolist(), strict=True))

    def ask(self, query: str) -> list[tuple]:
        return self.database.look(lambda connection: [tuple(row) for row in connection.execute(text(query))])

    async def _is_watched(self, points: Sequence[PointId]) -> Sequence[PointId]:
        return [point for point in points if point in self.watched]


@asynccontextmanager
async def archive_on(url: str) -> AsyncIterator[Archive]:
    archive = Archive(url)
    try:
        await archive.lead()
        yield archive
    finally:
        await archive.database.close()


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


def reading(at_s: float, value: float = 1.0, point: PointId = V, quality: Quality = Quality.GOOD) -> Reading:
    return Reading(point, NOON_US + round(at_s * 1e6), 0, value, quality, 0, NOON_US, 0)


@pytest.mark.asyncio
async def test_ended_buckets_are_rolled_up_with_their_hour_and_day_and_the_open_one_waits(url: str):
    async with archive_on(url) as archive:
        await archive.write(*[reading(-600 + 10 * i, i) for i in range(70)])
        assert await archive.keeping.roll_up() == 2
        assert archive.buckets(Rollup.FIVE_MINUTES) == [(-600, 0, 29, 30), (-300, 30, 59, 30)]
        assert archive.buckets(Rollup.HOUR) == [(-3600, 0, 59, 60)]
        assert archive.buckets(Rollup.DAY) == [(-43_200, 0, 59, 60)]
        assert (await archive.keeper.backlog()).buckets == 1
        archive.clock.advance(minutes=5)
        assert await archive.keeping.roll_up() == 1
        assert archive.buckets(Rollup.FIVE_MINUTES)[-1] == (0, 60, 69, 10)
        assert await archive.keeping.roll_up() == 0


@pytest.mark.asyncio
async def test_late_readings_repair_their_bucket_and_duplicates_change_nothing(url: str):
    async with archive_on(url) as archive:
        sent = [reading(-7200 + i, 5.0) for i in range(300)]
        await archive.write(*sent)
        await archive.keeping.roll_up()
        before = archive.buckets(Rollup.HOUR)
        await archive.write(*sent)
        await archive.keeping.roll_up()
        assert archive.buckets(Rollup.HOUR) == before, "a redelivery is not counted twice"
        await archive.write(reading(-7100.5, 99.0), reading(-7100.25, -99.0))
        assert await archive.keeping.roll_up() == 1
        assert archive.buckets(Rollup.FIVE_MINUTES) == [(-7200, -99, 99, 302)]
        assert archive.buckets(Rollup.DAY) == [(-43_200, -99, 99, 302)]


@pytest.mark.asyncio
async def test_a_reading_that_comes_while_its_bucket_is_rolled_up_keeps_the_mark(url: str):
    async with archive_on(url) as archive:
        await archive.write(reading(-600, 1.0))
        generation = await archive.keeper.begin_generation()
        await archive.write(reading(-590, 7.0))
        assert await archive.keeper.roll_some(generation, NOW) == 0, "the newer mark waits for the next generation"
        assert await archive.keeping.roll_up() == 1
        assert archive.buckets(Rollup.FIVE_MINUTES) == [(-600, 1, 7, 2)]


@pytest.mark.asyncio
async def test_a_bucket_is_marked_once_a_generation_and_again_in_the_next(url: str):
    async with archive_on(url) as archive:
        await archive.write(reading(-600))
        await archive.keeping.roll_up()
        await archive.write(reading(-599, 3.0))
        await archive.write(reading(-598, 4.0))
        assert (await archive.keeper.backlog()).buckets == 1
        await archive.keeping.roll_up()
        assert archive.buckets(Rollup.FIVE_MINUTES) == [(-600, 1, 4, 3)]


@pytest.mark.asyncio
async def test_marks_of_a_transaction_that_failed_are_made_again(url: str):
    async with archive_on(url) as archive:
        await archive.write(reading(-3600))
        with pytest.raises(Exception):  # noqa: B017, PT011  (whatever the database says)
            await archive.write(reading(-600), reading(0)._replace(marks=10**9 if "postgres" in url else None))
        await archive.write(reading(-600, 4.0))
        await archive.keeping.roll_up()
        assert [row[0] for row in archive.buckets(Rollup.FIVE_MINUTES)] == [-3600, -600]


@pytest.mark.asyncio
async def test_bad_and_infinite_values_are_in_no_extreme_and_leave_no_hole_in_the_job(url: str):
    async with archive_on(url) as archive:
        await archive.write(
            reading(-600, float("inf")),
            reading(-599, 5e9, quality=Quality.BAD),
            reading(-598, 2.0),
            reading(-300, -1e308),
            reading(-900, 7.0, quality=Quality.BAD),
        )
        await archive.keeping.roll_up()
        assert archive.ask("SELECT low, high, count, bad FROM rollups_5m ORDER BY bucket") == [
            (None, None, 0, 1), (2.0, 2.0, 1, 2), (-1e308, -1e308, 1, 0),
        ]  # fmt: skip
        assert archive.ask("SELECT low, high, count, bad FROM rollups_1h") == [(-1e308, 2.0, 2, 3)]


@pytest.mark.asyncio
async def test_readings_from_before_there_were_rollups_are_found_and_rolled_up(url: str):
    async with archive_on(url) as archive:
        await archive.write(*[reading(-3 * DAY_S + i * 1000, i) for i in range(200)])
        await archive.database.write(lambda c: c.execute(text("DELETE FROM dirty_buckets")))
        assert await archive.keeping.inspect() == 200
        told: list[Progress] = []
        assert await archive.keeping.roll_up(told.append) == 200
        assert told[-1].done == told[-1].total == 200
        assert sum(row[3] for row in archive.buckets(Rollup.DAY)) == 200
        assert await archive.keeping.inspect() == 0


@pytest.mark.asyncio
async def test_old_readings_go_and_those_of_points_with_rules_stay_a_month(url: str):
    async with archive_on(url) as archive:
        archive.watched = [W]
        days = (40, 30, 8, 1)
        await archive.write(*[reading(-day * DAY_S, day, point) for day in days for point in (V, W)])
        assert await archive.keeping.clear_away()
        left = sorted((r.point, r.value) for r in archive.store.stream(None, None, None))
        assert left == [(V, 1.0), (W, 1.0), (W, 8.0), (W, 30.0)]
        assert [row[1] for row in archive.buckets(Rollup.HOUR)] == [40, 30, 8, 1], "what went is rolled up"
        assert (await archive.keeper.backlog()).cleared_at == NOW
        assert await archive.keeping.clear_away() == []
        seen = await archive.span(-41 * DAY_S, 0)
        assert sorted(set(seen.values.tolist())) == [1, 8, 30, 40], "a trend goes on telling it"


@pytest.mark.asyncio
async def test_what_is_older_than_the_record_holds_is_quarantined_and_its_rollup_stands(url: str):
    async with archive_on(url) as archive:
        archive.watched = [W]
        await archive.write(*[reading(-20 * DAY_S + i, 5.0, point) for i in range(10) for point in (V, W)])
        await archive.keeping.clear_away()
        written = await archive.write(*[reading(-20 * DAY_S + 20, 99.0, point) for point in (V, W)], reading(-1))
        assert (written.stored, written.absorbed, dict(written.rejected)) == (2, 0, {"too_old": 1})
        await archive.keeping.roll_up()
        assert archive.buckets(Rollup.DAY, 1)[0][1:] == (5, 5, 10)
        assert archive.buckets(Rollup.DAY, 2)[0][1:] == (5, 99, 11)


@pytest.mark.asyncio
async def test_a_point_that_gets_a_rule_later_gains_nothing_back_and_one_that_loses_it_keeps_no_less(url: str):
    async with archive_on(url) as archive:
        await archive.write(*[reading(-20 * DAY_S, 5.0, point) for point in (V, W)])
        archive.watched = [W]
        await archive.keeping.clear_away()
        archive.watched = [V]
        await archive.keeping.clear_away()
        written = await archive.write(reading(-20 * DAY_S + 1, 9.0, V), reading(-20 * DAY_S + 1, 9.0, W))
        assert dict(written.rejected) == {"too_old": 1}
        assert {r.point for r in archive.store.stream(None, None, None)} == {W}


@pytest.mark.asyncio
async def test_nothing_is_dropped_before_it_is_rolled_up(url: str):
    async with archive_on(url) as archive:
        await archive.write(reading(-20 * DAY_S, 5.0))
        await archive.keeper.close(Terms(), [], NOW)
        assert await archive.keeper.drop_some(Terms(), NOW) is None
        assert len(list(archive.store.stream(None, None, None))) == 1
        await archive.keeping.roll_up()
        assert await archive.keeper.drop_some(Terms(), NOW) is not None


@pytest.mark.asyncio
async def test_old_rollups_of_five_minutes_go_and_a_trend_falls_back_on_hours(url: str):
    async with archive_on(url) as archive:
        await archive.write(*[reading(-day * DAY_S, day) for day in (450, 300, 2)])
        await archive.keeping.clear_away()
        assert [row[1] for row in archive.buckets(Rollup.FIVE_MINUTES)] == [300, 2]
        assert [row[1] for row in archive.buckets(Rollup.HOUR)] == [450, 300, 2]
        old = await archive.span(-451 * DAY_S, -449 * DAY_S)
        assert (sorted(set(old.values.tolist())), old.resolution_s) == ([450.0], 3600.0)


@pytest.mark.asyncio
async def test_old_lines_of_the_event_log_go(url: str):
    async with archive_on(url) as archive:
        await archive.write(reading(0))
        assert archive.ask("SELECT count(*) FROM event_log") == [(1,)]
        archive.clock.advance(minutes=60 * 24 * 366)
        await archive.keeping.clear_away()
        assert archive.ask("SELECT count(*) FROM event_log") == [(0,)]


@pytest.mark.asyncio
async def test_a_day_without_kept_points_goes_as_a_whole(postgres_url: str):
    async with archive_on(postgres_url) as archive:
        await archive.write(*[reading(-day * DAY_S) for day in (8, 9, 1)])
        dropped = await archive.keeping.clear_away()
        assert dropped[:2] == ["readings_20261112", "readings_20261113"]
        names = archive.database.look(days_held)
        assert [name for name in names if name < "readings_20261114"] == []


@pytest.mark.asyncio
async def test_a_cancelled_job_leaves_a_whole_record_and_is_taken_up_again(url: str):
    async with archive_on(url) as archive:
        await archive.write(*[reading(-20 * DAY_S + 300 * i, i) for i in range(600)])
        told = asyncio.Event()
        job = asyncio.get_running_loop().create_task(
            archive.keeping.clear_away(lambda progress: told.set() if progress.done else None), name="clearing"
        )
        await told.wait()
        job.cancel()
        await asyncio.wait({job})
        assert sum(row[3] for row in archive.buckets(Rollup.HOUR)) in range(1, 601)
        await archive.keeping.clear_away()
        assert sum(row[3] for row in archive.buckets(Rollup.HOUR)) == 600
        assert list(archive.store.stream(None, None, None)) == []


def test_clearing_is_due_at_two_and_when_a_two_was_missed():
    two = datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert is_due(two - timedelta(days=1), two)
    assert not is_due(two + timedelta(minutes=1), two + timedelta(hours=9))
    assert not is_due(two - timedelta(hours=20), two - timedelta(hours=1))
    assert not is_due(two - timedelta(hours=1), two + timedelta(hours=6)), (
        "a console started at eight waits for the night"
    )
    assert is_due(two - timedelta(hours=25), two + timedelta(hours=6)), "one that is never on at night does not"


# -- a spike is never lost ---------------------------------------------------------------------------------------------


SPAN_S = 3 * DAY_S
moments = st.tuples(st.integers(0, SPAN_S - 1), st.floats(-1e6, 1e6))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spikes=st.lists(moments, min_size=1, max_size=5),
    late=st.lists(moments, max_size=3),
    window=st.tuples(st.floats(0, 0.9), st.floats(0.01, 1)),
    columns=st.integers(5, 2000),
    limits=st.sampled_from([Limits(), Limits(0, 10**6), Limits(0, 0)]),
)
def test_no_spike_is_lost_at_any_zoom(
    request: pytest.FixtureRequest,
    kind: str,
    spikes: list,
    late: list,
    window: tuple[float, float],
    columns: int,
    limits: Limits,
):
    """Rolled up, waiting, late or raw: the extremes of what is told are those of what was written."""
    filled = request.getfixturevalue(f"filled_{kind}")
    asyncio.run(filled.check(spikes, late, window, (columns, limits)))


class Filled:
    """Three days of a reading each hour, rolled up; each example adds its spikes under a point of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.examples = 0

    async def check(self, spikes: list, late: list, window: tuple[float, float], screen: tuple[int, Limits]) -> None:
        self.examples += 1
        point = PointId(f"p{self.examples}.x")
        async with archive_on(self.url) as archive:
            archive.store = SqlHistoryStore(archive.database, "here", screen[1])
            usual = [reading(-SPAN_S + hour * 3600 + 0.5, 0.0, point) for hour in range(SPAN_S // 3600)]
            first = [reading(-SPAN_S + at_s, value, point) for at_s, value in dict(spikes).items()]
            await archive.write(*usual, *first)
            await archive.keeping.roll_up()
            await archive.write(*[reading(-SPAN_S + at_s + 0.25, value, point) for at_s, value in dict(late).items()])
            left_s = -SPAN_S * (1 - window[0])
            right_s = min(0.0, left_s + window[1] * SPAN_S)
            found = await archive.span(left_s, right_s, screen[0], point)
            written = list(archive.store.stream(point, None, None))
        inside = [r.value for r in written if left_s * 1e6 <= r.ts_us - NOON_US < right_s * 1e6]
        if inside:
            # A bucket at the edge tells of all of it: then more than was asked for, never less.
            assert found.values.min() <= min(inside)
            assert found.values.max() >= max(inside)
        near = [r.value for r in written if (left_s - DAY_S) * 1e6 <= r.ts_us - NOON_US < (right_s + DAY_S) * 1e6]
        assert set(found.values.tolist()) <= set(near), "nothing is told that was not measured"
        assert (np.diff(found.ts_us) >= 0).all()


@pytest.fixture
def filled_sqlite(sqlite_url: str) -> Filled:
    return Filled(sqlite_url)


@pytest.fixture
def filled_postgres(postgres_url: str) -> Filled:
    return Filled(postgres_url)
