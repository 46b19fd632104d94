"""Marks, with the readings, the buckets that have to be rolled up anew; a mark is never lost and seldom written twice.

A writer holds the one row of `record_keeping` for share until it commits. Whoever rolls up begins a new generation
first, which waits for those commits: every reading of an older mark is then seen, and later marks carry a newer number
and outlive the roll-up. So a writer may remember what it has marked in this generation, and mark each bucket once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select, text
from sqlalchemy.dialects import sqlite

from backend_core.history.model import Rollup
from backend_core.kernel.clock import from_us
from backend_core.storage.schema.rollups import dirty_buckets, record_keeping

_LENGTH_US = Rollup.FIVE_MINUTES.length_us
_POINT_BITS = 32
_HOLD_GENERATION = select(record_keeping.c.generation).with_for_update(read=True)


class Noted(NamedTuple):
    """What a transaction marked; it counts once that transaction has committed."""

    generation: int
    buckets: list[int]


class Marks:
    """The buckets that this writer has marked in the present generation."""

    def __init__(self) -> None:
        self._generation = 0
        self._known: set[int] = set()

    def note(self, connection: Connection, point_ids: NDArray[np.int32], ts_us: NDArray[np.int64]) -> Noted:
        """Mark the buckets of these readings, within their own transaction."""
        generation = int(connection.execute(_HOLD_GENERATION).scalar_one())
        keys = np.unique((ts_us // _LENGTH_US) << _POINT_BITS | point_ids).tolist()
        known = self._known if generation == self._generation else frozenset[int]()
        fresh = [key for key in keys if key not in known]
        if fresh:
            mark(connection, [_bucket_and_point(key) for key in fresh], generation)
        return Noted(generation, fresh)

    def remember(self, noted: Noted) -> None:
        """The transaction that marked these has committed."""
        if noted.generation != self._generation:
            self._generation, self._known = noted.generation, set()
        self._known.update(noted.buckets)


def mark(connection: Connection, buckets: list[tuple[int, int]], generation: int) -> None:
    """Mark these (bucket in microseconds, point), or give their marks the newer number."""
    if connection.dialect.name == "postgresql":
        facts: dict[str, Any] = {
            "buckets": [bucket_us // _LENGTH_US for bucket_us, _ in buckets],
            "points": [point_id for _, point_id in buckets],
            "generation": generation,
        }
        connection.execute(_MARK_MANY, facts)
        return
    line = sqlite.insert(dirty_buckets)
    newer = {"generation": line.excluded.generation}
    rows = [{"bucket": from_us(b), "point_id": p, "generation": generation} for b, p in buckets]
    connection.execute(line.on_conflict_do_update(index_elements=["bucket", "point_id"], set_=newer), rows)


_MARK_MANY = text(
    "INSERT INTO dirty_buckets (bucket, point_id, generation) "
    # Numbers travel at a third of the cost of times.
    "SELECT to_timestamp(b * 300), p, :generation "
    "FROM unnest(CAST(:buckets AS bigint[]), CAST(:points AS int[])) AS m(b, p) "
    "ON CONFLICT (bucket, point_id) DO UPDATE SET generation = excluded.generation"
)


def _bucket_and_point(key: int) -> tuple[int, int]:
    return (key >> _POINT_BITS) * _LENGTH_US, key & ((1 << _POINT_BITS) - 1)
