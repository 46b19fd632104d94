"""Which rows answer a question about a span: every reading, the extremes of columns, or rollups."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from backend_core.history.model import Rollup

COUNTED_BUCKETS = 600
EVERY_READING_A_COLUMN = 200
"""For a narrow screen fewer readings are told one by one than the limit allows."""


class Limits(NamedTuple):
    """Up to how many readings in an answer, all points together, each is told, and columns are made of them."""

    every_reading: int = 60_000
    columns: int = 700_000


class Piece(NamedTuple):
    """A part of a span and what answers it: a rollup, or the readings themselves where it is nothing."""

    start_us: int
    end_us: int
    rollup: Rollup | None


def wanted(span_us: tuple[int, int], columns: int, readings: int, limits: Limits) -> Rollup | None:
    """The longest buckets that are no wider than a column of the screen; readings themselves when those are few."""
    if readings <= limits.columns:
        return None
    column_us = (span_us[1] - span_us[0]) / max(1, columns)
    fitting = [rollup for rollup in Rollup if rollup.length_us <= column_us]
    return fitting[-1] if fitting else Rollup.FIVE_MINUTES


def for_counting(span_us: int) -> Rollup:
    """The buckets whose counts tell how many readings a span holds: some hundreds a point, whatever the span."""
    return next((r for r in Rollup if span_us <= COUNTED_BUCKETS * r.length_us), Rollup.DAY)


def tells_every(readings: int, columns: int, limits: Limits) -> bool:
    """Whether so many readings are worth telling one by one."""
    return readings <= min(limits.every_reading, EVERY_READING_A_COLUMN * columns)


def pieces(span_us: tuple[int, int], rollup: Rollup | None, raw_from_us: int, short_from_us: int) -> list[Piece]:
    """The span in parts: where what is wanted is no longer held, the next longer buckets answer."""
    start_us, end_us = span_us
    ways: list[tuple[Rollup | None, int]] = [(rollup, start_us)]
    if rollup is None:
        ways = [(Rollup.HOUR, start_us), (Rollup.FIVE_MINUTES, short_from_us), (None, raw_from_us)]
    elif rollup is Rollup.FIVE_MINUTES:
        ways = [(Rollup.HOUR, start_us), (Rollup.FIVE_MINUTES, short_from_us)]
    edges = [*accumulate((min(end_us, max(start_us, edge)) for _, edge in ways), max), end_us]
    parts = [Piece(edges[i], edges[i + 1], way) for i, (way, _) in enumerate(ways)]
    return [part for part in parts if part.end_us > part.start_us]
