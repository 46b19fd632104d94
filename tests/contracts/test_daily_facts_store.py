"""What every DailyFactsStore promises about a day, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import numpy as np
import pytest
import pytest_asyncio

from backend_core.kernel.clock import SystemClock
from backend_core.reporting.model import DailyFacts
from backend_core.reporting.ports import DailyFactsStore
from backend_core.reporting.sql_store import SqlDailyFactsStore
from backend_core.storage.database import Database
from tests.backend_core.reporting.day_record import DAY, at, demand, write_happenings, write_readings

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, SystemClock())
    yield database
    await database.close()


async def facts_of(database: Database, made_at_hour: float = 30.0) -> DailyFacts:
    store: DailyFactsStore = SqlDailyFactsStore(database)
    return await store.facts(DAY.date(), at(made_at_hour))


async def test_each_interval_holds_the_mean_of_its_readings_and_silence_is_no_number(database: Database):
    await write_readings(database)
    point = next(p for p in (await facts_of(database)).points if p.point == "LD3.active_power")
    first, second = 80.0 * demand(0.0), 80.0 * demand(150 / 3600)
    assert point.mean[0] == pytest.approx((first + second) / 2)
    assert (point.low[0], point.high[0]) == (pytest.approx(min(first, second)), pytest.approx(max(first, second)))
    silent = slice(10 * 12, 10 * 12 + 8)
    assert np.isnan(point.mean[silent]).all()
    assert point.count[silent].sum() == 0
    assert np.isnan(point.mean).sum() == 8


async def test_bad_readings_are_counted_but_not_used(database: Database):
    await write_readings(database)
    sensor = next(p for p in (await facts_of(database)).points if p.point == "sensor_001.power")
    assert (sensor.good, sensor.uncertain, sensor.bad) == (570, 0, 6)
    assert not np.isnan(sensor.mean).any()


async def test_a_day_ends_at_midnight_or_now(database: Database):
    await write_readings(database)
    whole, half = await facts_of(database), await facts_of(database, 12.0)
    assert (whole.slots, half.slots) == (288, 144)
    assert half.version.readings < whole.version.readings
    assert half.version.newest_reading < at(12.0)


async def test_an_alarm_comes_with_what_became_of_it(database: Database):
    await write_happenings(database)
    first, second = (await facts_of(database)).alarms
    assert (first.point, first.acked_by, first.cleared_at) == ("T1.loading_percent", "anna", at(19.5))
    assert (second.point, second.acked_at, second.cleared_at) == ("BUS-002.voltage", None, None)


async def test_what_still_stands_from_the_day_before_is_counted(database: Database):
    await write_happenings(database)
    store = SqlDailyFactsStore(database)
    next_day = await store.facts((DAY + timedelta(days=1)).date(), at(40.0))
    assert next_day.standing_before == 1
    assert next_day.alarms == ()


async def test_smart_switches_come_with_verdicts_and_the_worst_of_each_interval(database: Database):
    await write_happenings(database)
    facts = await facts_of(database)
    maple = next(s for s in facts.smart_switches if s.name == "Maple Street")
    assert (maple.online, maple.offline, maple.unknown) == (282, 6, 0)
    assert maple.worst[9 * 12] == 3
    assert maple.worst[0] == 1
    assert [s.name for s in facts.smart_switches][-1] == "Hospital", "the worst come first"
    assert facts.outages[0].smart_switches == ("Maple Street", "Quarry")
