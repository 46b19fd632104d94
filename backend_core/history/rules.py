"""How a run of readings is thinned to a screen's columns, and how complete it is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend_core.history.model import Writing
from backend_core.telemetry.model import Reading, Reason, Rejection

ThinnedIndexes = NDArray[np.intp]
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


def extremes(
    ts_us: NDArray[np.int64], values: NDArray[np.float64], start_us: int, end_us: int, columns: int
) -> ThinnedIndexes:
    """Indexes of the first, lowest, highest and last reading of every column, ascending; no peak is ever lost."""
    width_us = max(1.0, (end_us - start_us) / columns)
    column = ((ts_us - start_us) / width_us).astype(np.int64)
    begins = np.flatnonzero(np.concatenate(([True], np.diff(column) != 0)))
    ends = np.append(begins[1:], len(ts_us)) - 1
    order_low = np.lexsort((values, column))
    lowest, highest = order_low[begins], order_low[ends]
    return np.unique(np.concatenate((begins, lowest, highest, ends)))


def apart(writing: Writing, why: str) -> list[Writing]:
    """Smaller writings that together mean the same, to find the one row that the record cannot hold.

    A reading that stands alone becomes a rejection. Nothing is returned when there is nothing left to part.
    """
    readings, rejections = writing.readings, writing.rejections
    if readings and (rejections or writing.discoveries):
        return [replace(writing, readings=()), replace(writing, rejections=(), discoveries=())]
    if len(readings) > 1:
        middle = len(readings) // 2
        return [replace(writing, readings=readings[:middle]), replace(writing, readings=readings[middle:])]
    if readings:
        return [replace(writing, readings=(), rejections=[unstorable(readings[0], why)])]
    if len(rejections) > 1:
        middle = len(rejections) // 2
        first = replace(writing, rejections=rejections[:middle])
        return [first, replace(writing, rejections=rejections[middle:], discoveries=())]
    return []


def unstorable(reading: Reading, why: str) -> Rejection:
    """The rejection of a reading that the database refuses."""
    return Rejection(f"point/{reading.point}", as_payload(reading), Reason.SCHEMA, why[:500], reading.received_us)


def as_payload(reading: Reading) -> bytes:
    """A reading as the quarantine keeps it."""
    facts = {"point": reading.point, "ts_us": reading.ts_us, "seq": reading.seq, "value": reading.value}
    return json.dumps(facts).encode()
