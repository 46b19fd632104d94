"""What every `PastReadings` promises: a moment told from the keys is the moment told by reading everything."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_core.history.model import Silence
from backend_core.history.sql_past import SqlPastReadings
from backend_core.kernel.clock import from_us
from backend_core.telemetry.model import Reading
from tests.contracts.test_history_store import NOW, Record, reading

WEEK = timedelta(days=7)
Told = list[tuple[int, int, int, float]]


class Past:
    """A record that a test fills, and the past told from it; one loop for all examples of a test."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self.record = Record(url)
        self.past = SqlPastReadings(self.record.database)
        self.run(self.record.lead())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    def write(self, *readings: Reading) -> None:
        self.run(self.record.write(*readings))

    def at(self, moment: datetime, reach: timedelta = WEEK) -> list[Reading]:
        return self.run(self.past.at(moment, reach))

    def close(self) -> None:
        self.run(self.record.database.close())
        self._loop.close()


@pytest.fixture
def past(database_url: str) -> Iterator[Past]:
    made = Past(database_url)
    try:
        yield made
    finally:
        made.close()


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


_EXAMPLES = count()
_TIMES = st.integers(min_value=-200_000, max_value=200_000)
_ROWS = st.lists(st.tuples(st.integers(0, 3), _TIMES, st.integers(0, 2)), max_size=25, unique=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_ROWS, moment_s=_TIMES, reach_s=st.integers(1, 300_000))
def test_a_moment_equals_the_naive_fold_of_every_reading(past: Past, rows: list[Any], moment_s: int, reach_s: int):
    example = next(_EXAMPLES)
    written = [reading(t, float(n), f"e{example}-{point}.voltage", seq) for n, (point, t, seq) in enumerate(rows)]
    past.write(*written)
    newest: dict[str, Reading] = {}
    for one in sorted(written, key=lambda r: (r.ts_us, r.seq)):
        if at(moment_s - reach_s) < from_us(one.ts_us) <= at(moment_s):
            newest[one.point] = one
    told = past.at(at(moment_s), timedelta(seconds=reach_s))
    assert {r.point: r for r in told if r.point.startswith(f"e{example}-")} == newest


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_ROWS, after_s=_TIMES, length_s=st.integers(0, 200_000))
def test_a_stretch_holds_what_lies_between_its_moments_oldest_first(
    past: Past, rows: list[Any], after_s: int, length_s: int
):
    example = next(_EXAMPLES)
    written = [reading(t, float(n), f"e{example}-{point}.voltage", seq) for n, (point, t, seq) in enumerate(rows)]
    past.write(*written)
    told = past.run(past.past.between(at(after_s), at(after_s + length_s), 10_000))
    mine = [r for r in told if r.point.startswith(f"e{example}-")]
    inside = [r for r in written if at(after_s) < from_us(r.ts_us) <= at(after_s + length_s)]
    assert sorted(mine) == sorted(inside)
    assert [r.ts_us for r in told] == sorted(r.ts_us for r in told)


def test_playing_a_stretch_from_a_moment_leads_to_the_later_moment(past: Past):
    past.write(*(reading(t, float(t), f"s{t % 3}.voltage") for t in range(60)))
    values = {r.point: r for r in past.at(at(20))}
    values |= {r.point: r for r in past.run(past.past.between(at(20), at(41), 100))}
    assert values == {r.point: r for r in past.at(at(41))}


def test_of_readings_at_one_time_the_last_of_their_order_counts(past: Past):
    past.write(reading(0, 1.0, seq=2), reading(0, 2.0, seq=7), reading(0, 3.0, seq=4))
    assert [r.value for r in past.at(at(0))] == [2.0]


def test_a_stretch_with_too_many_readings_is_not_told_at_all(past: Past):
    past.write(*(reading(t) for t in range(11)))
    assert past.run(past.past.between(at(-1), at(20), 10)) is None
    assert len(past.run(past.past.between(at(-1), at(20), 11))) == 11


def test_the_record_begins_with_its_first_reading(past: Past):
    assert past.run(past.past.begins_at()) is None
    past.write(reading(50, point="b.voltage"), reading(-86_400 * 3, point="a.voltage"), reading(60))
    assert past.run(past.past.begins_at()) == at(-86_400 * 3)


def test_a_stretch_of_which_nothing_was_recorded_is_a_silence(past: Past):
    past.write(*(reading(t, point=f"s{t % 2}.voltage") for t in range(0, 3600, 10) if not 900 <= t < 1800))
    assert past.run(past.past.silences(at(0), at(3600), 60)) == (Silence(at(900), at(1800)),)


def test_silences_are_no_finer_than_half_a_minute_however_wide_the_slider(past: Past):
    past.write(*(reading(t) for t in range(0, 600, 10)))
    assert past.run(past.past.silences(at(0), at(600), 1_000)) == ()


def test_where_nothing_was_ever_recorded_nothing_is_called_a_silence(past: Past):
    assert past.run(past.past.silences(at(0), at(600), 10)) == ()


def test_these_promises_are_those_of_the_port():
    """`PastReadings` is what the gateway is handed."""
    from backend_core.history.ports import PastReadings

    assert {name for name in vars(PastReadings) if not name.startswith("_")} <= set(dir(SqlPastReadings))
