"""The share of a span that gaps take is counted once, however they overlap."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend_core.gaps.model import EVERYTHING, Cause, Gap
from backend_core.gaps.rules import missing_share

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def gap(first: int, last: int | None, scope: str = EVERYTHING) -> Gap:
    end = None if last is None else NOON + timedelta(seconds=last)
    return Gap(NOON + timedelta(seconds=first), end, Cause.SESSION_LOST, scope, "")


def share(*gaps: Gap) -> float:
    return missing_share(gaps, NOON, NOON + timedelta(seconds=100))


def test_overlapping_gaps_count_once_and_only_within_the_span():
    assert share() == 0.0
    assert share(gap(-50, 10), gap(5, 20), gap(90, None)) == 0.3


def test_a_refused_filter_takes_nothing_from_the_other_points():
    assert share(gap(0, 50, "grid/weather/#")) == 0.0


@given(st.lists(st.tuples(st.integers(-50, 150), st.integers(0, 60))))
def test_the_share_is_that_of_the_seconds_in_any_gap(spans: list[tuple[int, int]]):
    seconds = {second for first, length in spans for second in range(first, first + length) if 0 <= second < 100}
    assert abs(share(*(gap(first, first + length) for first, length in spans)) - len(seconds) / 100) < 1e-9
