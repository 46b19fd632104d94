"""How readings become buckets, and buckets longer buckets: always worked out anew from what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from backend_core.history.model import Buckets, Rollup, Samples
from backend_core.history.rules.rhythm import Expectation
from backend_core.kernel.quality import Quality

Run = tuple[int, int, list[int]]
"""From when to when, of which points."""
_USUAL = Expectation(10.0, 30.0)


def roll_up(samples: Samples, rhythm: Mapping[int, Expectation], rollup: Rollup = Rollup.FIVE_MINUTES) -> Buckets:
    """The buckets of some readings. Each reading speaks for the time until the next, or for one period before a gap."""
    if not len(samples.ts_us):
        return _no_buckets()
    length_us = rollup.length_us
    bucket_us = samples.ts_us // length_us * length_us
    begins = _begins(samples.point_id, bucket_us)
    is_usable = np.isfinite(samples.values) & (samples.quality < Quality.BAD)
    is_doubtful = is_usable & (samples.quality != Quality.GOOD)
    values = samples.values
    count = np.add.reduceat(is_usable.astype(np.int32), begins)
    covered_s = _covered_s(samples, is_usable, rhythm)
    # Divided before they are added: the sum of two huge values may be more than a number can hold.
    whole = np.maximum(1, np.repeat(count, _sizes(begins, len(values))))
    mean = np.add.reduceat(np.where(is_usable, values, 0.0) / whole, begins)
    low = np.minimum.reduceat(np.where(is_usable, values, np.inf), begins)
    high = np.maximum.reduceat(np.where(is_usable, values, -np.inf), begins)
    first_at, last_at = _ends(is_usable, begins)
    is_empty = count == 0
    return Buckets(
        point_id=samples.point_id[begins],
        bucket_us=bucket_us[begins],
        low=np.where(is_empty, np.nan, low),
        high=np.where(is_empty, np.nan, high),
        mean=np.where(is_empty, np.nan, np.clip(mean, low, high)),
        first=np.where(is_empty, np.nan, values[first_at]),
        last=np.where(is_empty, np.nan, values[last_at]),
        count=count,
        doubtful=np.add.reduceat(is_doubtful.astype(np.int32), begins),
        bad=np.add.reduceat((~is_usable).astype(np.int32), begins),
        covered_s=np.add.reduceat(covered_s, begins),
    )


def combine(parts: Buckets, rollup: Rollup) -> Buckets:
    """Longer buckets of shorter ones, as if they had been made of the readings themselves."""
    if not len(parts.bucket_us):
        return parts
    bucket_us = parts.bucket_us // rollup.length_us * rollup.length_us
    begins = _begins(parts.point_id, bucket_us)
    count = np.add.reduceat(parts.count, begins)
    is_usable, is_empty = parts.count > 0, count == 0
    whole = np.maximum(1, np.repeat(count, _sizes(begins, len(bucket_us))))
    low = np.minimum.reduceat(np.where(is_usable, parts.low, np.inf), begins)
    high = np.maximum.reduceat(np.where(is_usable, parts.high, -np.inf), begins)
    mean = np.add.reduceat(np.where(is_usable, parts.mean, 0.0) * (parts.count / whole), begins)
    first_at, last_at = _ends(is_usable, begins)
    return Buckets(
        point_id=parts.point_id[begins],
        bucket_us=bucket_us[begins],
        low=np.where(is_empty, np.nan, low),
        high=np.where(is_empty, np.nan, high),
        mean=np.where(is_empty, np.nan, np.clip(mean, low, high)),
        first=np.where(is_empty, np.nan, parts.first[first_at]),
        last=np.where(is_empty, np.nan, parts.last[last_at]),
        count=count,
        doubtful=np.add.reduceat(parts.doubtful, begins),
        bad=np.add.reduceat(parts.bad, begins),
        covered_s=np.add.reduceat(parts.covered_s, begins),
    )


def runs_of(marks: Sequence[tuple[int, int]], rollup: Rollup = Rollup.FIVE_MINUTES, longest: int = 12) -> list[Run]:
    """Marks (bucket, point) as few stretches: neighbouring buckets of the same points are read together."""
    points_of: dict[int, list[int]] = {}
    for bucket_us, point_id in sorted(marks):
        points_of.setdefault(bucket_us, []).append(point_id)
    runs: list[Run] = []
    for bucket_us, points in points_of.items():
        end_us = bucket_us + rollup.length_us
        if runs and runs[-1][1] == bucket_us and runs[-1][2] == points and bucket_us % (longest * rollup.length_us):
            runs[-1] = (runs[-1][0], end_us, points)
        else:
            runs.append((bucket_us, end_us, points))
    return runs


def _covered_s(
    samples: Samples, is_usable: NDArray[np.bool_], rhythm: Mapping[int, Expectation]
) -> NDArray[np.float64]:
    at = np.flatnonzero(is_usable)
    covered = np.zeros(len(samples.ts_us))
    if not len(at):
        return covered
    points, ts_us = samples.point_id[at], samples.ts_us[at]
    numbers, inverse = np.unique(points, return_inverse=True)
    expected = [rhythm.get(int(number), _USUAL) for number in numbers]
    period_s = np.array([one.period_s for one in expected])[inverse]
    gap_after_s = np.array([one.gap_after_s for one in expected])[inverse]
    silence_s = np.append(np.diff(ts_us) / 1e6, np.inf)
    silence_s[np.append(points[1:] != points[:-1], True)] = np.inf
    covered[at] = np.where(silence_s <= gap_after_s, silence_s, period_s)
    return covered


def _begins(point_id: NDArray[np.int32], bucket_us: NDArray[np.int64]) -> NDArray[np.intp]:
    changes = (np.diff(point_id) != 0) | (np.diff(bucket_us) != 0)
    return np.flatnonzero(np.concatenate(([True], changes)))


def _sizes(begins: NDArray[np.intp], rows: int) -> NDArray[np.intp]:
    return np.diff(np.append(begins, rows))


def _ends(is_usable: NDArray[np.bool_], begins: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the first and the last usable row of each bucket stand; anywhere when there is none."""
    rows = np.arange(len(is_usable))
    first = np.minimum.reduceat(np.where(is_usable, rows, len(rows)), begins)
    last = np.maximum.reduceat(np.where(is_usable, rows, -1), begins)
    return np.minimum(first, len(rows) - 1), np.maximum(last, 0)


def _no_buckets() -> Buckets:
    counts, times, floats = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64)
    return Buckets(counts, times, floats, floats, floats, floats, floats, counts, counts, counts, floats)
