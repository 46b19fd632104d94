"""Brings a run down to what its pixels can show: of each pixel column the lowest and the highest sample, never less."""

from itertools import pairwise

import numpy as np
from tsdownsample import MinMaxDownsampler

from ui.plot.runs import Curve, Floats, Run

_FEW_PER_COLUMN, _MANY_PER_COLUMN = 4, 100
_extremes = MinMaxDownsampler()


def column_edges(left: float, right: float, columns: int) -> Floats:
    return np.linspace(left, right, columns + 1)


def thin_curve(curve: Curve, left: float, right: float, columns: int) -> Curve:
    """Thin each run apart, so that no line is ever drawn across a gap."""
    if right <= left or columns < 1:
        return Curve()
    runs = tuple(run for whole in curve.runs if (run := thin_run(whole, left, right, columns)) is not None)
    return Curve(runs, tuple(gap for gap in curve.gaps if gap.end > left and gap.start < right))


def thin_run(run: Run, left: float, right: float, columns: int) -> Run | None:
    """What is seen of a run between two times, with one more sample at each side so that the line reaches the edge."""
    first = max(0, int(np.searchsorted(run.times, left)) - 1)
    last = min(len(run.times), int(np.searchsorted(run.times, right, side="right")) + 1)
    if last <= first or run.start > right or run.end < left:
        return None
    if last - first <= _FEW_PER_COLUMN * columns:
        return run.part(first, last)
    # One call per pixel column: the sampler's own columns begin at a sample, not at a pixel, and lose peaks.
    bounds = [first, *np.searchsorted(run.times, column_edges(left, right, columns)).tolist(), last]
    if last - first <= _MANY_PER_COLUMN * columns:
        return run.pick(_all_at_once(run.values, bounds))
    kept = [_extremes_of(run.values, a, b) for a, b in pairwise(bounds) if b > a]
    return run.pick(np.concatenate(kept))


def _all_at_once(values: Floats, bounds: list[int]) -> np.ndarray:
    """The extremes of all columns by one sorting: a call for each costs more than that when a column holds little."""
    edges = np.unique(bounds)
    first, last = edges[0], edges[-1]
    column = np.searchsorted(edges, np.arange(first, last), side="right")
    order = np.lexsort((values[first:last], column)) + first
    return np.unique(np.concatenate((order[edges[:-1] - first], order[edges[1:] - first - 1])))


def _extremes_of(values: Floats, first: int, last: int) -> np.ndarray:
    if last - first <= 2:
        return np.arange(first, last)
    return _extremes.downsample(values[first:last], n_out=2).astype(np.intp) + first
