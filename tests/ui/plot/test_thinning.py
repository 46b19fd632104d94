"""What a pixel column shows is what it held: no peak, no gap and no bad value is ever thinned away."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.plot.runs import split_runs
from ui.plot.thinning import column_edges, thin_curve, thin_run


@st.composite
def recordings(draw):
    """Unevenly spaced samples over a stretch of time, more of them than pixels."""
    seed = draw(st.integers(0, 2**32 - 1))
    count, columns = draw(st.integers(50, 4000)), draw(st.integers(3, 60))
    numbers = np.random.default_rng(seed)
    times = 1.795e9 + np.cumsum(numbers.exponential(draw(st.sampled_from([0.01, 1.0, 30.0])), count) + 1e-3)
    values = numbers.normal(size=count) * 10 ** draw(st.integers(-3, 6))
    return times, values, columns


def peaks_by_column(times, values, edges):
    """The lowest and the highest of each column, by the plainest means."""
    column = np.searchsorted(edges, times, side="right") - 1
    return {int(c): (values[column == c].min(), values[column == c].max()) for c in np.unique(column)}


@settings(max_examples=150, deadline=None)
@given(recordings())
def test_the_drawn_extremes_of_every_pixel_column_are_the_true_ones(recording):
    times, values, columns = recording
    left, right = float(times[0]), float(times[-1]) + 1e-3
    run = split_runs(times, values, None, 1e9).runs[0]
    drawn = thin_run(run, left, right, columns)
    edges = column_edges(left, right, columns)
    assert peaks_by_column(drawn.times, drawn.values, edges) == peaks_by_column(times, values, edges)


@settings(max_examples=80, deadline=None)
@given(recordings(), st.floats(0.1, 0.6), st.floats(0.65, 0.9))
def test_zooming_in_keeps_the_extremes_of_what_is_seen(recording, start, end):
    times, values, columns = recording
    span = times[-1] - times[0]
    left, right = float(times[0] + start * span), float(times[0] + end * span)
    drawn = thin_run(split_runs(times, values, None, 1e9).runs[0], left, right, columns)
    seen = (times >= left) & (times < right)
    if seen.any():
        kept = (drawn.times >= left) & (drawn.times < right)
        assert drawn.values[kept].max() == values[seen].max()
        assert drawn.values[kept].min() == values[seen].min()


def test_a_spike_of_one_sample_in_ten_million_is_drawn():
    values = np.zeros(1_000_000)
    values[654_321] = 99.0
    times = np.arange(1_000_000, dtype=float)
    drawn = thin_run(split_runs(times, values, None, 5.0).runs[0], 0.0, 1e6, 800)
    assert drawn.values.max() == 99.0
    assert len(drawn.times) <= 2 * 800 + 4


def test_a_line_is_never_drawn_across_a_gap():
    times = np.concatenate([np.arange(0.0, 100.0), np.arange(150.0, 250.0)])
    thinned = thin_curve(split_runs(times, times, None, 5.0), 0.0, 250.0, 10)
    assert [(run.start, run.end) for run in thinned.runs] == [(0.0, 99.0), (150.0, 249.0)]
    assert [(gap.start, gap.end) for gap in thinned.gaps] == [(99.0, 150.0)]


def test_the_line_reaches_the_edges_of_the_view_when_there_is_more_beyond():
    run = split_runs(np.arange(100.0), np.arange(100.0), None, 5.0).runs[0]
    drawn = thin_run(run, 20.5, 30.5, 500)
    assert drawn.start == 20.0
    assert drawn.end == 31.0


def test_nothing_is_drawn_of_a_run_outside_the_view():
    run = split_runs(np.arange(10.0), np.arange(10.0), None, 5.0).runs[0]
    assert thin_run(run, 50.0, 60.0, 100) is None
