"""Every history store: once and only once, the first value stands, what is refused is kept, and order is order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from backend_core.history.model import Writing, Written
from backend_core.history.sql_partitions import days_held
from backend_core.history.sql_quarantine import Quarantine
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import FakeClock, from_us, to_us
from backend_core.kernel.errors import CoreError, Fenced, NotLeading
from backend_core.kernel.identities import DeviceId, PointId
from backend_core.kernel.quality import Mark, Quality
from backend_core.sharing.model import Console
from backend_core.sharing.sql_lease import SqlLease
from backend_core.storage.database import Database
from backend_core.telemetry.model import DeviceKind, Discovery, Reading, Reason, Rejection

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KINDS = {DeviceId("s"): DeviceKind.SENSOR, DeviceId("SW"): DeviceKind.SWITCH}


class Record:
    """A store on a database that this core leads."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, FakeClock(NOW))
        self.store = SqlHistoryStore(self.database, "here")

    async def lead(self) -> None:
        console = Console("0" * 36, "here", "op", "host", "1")
        self.database.epoch = await SqlLease(self.database, FakeClock(NOW)).acquire(console)

    async def write(self, *readings: Reading, rejections: tuple[Rejection, ...] = (), **more) -> Written:
        return await self.store.write(Writing(readings, rejections, more.get("discoveries", ()), KINDS, NOW))

    def rows(self) -> list[tuple[str, int, int, float]]:
        return [(r.point, r.ts_us, r.seq, r.value) for r in self.store.stream(None, None, None)]

    def ask(self, query: str) -> list[tuple]:
        return self.database.look(lambda connection: [tuple(row) for row in connection.execute(text(query))])


@asynccontextmanager
async def record_on(url: str) -> AsyncIterator[Record]:
    record = Record(url)
    try:
        await record.lead()
        yield record
    finally:
        await record.database.close()


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


def reading(at_s: float = 0.0, value: float = 1.0, point: str = "s.voltage", seq: int = 0, **more) -> Reading:
    ts_us = to_us(NOW) + round(at_s * 1e6)
    quality, marks = more.get("quality", Quality.GOOD), more.get("marks", 0)
    return Reading(PointId(point), ts_us, seq, value, quality, int(marks), to_us(NOW), more.get("payload_hash", 0))


def rejection(
    payload: bytes = b"x", reason: Reason = Reason.JSON, topic: str = "grid/sensors/s", at_s: float = 0.0
) -> Rejection:
    return Rejection(topic, payload, reason, "It is no JSON.", to_us(NOW) + round(at_s * 1e6))


@pytest.mark.asyncio
async def test_readings_come_back_as_they_were_written(url: str):
    async with record_on(url) as record:
        sent = [
            reading(0.000001, -0.0, seq=3, quality=Quality.BAD, marks=Mark.RANGE | Mark.REDELIVERED),
            reading(-1, 1e-300), reading(5, 2**53 + 1.0), reading(6, float("inf")),
        ]  # fmt: skip
        assert (await record.write(*sent)).stored == 4
        assert list(record.store.stream(None, None, None)) == sorted(sent, key=lambda r: r.ts_us)


@pytest.mark.asyncio
async def test_the_same_readings_again_are_absorbed_and_counted_nowhere(url: str):
    async with record_on(url) as record:
        sent = [reading(i) for i in range(100)]
        await record.write(*sent)
        again = await record.write(*sent, reading(100))
        assert (again.stored, again.absorbed, again.conflicts) == (1, 100, 0)
        assert (await record.store.totals()).readings_stored == 101 == len(record.rows())


@pytest.mark.asyncio
async def test_duplicates_within_one_batch_are_one_row_and_the_first_value_stands(url: str):
    async with record_on(url) as record:
        written = await record.write(reading(value=1), reading(value=1), reading(value=2), reading(value=1, seq=1))
        assert (written.stored, written.absorbed, written.conflicts) == (2, 1, 1)
        assert [row[3] for row in record.rows()] == [1.0, 1.0]
        assert dict(written.rejected) == {"conflict": 1}


@pytest.mark.asyncio
async def test_another_value_for_a_stored_key_is_a_conflict_kept_in_the_quarantine(url: str):
    async with record_on(url) as record:
        await record.write(reading(value=1))
        for _ in range(2):
            written = await record.write(reading(value=2), reading(9, 9))
        assert (written.stored, written.absorbed, written.conflicts) == (0, 1, 1)
        assert record.rows()[0][3] == 1.0
        assert record.ask("SELECT quality, marks FROM readings ORDER BY ts") == [(1, int(Mark.CONFLICT)), (0, 0)]
        ((payload, reason, count),) = record.ask("SELECT payload, reason, count FROM quarantine")
        assert (json.loads(bytes(payload))["value"], reason, count) == (2.0, "conflict", 2)
        totals = await record.store.totals()
        assert (dict(totals.rejected), totals.quarantined) == ({"conflict": 2}, 1)


