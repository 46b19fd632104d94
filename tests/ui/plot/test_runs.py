"""Gaps, bad data and the seam between history and live samples."""

import numpy as np

from ui.plot.ring import SampleRing
from ui.plot.runs import Curve, Gap, join, parted, split_runs
from ui.plot.trace import Limit, Pen, Trace
from ui.values import Trust


def samples(*pairs):
    times, values = zip(*pairs, strict=True)
    return np.array(times, float), np.array(values, float)


def test_silence_longer_than_the_pause_is_a_gap_with_its_length_in_words():
    curve = split_runs(*samples((0, 1), (1, 1), (43, 1), (44, 1)), None, 5.0)
    assert [gap.words for gap in curve.gaps] == ["no data 42 s"]


def test_bad_samples_are_not_drawn_and_their_gap_says_so():
    trust = np.array([0, Trust.BAD, Trust.BAD, 0], np.uint8)
    curve = split_runs(*samples((0, 1), (1, 999), (2, 999), (3, 1)), trust, 5.0)
    assert [gap.words for gap in curve.gaps] == ["bad data 3 s"]
    assert max(run.values.max() for run in curve.runs) == 1


def test_what_is_not_a_number_is_removed_before_anything_is_compared():
    curve = split_runs(*samples((0, 1), (1, float("nan")), (2, 3)), None, 5.0)
    assert [list(run.values) for run in curve.runs] == [[1.0], [3.0]]


def test_uncertain_samples_stay_and_are_marked():
    curve = split_runs(*samples((0, 1), (1, 2)), np.array([0, Trust.UNCERTAIN], np.uint8), 5.0)
    assert list(curve.runs[0].doubtful) == [False, True]


def test_a_long_recording_is_searched_for_gaps_across_its_blocks():
    times = np.arange(200_000, dtype=float)
    times[65_536:] += 60.0
    assert [gap.start for gap in split_runs(times, times, None, 5.0).gaps] == [65_535.0]


def test_live_samples_take_over_from_history_without_a_seam():
    history = split_runs(*samples((0, 1), (1, 2), (2, 3), (3, 3)), None, 5.0)
    live = split_runs(*samples((2, 30), (3, 31)), None, 5.0)
    joined = join(history, live, 5.0)
    assert [list(run.values) for run in joined.runs] == [[1.0, 2.0, 30.0, 31.0]]


def test_what_is_missing_between_history_and_live_is_a_gap():
    joined = join(split_runs(*samples((0, 1)), None, 5.0), split_runs(*samples((60, 2)), None, 5.0), 5.0)
    assert [gap.words for gap in joined.gaps] == ["no data 1 min"]


def test_coverage_counts_only_what_is_drawn():
    curve = split_runs(*samples((0, 1), (4, 1), (50, 1), (54, 1)), None, 5.0)
    assert curve.covered_share(0.0, 80.0) == 0.1
    assert Curve().covered_share(0.0, 10.0) == 0.0


def test_there_is_no_value_inside_a_gap():
    curve = split_runs(*samples((0, 1), (1, 2), (60, 3)), None, 5.0)
    assert (curve.value_at(0.5), curve.value_at(30.0), curve.value_at(60.0)) == (1.0, None, 3.0)


def test_the_ring_forgets_the_oldest_and_keeps_order_when_a_sample_is_late():
    ring = SampleRing(capacity=4)
    for second in (1, 2, 3, 5, 6, 7, 8, 9, 10):
        ring.append(second, second * 10)
    ring.append(4.0, 40.0)
    ring.append(9.0, 99.0)
    assert len(ring) <= 8
    assert list(ring.times) == sorted(ring.times)
    assert ring.values[list(ring.times).index(9.0)] == 99.0
    assert ring.times[-1] == 10


def test_a_trace_is_joined_anew_only_when_something_came():
    trace = Trace(Pen("x", "x"))
    trace.append(1.0, 1.0)
    first = trace.curve()
    assert trace.curve() is first
    trace.append(2.0, 2.0)
    assert trace.curve() is not first


def test_a_limit_knows_its_side():
    assert Limit(100.0, "high").is_passed_by(100.1)
    assert not Limit(100.0, "high").is_passed_by(99.0)
    assert Limit(0.9, "low", is_upper=False).is_passed_by(0.89)


def test_nothing_is_drawn_into_a_told_gap_and_what_stands_in_it_is_doubtful():
    whole = split_runs(*samples((0, 1), (1, 1), (2, 1), (3, 1), (4, 1)), None, 5.0)
    curve = parted(whole, [Gap(1.5, 3.5, is_told=True)])
    assert [list(run.times) for run in curve.runs] == [[0, 1], [2, 3], [4]]
    assert list(curve.runs[1].doubtful) == [True, True]
    assert [gap.words for gap in curve.gaps] == ["incomplete 2 s"]


def test_a_told_gap_between_two_samples_parts_them_too():
    whole = split_runs(*samples((0, 1), (1, 1), (2, 1)), None, 5.0)
    assert [list(run.times) for run in parted(whole, [Gap(1.2, 1.6, is_told=True)]).runs] == [[0, 1], [2]]
