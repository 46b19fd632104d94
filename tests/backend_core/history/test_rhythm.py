"""How often readings are expected, and from which silence on there is a gap."""

import numpy as np
import pytest

from backend_core.history.rules.rhythm import coverage, expectation_of, mean_expectation

SECOND_US = 1_000_000


def at(*seconds: float) -> np.ndarray:
    return (np.array(seconds) * SECOND_US).astype(np.int64)


def test_a_silence_among_readings_of_each_second_is_a_gap():
    ts_us = at(*range(60), *range(102, 160))
    assert expectation_of(ts_us).gap_after_s == 5.0


def test_a_slow_past_before_a_quick_present_is_no_gap():
    ts_us = at(*range(0, 600, 120), *range(600, 700))
    assert expectation_of(ts_us).period_s == 120.0


def test_readings_at_odd_distances_have_the_longest_of_their_usual_ones():
    rng = np.random.default_rng(1)
    ts_us = np.cumsum(rng.uniform(1.0, 3.0, 400) * SECOND_US).astype(np.int64)
    assert 2.0 <= expectation_of(ts_us).period_s <= 4.0


@pytest.mark.parametrize("seconds", [(), (5.0,)])
def test_hardly_any_reading_tells_no_rhythm(seconds: tuple[float, ...]):
    assert expectation_of(at(*seconds)).gap_after_s == 30.0


def test_coverage_is_the_share_outside_of_gaps():
    ts_us = at(*range(50), *range(90, 101))
    assert coverage(ts_us, 0, 100 * SECOND_US, gap_after_s=5.0) == pytest.approx(0.59, abs=0.01)


def test_what_buckets_cover_tells_how_often_readings_came():
    assert mean_expectation(3600.0, 360) == (10.0, 30.0)
    assert mean_expectation(0.0, 0).gap_after_s == 30.0
