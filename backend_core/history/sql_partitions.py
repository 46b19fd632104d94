"""PostgreSQL keeps the readings of each day, and the short rollups of each month, in a partition of its own."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from backend_core.kernel.clock import EPOCH

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
    start = EPOCH + timedelta(days=day)
    make(connection, "readings", start, start + timedelta(days=1))


def make(connection: Connection, parent: str, start: datetime, end: datetime) -> None:
    """A partition of a day or a month, unless it is there."""
    is_day = end - start == timedelta(days=1)
    name = f"{parent}_{start:%Y%m%d}" if is_day else f"{parent}_{start:%Y%m}"
    if connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar() is None:
        connection.execute(
            text(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {parent} "
                f"FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
            )
        )


def make_months(connection: Connection, bucket_us: NDArray[np.int64]) -> None:
    """The partitions of the five-minute rollups for these times; where rows lie elsewhere already, elsewhere it is."""
    days = np.unique(bucket_us // DAY_US)
    starts = {(EPOCH + timedelta(days=int(day))).replace(day=1) for day in days}
    for start in sorted(starts):
        try:
            with connection.begin_nested():
                make(connection, "rollups_5m", start, (start + timedelta(days=32)).replace(day=1))
        except (IntegrityError, OperationalError) as error:
            _log.info("No partition for %s: %s", f"{start:%B %Y}", error.orig)


def held(connection: Connection, parent: str) -> list[tuple[str, datetime]]:
    """The partitions of a table and the day that each begins with, oldest first; without the one for odd times."""
    names = connection.execute(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:parent AS regclass) ORDER BY 1"),
        {"parent": parent},
    ).scalars()
    dated = [(name, name.rpartition("_")[2]) for name in names]
    return [(name, _start_of(digits)) for name, digits in dated if digits.isdigit()]


def _start_of(digits: str) -> datetime:
    month_or_day = digits if len(digits) == 8 else f"{digits}01"
    return datetime.strptime(month_or_day, "%Y%m%d").replace(tzinfo=UTC)


def days_held(connection: Connection) -> list[Any]:
    """The names of all partitions of the readings, oldest first."""
    return list(
        connection.execute(
            text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'readings'::regclass ORDER BY 1")
        ).scalars()
    )