@pytest.mark.asyncio
async def test_a_redelivery_without_a_time_is_absorbed_by_what_it_holds(url: str):
    async with record_on(url) as record:
        first = reading(0, marks=Mark.TIME_RECEIVED, payload_hash=77)
        await record.write(first)
        again = reading(5, marks=Mark.TIME_RECEIVED | Mark.REDELIVERED, payload_hash=77)
        other = reading(6, marks=Mark.TIME_RECEIVED | Mark.REDELIVERED, payload_hash=78)
        elsewhere = again._replace(point=PointId("s.current"))
        fresh = reading(7, marks=Mark.TIME_RECEIVED, payload_hash=77)
        written = await record.write(again, other, elsewhere, fresh)
        assert (written.stored, written.absorbed) == (3, 1)


@pytest.mark.asyncio
async def test_what_is_refused_is_one_row_with_a_count_and_one_line_a_minute(url: str):
    async with record_on(url) as record:
        twice = (rejection(), rejection(at_s=1))
        other = (rejection(b"y"), rejection(reason=Reason.TYPE), rejection(topic="grid/buses/\x00\u202e"))
        written = await record.write(rejections=(*twice, *other))
        assert (written.quarantined, dict(written.rejected)) == (4, {"json": 4, "type": 1})
        await record.write(rejections=(rejection(at_s=61),))
        totals = await record.store.totals()
        assert (totals.quarantined, dict(totals.rejected)) == (4, {"json": 5, "type": 1})
        counts = record.ask(
            "SELECT reason, count FROM quarantine WHERE topic = 'grid/sensors/s' ORDER BY reason, count DESC"
        )
        assert counts == [("json", 3), ("json", 1), ("type", 1)]
        lines = record.ask("SELECT object, count FROM event_log WHERE kind = 'rejection' ORDER BY at, object, count")
        assert sorted(lines) == [
            ("grid/buses/\ufffd\ufffd", 1), ("grid/sensors/s", 1), ("grid/sensors/s", 1), ("grid/sensors/s", 3),
        ]  # fmt: skip


@pytest.mark.asyncio
async def test_only_the_beginning_of_a_long_payload_is_kept_with_its_length(url: str):
    async with record_on(url) as record:
        await record.write(rejections=(rejection(b"z" * 300_000),))
        assert record.ask("SELECT length(payload), payload_bytes FROM quarantine") == [(4096, 300_000)]


@pytest.mark.asyncio
async def test_a_full_quarantine_counts_on_and_says_so(url: str):
    async with record_on(url) as record:
        record.store._quarantine = Quarantine("here", max_bytes=10)
        await record.write(rejections=(rejection(b"0123456789"),))
        written = await record.write(rejections=(rejection(b"more"), rejection(b"still more")))
        assert (written.quarantined, dict(written.rejected)) == (0, {"json": 2})
        assert record.ask("SELECT count(*) FROM quarantine") == [(1,)]
        assert record.ask("SELECT count FROM event_log WHERE kind = 'gap'") == [(2,)]
        assert await record.store.tidy(NOW + timedelta(days=29)) == 0
        assert await record.store.tidy(NOW + timedelta(days=31)) == 1
        assert (await record.write(rejections=(rejection(b"again"),))).quarantined == 1


@pytest.mark.asyncio
async def test_a_device_appears_in_the_registry_at_first_sight_with_what_it_tells(url: str):
    async with record_on(url) as record:
        found = Discovery(DeviceId("SW"), DeviceKind.SWITCH, {"maker": "A\u0000"})
        await record.write(reading(point="SW.position"), discoveries=(found,))
        await record.write(discoveries=(replace_attributes(found, {"maker": "B"}),))
        assert record.ask("SELECT device, kind, state FROM devices") == [("SW", "switch", "discovered")]
        assert "B" in str(record.ask("SELECT attributes FROM devices")[0][0])
        assert record.ask("SELECT kind, object FROM event_log") == [("device", "SW")]


def replace_attributes(found: Discovery, attributes: dict[str, str]) -> Discovery:
    return found._replace(attributes=attributes)


@pytest.mark.asyncio
async def test_all_of_a_batch_is_written_or_nothing(url: str):
    async with record_on(url) as record:
        broken = reading(1)._replace(point=PointId("s." + "q" * 500) if "postgres" in url else None)  # type: ignore[arg-type]
        with pytest.raises(Exception):  # noqa: B017, PT011  (whatever the database says; the service sets the row apart)
            await record.write(reading(0), broken, rejections=(rejection(),))
        assert record.rows() == []
        totals = await record.store.totals()
        assert (totals.readings_stored, totals.quarantined, dict(totals.rejected)) == (0, 0, {})
        assert (await record.write(reading(0))).stored == 1, "the numbers of a lost transaction are not remembered"


@pytest.mark.asyncio
async def test_only_the_present_leader_writes(url: str):
    async with record_on(url) as record, record_on(url):
        record.database.epoch, epoch = None, record.database.epoch
        with pytest.raises(NotLeading):
            await record.write(reading())
        record.database.epoch = epoch
        await record.database.write(lambda c: c.execute(text("UPDATE core_epoch SET epoch = epoch + 1")))
        with pytest.raises(Fenced):
            await record.write(reading())
        assert record.rows() == []


