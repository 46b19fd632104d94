"""How often the readings of a point come, and how complete a run of them is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

EQUAL_FROM = 3
ALIKE_FROM = 10


class Expectation(NamedTuple):
    """How often a point's readings come, and after how long a silence is a gap."""

    period_s: float
    gap_after_s: float


def expectation_of(ts_us: NDArray[np.int64]) -> Expectation:
    """The longest distance at which readings come regularly, and three of them (at least 5 s) as the start of a gap.

    A span may hold two rhythms, such as a computed day at two minutes and live readings at a second; a plain median
    would call all of the slower one a gap. A distance is regular when three are equal, or ten about alike.
    """
    if len(ts_us) < 2:
        return Expectation(10.0, 30.0)
    distances_s: NDArray[np.float64] = np.maximum(np.diff(ts_us), 1) / 1e6
    equal = _often(np.round(distances_s, 1), EQUAL_FROM)
    alike = _often(2.0 ** np.round(np.log2(distances_s)), ALIKE_FROM)
    regular = np.concatenate((equal, alike))
    period_s = float(regular.max()) if len(regular) else float(np.median(distances_s))
    return Expectation(period_s, max(5.0, 3.0 * period_s))


def _often(values: NDArray[np.floating], times: int) -> NDArray[np.floating]:
    found, counts = np.unique(values, return_counts=True)
    often: NDArray[np.floating] = found[counts >= times]
    return often


def coverage(ts_us: NDArray[np.int64], start_us: int, end_us: int, gap_after_s: float) -> float:
    """The share of the span, 0 to 1, that lies within no gap."""
    if end_us <= start_us or len(ts_us) == 0:
        return 0.0
    edges = np.concatenate(([start_us], ts_us, [end_us]))
    silences = np.diff(edges).astype(np.float64)
    missing = silences[silences > gap_after_s * 1e6].sum()
    return float(max(0.0, 1.0 - missing / (end_us - start_us)))


def mean_expectation(covered_s: float, readings: int) -> Expectation:
    """How often readings came on the whole, told by what their buckets cover."""
    period_s = covered_s / readings if readings else 10.0
    return Expectation(period_s, max(5.0, 3.0 * period_s))
