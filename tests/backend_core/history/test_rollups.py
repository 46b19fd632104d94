"""Buckets tell the truth of their readings, and longer buckets the truth of shorter ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.history.model import Rollup, Samples
from backend_core.history.rules.rhythm import Expectation
from backend_core.history.rules.rollups import combine, roll_up, runs_of
from backend_core.kernel.quality import Quality

SECOND_US = 1_000_000
DAY_S = 86_400
EACH_SECOND = {1: Expectation(1.0, 5.0), 2: Expectation(1.0, 5.0)}
Fact = tuple[int, int, float, int]

facts = st.lists(
    st.tuples(
        st.sampled_from([1, 2]),
        st.integers(0, 2 * DAY_S * SECOND_US),
        st.floats(allow_nan=True, allow_infinity=True),
        st.sampled_from([0, 1, 2, 3, 4]),
    ),
    max_size=200,
    unique_by=lambda fact: fact[:2],
)


def samples(found: list[Fact]) -> Samples:
    found = sorted(found, key=lambda fact: fact[:2])
    points, ts_us, values, quality = zip(*found, strict=True) if found else ((), (), (), ())
    return Samples(np.array(points, "i4"), np.array(ts_us, "i8"), np.array(values, "f8"), np.array(quality, "i2"))


def each_second(*values: float, start_s: int = 0, quality: int = 0) -> Samples:
    return samples([(1, (start_s + i) * SECOND_US, value, quality) for i, value in enumerate(values)])


@given(facts)
def test_a_bucket_holds_what_counting_by_hand_finds(found: list[Fact]):
    told = roll_up(samples(found), EACH_SECOND)
    expected: dict[tuple[int, int], list[Fact]] = {}
    for fact in sorted(found, key=lambda fact: fact[:2]):
        expected.setdefault((fact[0], fact[1] // (300 * SECOND_US) * 300 * SECOND_US), []).append(fact)
    assert list(zip(told.point_id.tolist(), told.bucket_us.tolist(), strict=True)) == list(expected)
    for place, key in enumerate(zip(told.point_id.tolist(), told.bucket_us.tolist(), strict=True)):
        usable = [f for f in expected[key] if math.isfinite(f[2]) and f[3] < Quality.BAD]
        values = [f[2] for f in usable]
        assert told.count[place] == len(usable)
        assert told.bad[place] == len(expected[key]) - len(usable)
        assert told.doubtful[place] == sum(f[3] != Quality.GOOD for f in usable)
        if values:
            extremes = (told.low[place], told.high[place], told.first[place], told.last[place])
            assert extremes == (min(values), max(values), values[0], values[-1])
            assert min(values) <= told.mean[place] <= max(values)
        else:
            assert np.isnan([told.low[place], told.high[place], told.mean[place], told.first[place]]).all()


@given(facts, st.sampled_from([(Rollup.FIVE_MINUTES, Rollup.HOUR), (Rollup.HOUR, Rollup.DAY)]))
def test_long_buckets_of_short_ones_are_those_of_the_readings(found: list[Fact], step: tuple[Rollup, Rollup]):
    shorter, longer = step
    whole = roll_up(samples(found), EACH_SECOND, longer)
    told = combine(roll_up(samples(found), EACH_SECOND, shorter), longer)
    for name in ("point_id", "bucket_us", "low", "high", "first", "last", "count", "doubtful", "bad"):
        np.testing.assert_array_equal(getattr(told, name), getattr(whole, name), name)
    np.testing.assert_allclose(told.covered_s, whole.covered_s)
    usable = whole.count > 0
    scale = np.maximum(np.abs(whole.low), np.abs(whole.high))[usable]
    assert (np.abs(told.mean - whole.mean)[usable] <= 1e-9 * scale).all()


def test_readings_that_come_as_expected_cover_their_time_and_a_gap_is_not_covered():
    whole = roll_up(each_second(*range(300)), EACH_SECOND)
    assert whole.covered_s.tolist() == [300.0]
    with_gap = samples([(1, i * SECOND_US, 0.0, 0) for i in range(300) if not 100 <= i < 200])
    assert roll_up(with_gap, EACH_SECOND).covered_s.tolist() == [200.0]


def test_a_slow_point_speaks_for_the_time_until_its_next_reading_beyond_its_bucket():
    slow = samples([(1, i * 600 * SECOND_US, 0.0, 0) for i in range(6)])
    told = roll_up(slow, {1: Expectation(600.0, 1800.0)})
    assert told.covered_s.tolist() == [600.0] * 6
    assert combine(told, Rollup.HOUR).covered_s.tolist() == [3600.0]


def test_bad_readings_are_counted_and_cover_nothing():
    told = roll_up(each_second(1.0, 2.0, quality=int(Quality.BAD)), EACH_SECOND)
    assert (told.count.tolist(), told.bad.tolist(), told.covered_s.tolist()) == ([0], [2], [0.0])


def test_the_mean_of_values_too_large_to_add_lies_between_them():
    told = roll_up(each_second(1.7e308, 1.7e308, 1.6e308), EACH_SECOND)
    assert told.mean[0] == pytest.approx(1.6666e308, rel=1e-3)


def test_neighbouring_buckets_of_the_same_points_are_read_together():
    length = 300 * SECOND_US
    marks = [(i * length, point) for i in range(14) for point in (1, 2)] + [(20 * length, 1)]
    assert runs_of(marks) == [
        (0, 12 * length, [1, 2]),
        (12 * length, 14 * length, [1, 2]),
        (20 * length, 21 * length, [1]),
    ]
    assert runs_of([(0, 1), (length, 2)]) == [(0, length, [1]), (length, 2 * length, [2])]
