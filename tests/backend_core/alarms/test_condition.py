"""When a limit counts as broken."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers, lists, sampled_from, tuples

from backend_core.alarms.rules.condition import BROKEN, CALM, Condition, let_pass, may_decide, step, threshold
from backend_core.kernel.quality import Quality

SECOND = 1_000_000
HIGH = threshold(is_high=True, limit=100.0, deadband=2.0, on_delay_s=0.0, off_delay_s=0.0)
LOW = threshold(is_high=False, limit=0.9, deadband=0.01, on_delay_s=0.0, off_delay_s=0.0)
SLOW = threshold(is_high=True, limit=100.0, deadband=2.0, on_delay_s=5.0, off_delay_s=3.0)


def run(limit: object, *values: tuple[float, float], start: Condition = CALM) -> list[bool]:
    """The condition after each (second, value)."""
    now, told = start, []
    for second, value in values:
        now = step(now, limit, value, round(second * SECOND), True)  # type: ignore[arg-type]
        told.append(now.is_true)
    return told


def test_a_high_limit_is_broken_at_the_limit_itself() -> None:
    assert run(HIGH, (0, 99.999), (1, 100.0)) == [False, True]


def test_a_high_limit_clears_only_below_its_deadband() -> None:
    assert run(HIGH, (0, 101.0), (1, 98.0), (2, 97.999)) == [True, True, False]


def test_a_low_limit_is_the_mirror_of_a_high_one() -> None:
    assert run(LOW, (0, 0.9), (1, 0.91), (2, 0.911)) == [True, True, False]


def test_a_short_excess_does_not_outlive_its_on_delay() -> None:
    assert run(SLOW, (0, 101.0), (4, 99.0), (5, 101.0), (9.9, 101.0), (10, 101.0)) == [False] * 4 + [True]


def test_a_short_return_does_not_outlive_its_off_delay() -> None:
    assert run(SLOW, (0, 97.0), (2, 99.0), (3, 97.0), (5.9, 97.0), (6, 97.0), start=BROKEN) == [True] * 4 + [False]


def test_within_the_deadband_a_running_return_starts_again() -> None:
    assert run(SLOW, (0, 97.0), (1, 98.5), (2, 97.0), (4, 97.0), (5, 97.0), start=BROKEN) == [True] * 4 + [False]


def test_a_gap_in_the_data_starts_the_delay_anew() -> None:
    pressing = step(CALM, SLOW, 101.0, 0, True)
    after_gap = step(pressing, SLOW, 101.0, 60 * SECOND, False)
    assert after_gap == Condition(False, 60 * SECOND)


def test_a_delay_also_runs_out_between_readings() -> None:
    pressing = step(CALM, SLOW, 101.0, 0, True)
    assert let_pass(pressing, SLOW, 5 * SECOND - 1) == pressing
    assert let_pass(pressing, SLOW, 5 * SECOND) == BROKEN


@pytest.mark.parametrize("quality", [Quality.STALE, Quality.BAD, Quality.NEVER])
def test_bad_stale_and_missing_readings_decide_nothing(quality: Quality) -> None:
    assert not may_decide(150.0, quality)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_decides_nothing(value: float) -> None:
    assert not may_decide(value, Quality.GOOD)


SERIES = lists(tuples(integers(1, 20), floats(0, 200)), min_size=1, max_size=40)


@given(SERIES, sampled_from([0.0, 1.0, 5.0]), sampled_from([0.0, 2.0]))
def test_a_condition_turns_true_only_after_a_whole_delay_beyond_the_limit(
    series: list[tuple[int, float]], delay_s: float, deadband: float
) -> None:
    limit = threshold(is_high=True, limit=100.0, deadband=deadband, on_delay_s=delay_s, off_delay_s=delay_s)
    now, second, beyond_since = CALM, 0, None
    for gap, value in series:
        second += gap
        beyond_since = None if value < 100.0 else second if beyond_since is None else beyond_since
        before, now = now, step(now, limit, value, second * SECOND, True)
        if now.is_true and not before.is_true:
            assert beyond_since is not None
            assert second - beyond_since >= delay_s


@given(SERIES)
def test_telling_every_reading_twice_changes_nothing(series: list[tuple[int, float]]) -> None:
    def walk(times: int) -> list[bool]:
        now, second, told = CALM, 0, []
        for gap, value in series:
            second += gap
            for _ in range(times):
                now = step(now, SLOW, value, second * SECOND, True)
            told.append(now.is_true)
        return told

    assert walk(1) == walk(2)


@given(SERIES)
def test_a_high_and_a_mirrored_low_limit_agree(series: list[tuple[int, float]]) -> None:
    mirror = threshold(is_high=False, limit=-100.0, deadband=2.0, on_delay_s=5.0, off_delay_s=3.0)
    seconds = [sum(gap for gap, _ in series[: i + 1]) for i in range(len(series))]
    high = run(SLOW, *((s, v) for s, (_, v) in zip(seconds, series, strict=True)))
    low = run(mirror, *((s, -v) for s, (_, v) in zip(seconds, series, strict=True)))
    assert high == low
    assert all(a < b for a, b in pairwise(seconds))
