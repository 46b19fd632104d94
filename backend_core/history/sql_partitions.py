"""PostgreSQL keeps the readings of each day in a partition of its own; this makes them as days come."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

_log = logging.getLogger(__name__)

DAY_US = 86_400_000_000
OLDEST_DAYS = 400
"""Readings older than this share one partition, so that a flood of odd times cannot make thousands."""


class Partitions:
    """Remembers which days have a partition; a day counts only after the transaction that made it."""

    def __init__(self) -> None:
        self._made: set[int] = set()

    def ensure(self, connection: Connection, ts_us: NDArray[np.int64], now_us: int) -> set[int]:
        """Make the missing partitions of the times given, and tomorrow's; return the days that were made or found."""
        if connection.dialect.name != "postgresql":
            return set()
        today = now_us // DAY_US
        days = {int(day) for day in np.unique(ts_us // DAY_US)} | {today, today + 1}
        missing = {day for day in days - self._made if today - OLDEST_DAYS <= day <= today + 2}
        for day in sorted(missing):
            self._try(connection, day)
        return missing

    def _try(self, connection: Connection, day: int) -> None:
        try:
            with connection.begin_nested():
                connection.execute(text("SET LOCAL lock_timeout = '300ms'"))
                _make(connection, day)
                connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        except (IntegrityError, OperationalError) as error:
            # Readings of that day lie elsewhere already, or a long export reads there: elsewhere takes them, too.
            _log.info("No partition for day %d: %s", day, error.orig)

    def remember(self, days: set[int]) -> None:
        """The transaction that made these days has committed."""
        self._made |= days


def _make(connection: Connection, day: int) -> None:
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    name = f"readings_{start:%Y%m%d}"
    if connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar() is None:
        end = start + timedelta(days=1)
        connection.execute(
            text(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF readings "
                f"FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
            )
        )


def days_held(connection: Connection) -> list[Any]:
    """The names of all partitions, oldest first."""
    return list(
        connection.execute(
            text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'readings'::regclass ORDER BY 1")
        ).scalars()
    )