@pytest.mark.asyncio
async def test_exports_are_ordered_by_time_then_the_bytes_of_the_name_from_inclusive_to_exclusive(url: str):
    async with record_on(url) as record:
        names = ["s.b", "S.a", "s.B2", "s.a"]
        await record.write(*[reading(t, point=name) for t in (2, 0, 1) for name in names])
        assert [(row[0], row[1] - to_us(NOW)) for row in record.rows()] == [
            (name, t * 1_000_000) for t in (0, 1, 2) for name in sorted(names)
        ]
        some = record.store.stream("s.a", NOW + timedelta(seconds=1), NOW + timedelta(seconds=2))
        assert [r.ts_us - to_us(NOW) for r in some] == [1_000_000]


@pytest.mark.asyncio
async def test_the_newest_reading_of_every_point_is_remembered_however_long_ago(url: str):
    async with record_on(url) as record:
        await record.write(reading(1, 1), reading(3, 3), reading(2, 2), reading(0, 7, "s.b"), reading(3, 4, seq=1))
        await record.write(reading(-40 * 86_400, 8, "s.old"), reading(-41 * 86_400, 9, "s.old"))
        await record.write(reading(-500 * 86_400, 6, "s.older"))
        newest = {r.point: r.value for r in await record.store.latest()}
        assert (newest["s.b"], newest["s.old"], newest["s.older"]) == (7.0, 8.0, 6.0)
        assert newest["s.voltage"] in (3.0, 4.0)


@pytest.mark.asyncio
async def test_a_span_comes_as_arrays_and_thins_without_losing_a_peak(url: str):
    async with record_on(url) as record:
        values = np.sin(np.arange(5000) / 50)
        values[1234] = 99.0
        await record.write(*[reading(i, float(v)) for i, v in enumerate(values)])
        end = NOW + timedelta(seconds=5000)
        whole = (await record.store.span([PointId("s.voltage"), PointId("s.none")], NOW, end, 1000)).points
        assert np.array_equal(whole[PointId("s.voltage")].values, values)
        assert len(whole[PointId("s.none")].ts_us) == 0
        thin = (await record.store.span([PointId("s.voltage")], NOW, end, 10)).points[PointId("s.voltage")]
        assert thin.is_thinned
        assert thin.total == 5000
        assert thin.values.max() == 99.0
        assert len(thin.ts_us) <= 40


@pytest.mark.asyncio
async def test_a_thousand_new_points_and_devices_in_one_batch_are_no_feat(url: str):
    async with record_on(url) as record:
        written = await record.write(*[reading(point=f"d{i}.x") for i in range(2000)])
        assert written.stored == 2000
        assert record.ask("SELECT count(*) FROM devices") == [(2000,)]


@pytest.mark.asyncio
async def test_a_row_of_a_newer_version_does_not_break_the_reader(url: str):
    async with record_on(url) as record:
        await record.write(reading())
        await record.database.write(lambda c: c.execute(text("UPDATE readings SET quality = 77, marks = 32767")))
        (found,) = record.store.stream(None, None, None)
        assert found.quality is Quality.BAD


@pytest.mark.asyncio
async def test_each_day_has_its_partition_and_odd_times_share_one(postgres_url: str):
    async with record_on(postgres_url) as record:
        await record.write(reading(), reading(-86_400), reading(-86_400 * 1000), reading(86_000))
        names = record.database.look(days_held)
        days = ["20261120", "20261121", "20261122"]
        assert [name for name in names if "elsewhen" not in name] == [f"readings_{day}" for day in days]
        assert record.ask("SELECT count(*) FROM readings_elsewhen") == [(1,)]


@pytest.mark.asyncio
async def test_a_day_whose_partition_cannot_be_made_is_stored_all_the_same(postgres_url: str):
    async with record_on(postgres_url) as record:
        await record.write(reading())
        late = from_us(reading(-86_400 * 3).ts_us)
        await record.database.write(
            lambda c: c.execute(
                text("INSERT INTO readings SELECT point_id, :late, 5, 0, 0, 0, :late, 0 FROM points"), {"late": late}
            )
        )
        written = await record.write(reading(-86_400 * 3), reading(-86_400 * 3 + 1))
        assert written.stored == 2


@pytest.mark.asyncio
async def test_two_cores_that_meet_the_same_point_at_once_give_it_one_number(postgres_url: str):
    async with record_on(postgres_url) as one, record_on(postgres_url) as two:
        one.database.epoch = two.database.epoch
        outcomes = await asyncio.gather(
            one.write(*[reading(i, point=f"p{i}.x") for i in range(50)]),
            two.write(*[reading(i + 100, point=f"p{i}.x") for i in reversed(range(50))]),
            return_exceptions=True,
        )
        # One of them may meet the other's rows before they are committed; then it says so and is tried again.
        assert sum(isinstance(outcome, Written) for outcome in outcomes) >= 1
        assert all(isinstance(outcome, Written | CoreError) or "unique" in str(outcome) for outcome in outcomes)
        assert one.ask("SELECT count(*) FROM points") == [(50,)]
