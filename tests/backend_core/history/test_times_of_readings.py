"""Every case of a reading's time, from the message to the stored row: time, quality and marks, or its refusal."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
import pytest_asyncio

from backend_core.history.model import Terms, Writing
from backend_core.history.sql_keeper import SqlRecordKeeper
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import from_us
from backend_core.kernel.quality import Mark, Quality
from backend_core.storage.database import Database
from backend_core.telemetry.model import RawMessage, Reading
from tests.backend_core.telemetry.inlet import TestedInlet

pytestmark = pytest.mark.asyncio
GOOD, UNCERTAIN = Quality.GOOD, Quality.UNCERTAIN
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Case(NamedTuple):
    """The times that a meter tells, in seconds before noon or as written, and what is stored or refused of them."""

    told: tuple[float | str | None, ...]
    stored: tuple[tuple[float, float, Quality, Mark], ...] = ()  # seconds before noon, value, quality, marks
    refused: tuple[str, ...] = ()
    fresh: int = 0
    values: tuple[float, ...] = ()
    seqs: tuple[int, ...] = ()


CASES = {
    "normal": Case((1,), ((1, 230, GOOD, Mark.NONE),), fresh=1),
    "five minutes old": Case((300,), ((300, 230, GOOD, Mark.NONE),), fresh=1),
    "missing": Case((None,), ((0, 230, UNCERTAIN, Mark.TIME_RECEIVED),), fresh=1),
    "without a zone": Case(("2026-11-21T11:59:59",), ((1, 230, UNCERTAIN, Mark.ZONE_ASSUMED),), fresh=1),
    "in another zone": Case(("2026-11-21T17:29:59+05:30",), ((1, 230, GOOD, Mark.NONE),), fresh=1),
    "two seconds ahead": Case((-2,), ((-2, 230, GOOD, Mark.NONE),), fresh=1),
    "in the future": Case((-600,), ((-600, 230, UNCERTAIN, Mark.TIME_FUTURE),), fresh=1),
    "future, then present": Case(
        (-600, 1), ((1, 231, GOOD, Mark.NONE), (-600, 230, UNCERTAIN, Mark.TIME_FUTURE)), fresh=1
    ),
    "more than a day ahead": Case((-86_401,), refused=("time",)),
    "after 2100": Case(("2101-01-01T00:00:00Z",), refused=("time",)),
    "before 2000": Case(("1999-12-31T23:59:59Z",), refused=("time",)),
    "no time at all": Case(("yesterday",), refused=("time",)),
    "late": Case((301,), ((301, 230, GOOD, Mark.LATE),)),
    "late behind a newer one": Case((1, 3600), ((3600, 231, GOOD, Mark.LATE), (1, 230, GOOD, Mark.NONE)), fresh=1),
    "older than is kept": Case((8 * 86_400,), refused=("too_old",)),
    "out of order": Case((1, 120), ((120, 231, GOOD, Mark.NONE), (1, 230, GOOD, Mark.NONE)), fresh=1),
    "the same again": Case((1, 1), ((1, 230, GOOD, Mark.NONE),), fresh=2, values=(230, 230)),
    "the same key with another value": Case(
        (1, 1), ((1, 230, UNCERTAIN, Mark.CONFLICT),), ("conflict",), fresh=2, values=(230, 231)
    ),
    "the same time, told apart by a sequence": Case(
        (1, 1), ((1, 230, GOOD, Mark.NONE), (1, 231, GOOD, Mark.NONE)), fresh=2, seqs=(1, 2)
    ),
    "a clock that jumped back": Case(
        (1, 200, 199), ((200, 231, GOOD, Mark.NONE), (199, 232, GOOD, Mark.NONE), (1, 230, GOOD, Mark.NONE)), fresh=1
    ),
}


@pytest_asyncio.fixture
async def store(database_url: str) -> AsyncIterator[SqlHistoryStore]:
    inlet = TestedInlet()
    database = Database(database_url, inlet.clock)
    database.epoch = 0
    await SqlRecordKeeper(database).close(Terms(), (), NOON)
    yield SqlHistoryStore(database, "here")
    await database.close()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_each_case_of_time_is_stored_or_refused_as_the_table_says(store: SqlHistoryStore, case: Case):
    inlet, rejections, fresh = TestedInlet(), [], 0
    for place, told in enumerate(case.told):
        judged = inlet.hear(_message(told, place, case))
        fresh += len(judged.fresh)
        writing = Writing(judged.readings, judged.rejections, judged.discoveries, inlet.service.kinds, NOON)
        rejections += (await store.write(writing)).rejected.elements()  # type: ignore[attr-defined]
    assert [_row(reading) for reading in store.stream(None, None, None)] == list(case.stored)
    assert tuple(rejections) == case.refused
    assert fresh == case.fresh, "what may move live state and alarms"


def _message(told: float | str | None, place: int, case: Case) -> RawMessage:
    facts: dict[str, object] = {"device_id": "s", "voltage": case.values[place] if case.values else 230 + place}
    if case.seqs:
        facts["seq"] = case.seqs[place]
    if told is not None:
        facts["timestamp"] = told if isinstance(told, str) else (NOON - timedelta(seconds=told)).isoformat()
    return RawMessage("grid/sensors/s", json.dumps(facts).encode(), False, False)


def _row(reading: Reading) -> tuple[float, float, Quality, Mark]:
    age_s = (NOON - from_us(reading.ts_us)).total_seconds()
    return age_s, reading.value, reading.quality, Mark(reading.marks)
