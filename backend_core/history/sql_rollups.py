"""Rolls marked buckets up, some at a time: readings out as arrays, worked out by the rules, written back whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, func, select, text, update
from sqlalchemy.dialects import sqlite

from backend_core.history.model import Buckets, Rollup, Samples
from backend_core.history.rules.rhythm import expectation_of
from backend_core.history.rules.rollups import combine, roll_up, runs_of
from backend_core.history.sql_partitions import make_months
from backend_core.kernel.clock import from_us, to_us
from backend_core.storage.binary_copy import CopyColumn, copy_in, copy_out
from backend_core.storage.schema.base import UtcTime
from backend_core.storage.schema.record import points, readings
from backend_core.storage.schema.rollups import (
    dirty_buckets,
    record_keeping,
    rollups_1d,
    rollups_1h,
    rollups_5m,
)

TABLES: dict[Rollup, Table] = {
    Rollup.FIVE_MINUTES: rollups_5m,
    Rollup.HOUR: rollups_1h,
    Rollup.DAY: rollups_1d,
}
_LAYOUT = (
    CopyColumn("point_id", "int4"),
    CopyColumn("bucket", "timestamptz"),
    *(CopyColumn(name, "float8") for name in ("low", "high", "mean", "first", "last")),
    *(CopyColumn(name, "int4") for name in ("count", "doubtful", "bad")),
    CopyColumn("covered_s", "float8"),
)
_NULLABLE = frozenset({"low", "high", "mean", "first", "last"})
_KEY = ("point_id", "bucket")
_KEEPER_LOCK = 4713
_RHYTHM_FROM = 12
"""So many readings tell a rhythm; where a bucket has fewer, those before it are asked."""
_RHYTHM_WITHIN_US = 86_400_000_000
_DAY_US = Rollup.DAY.length_us


def begin_generation(connection: Connection) -> int:
    """Wait for the writers that hold the present generation, and begin the next; returns its number."""
    newer = update(record_keeping).values(generation=record_keeping.c.generation + 1)
    return int(connection.execute(newer.returning(record_keeping.c.generation)).scalar_one())


def waiting(connection: Connection, until_us: int) -> int:
    """How many marked buckets have ended by then."""
    ended = dirty_buckets.c.bucket <= from_us(until_us - Rollup.FIVE_MINUTES.length_us)
    return int(connection.execute(select(func.count()).select_from(dirty_buckets).where(ended)).scalar_one())


def roll_some(connection: Connection, generation: int, until_us: int, at_most: int) -> int:
    """Roll up the oldest of the buckets marked before the generation and ended by then; how many marks that were."""
    if connection.dialect.name == "postgresql":
        # One after the other: two at once could write the older of two truths last.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEEPER_LOCK})
    ended = dirty_buckets.c.bucket <= from_us(until_us - Rollup.FIVE_MINUTES.length_us)
    due = (
        select(dirty_buckets.c.bucket, dirty_buckets.c.point_id)
        .where(ended, dirty_buckets.c.generation < generation)
        .order_by(dirty_buckets.c.bucket, dirty_buckets.c.point_id)
        .limit(at_most)
    )
    marks = [(to_us(row.bucket), row.point_id) for row in connection.execute(due)]
    if not marks:
        return 0
    for start_us, end_us, numbers in runs_of(marks):
        _roll_readings(connection, start_us, end_us, numbers)
    _roll_longer(connection, marks, Rollup.FIVE_MINUTES, Rollup.HOUR)
    _roll_longer(connection, marks, Rollup.HOUR, Rollup.DAY)
    _unmark(connection, marks, generation)
    return len(marks)


def mark_unrolled(connection: Connection, number: int) -> int:
    """Mark the days of a point that have readings but no rollup, as from before there were any; how many buckets."""
    ends = select(func.min(readings.c.ts), func.max(readings.c.ts)).where(readings.c.point_id == number)
    first, last = connection.execute(ends).one()
    if first is None:
        return 0
    rolled = select(rollups_1d.c.bucket).where(rollups_1d.c.point_id == number)
    done = {to_us(bucket) // _DAY_US for bucket in connection.execute(rolled).scalars()}
    missing = [day for day in range(to_us(first) // _DAY_US, to_us(last) // _DAY_US + 1) if day not in done]
    return sum(_mark_between(connection, number, *stretch) for stretch in _stretches(missing))


def _stretches(days: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring days as one stretch, in microseconds."""
    found: list[tuple[int, int]] = []
    for day in days:
        start_us = found.pop()[0] if found and found[-1][1] == day * _DAY_US else day * _DAY_US
        found.append((start_us, (day + 1) * _DAY_US))
    return found


def _mark_between(connection: Connection, number: int, start_us: int, end_us: int) -> int:
    is_postgres = connection.dialect.name == "postgresql"
    bucket = "to_timestamp(floor(date_part('epoch', ts) / 300) * 300)" if is_postgres else "ts / 300000000 * 300000000"
    marked = text(
        "INSERT INTO dirty_buckets (bucket, point_id, generation) "  # noqa: S608  (names and numbers of our own)
        f"SELECT {bucket}, point_id, (SELECT generation FROM record_keeping) FROM readings "
        "WHERE point_id = :number AND ts >= :start AND ts < :end GROUP BY 1, 2 ON CONFLICT DO NOTHING"
    ).bindparams(bindparam("start", type_=UtcTime), bindparam("end", type_=UtcTime))
    facts = {"number": number, "start": from_us(start_us), "end": from_us(end_us)}
    return connection.execute(marked, facts).rowcount


# -- one step up -------------------------------------------------------------------------------------------------------


def _roll_readings(connection: Connection, start_us: int, end_us: int, numbers: list[int]) -> None:
    samples = read_samples(connection, numbers, (start_us, end_us))
    rhythm = {
        number: expectation_of(np.concatenate([before, ts_us])) if len(before) else expectation_of(ts_us)
        for number, before, ts_us in _with_those_before(connection, samples, start_us)
    }
    _write(connection, Rollup.FIVE_MINUTES, roll_up(samples, rhythm))


def _with_those_before(
    connection: Connection, samples: Samples, start_us: int
) -> list[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    numbers, begins = np.unique(samples.point_id, return_index=True)
    parts = np.split(samples.ts_us, begins[1:])
    return [
        (int(number), _times_before(connection, int(number), start_us) if len(own) < _RHYTHM_FROM else own[:0], own)
        for number, own in zip(numbers, parts, strict=True)
    ]


def _times_before(connection: Connection, number: int, start_us: int) -> NDArray[np.int64]:
    before = (
        select(readings.c.ts)
        .where(
            readings.c.point_id == number,
            readings.c.ts < from_us(start_us),
            readings.c.ts >= from_us(start_us - _RHYTHM_WITHIN_US),
        )
        .order_by(readings.c.ts.desc())
        .limit(_RHYTHM_FROM)
    )
    found = [to_us(ts) for ts in connection.execute(before).scalars()]
    return np.array(found[::-1], dtype=np.int64)


def _roll_longer(connection: Connection, marks: Sequence[tuple[int, int]], shorter: Rollup, longer: Rollup) -> None:
    touched = {(bucket_us // longer.length_us * longer.length_us, point_id) for bucket_us, point_id in marks}
    for start_us, end_us, numbers in runs_of(sorted(touched), longer, longest=24):
        parts = read_buckets(connection, shorter, numbers, (start_us, end_us))
        _write(connection, longer, combine(parts, longer))


def _unmark(connection: Connection, marks: Sequence[tuple[int, int]], generation: int) -> None:
    """A bucket that was marked anew meanwhile carries a newer number, and stays marked."""
    if connection.dialect.name == "postgresql":
        done = text(
            "DELETE FROM dirty_buckets d USING unnest(CAST(:buckets AS timestamptz[]), CAST(:points AS int[])) m(b, p) "
            "WHERE d.bucket = m.b AND d.point_id = m.p AND d.generation < :generation"
        )
        facts = {"buckets": [from_us(b) for b, _ in marks], "points": [p for _, p in marks]}
        connection.execute(done, facts | {"generation": generation})
        return
    gone = delete(dirty_buckets).where(
        dirty_buckets.c.bucket == bindparam("at"),
        dirty_buckets.c.point_id == bindparam("number"),
        dirty_buckets.c.generation < generation,
    )
    connection.execute(gone, [{"at": from_us(bucket_us), "number": point_id} for bucket_us, point_id in marks])


# -- as a table --------------------------------------------------------------------------------------------------------

ROLLUP_COLUMNS = ("point", "ts", "low", "mean", "high", "first", "last", "count", "doubtful", "bad", "covered_s")


def rollup_query(
    rollup: Rollup, point: str | None, start: datetime | None, end: datetime | None
) -> Select[tuple[Any, ...]]:
    """The rollups of points, where `*` stands for any text, in the order of time, then point."""
    table = TABLES[rollup]
    shown = [table.c["bucket" if name == "ts" else name] for name in ROLLUP_COLUMNS[1:]]
    query = select(points.c.point, *shown).join(points, points.c.point_id == table.c.point_id)
    query = query if point is None else query.where(is_named(point))
    query = query if start is None else query.where(table.c.bucket >= start)
    query = query if end is None else query.where(table.c.bucket < end)
    return query.order_by(table.c.bucket, points.c.point)


def is_named(point: str) -> ColumnElement[bool]:
    """The condition for a point's name, in which `*` stands for any text."""
    if "*" not in point:
        return points.c.point == point
    like = point.replace("/", "//").replace("%", "/%").replace("_", "/_").replace("*", "%")
    return points.c.point.like(like, escape="/")


# -- arrays in and out -------------------------------------------------------------------------------------------------


def read_samples(connection: Connection, numbers: Sequence[int], span_us: tuple[int, int]) -> Samples:
    """The readings of some points in a span, in the order of point, time and sequence."""
    wanted = within(connection, numbers, span_us, "ts")
    query = f"SELECT point_id, ts, value, quality FROM readings WHERE {wanted} ORDER BY point_id, ts, seq"  # noqa: S608
    if connection.dialect.name == "postgresql":
        found = copy_out(connection, query, _SAMPLE_LAYOUT)
        return Samples(found["point_id"], found["ts"], found["value"], found["quality"])
    rows = connection.exec_driver_sql(query).fetchall()
    point_id, ts_us, value, quality = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Samples(
        np.array(point_id, np.int32),
        np.array(ts_us, np.int64),
        np.array(value, np.float64),
        np.array(quality, np.int16),
    )


_SAMPLE_LAYOUT = (
    CopyColumn("point_id", "int4"),
    CopyColumn("ts", "timestamptz"),
    CopyColumn("value", "float8"),
    CopyColumn("quality", "int2"),
)


def read_buckets(connection: Connection, rollup: Rollup, numbers: Sequence[int], span_us: tuple[int, int]) -> Buckets:
    """The stored buckets of some points that begin in a span, in the order of point and bucket."""
    table = TABLES[rollup].name
    names = [column.name for column in _LAYOUT]
    wanted = within(connection, numbers, span_us, "bucket")
    if connection.dialect.name == "postgresql":
        shown = ", ".join(f"coalesce({name}, 'NaN') AS {name}" if name in _NULLABLE else name for name in names)
        query = f"SELECT {shown} FROM {table} WHERE {wanted} ORDER BY point_id, bucket"  # noqa: S608
        found = copy_out(connection, query, _LAYOUT)
        return Buckets(*(found[name] for name in names))
    query = f"SELECT {', '.join(names)} FROM {table} WHERE {wanted} ORDER BY point_id, bucket"  # noqa: S608
    rows = connection.exec_driver_sql(query).fetchall()
    listed = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return Buckets(*(np.array(cells, _DTYPES[i]) for i, cells in enumerate(listed)))


_DTYPES = [np.dtype({"int4": "i4", "float8": "f8"}.get(column.kind, "i8")) for column in _LAYOUT]


def within(
    connection: Connection, numbers: Sequence[int], span_us: tuple[int, int], ts: str, point_id: str = "point_id"
) -> str:
    """The condition for some points in a span, written out: COPY takes no parameters, and all of this is our own."""
    listed = ",".join(str(int(number)) for number in numbers)
    if connection.dialect.name != "postgresql":
        return f"{point_id} IN ({listed}) AND {ts} >= {span_us[0]:d} AND {ts} < {span_us[1]:d}"
    first, end = (from_us(moment).isoformat() for moment in span_us)
    return f"{point_id} = ANY('{{{listed}}}'::int[]) AND {ts} >= '{first}' AND {ts} < '{end}'"


def _write(connection: Connection, rollup: Rollup, buckets: Buckets) -> None:
    if not len(buckets.bucket_us):
        return
    columns = [getattr(buckets, field.name) for field in fields(Buckets)]
    if connection.dialect.name == "postgresql":
        if rollup is Rollup.FIVE_MINUTES:
            make_months(connection, buckets.bucket_us)
        _write_postgres(connection, TABLES[rollup].name, columns)
    else:
        _write_sqlite(connection, TABLES[rollup], columns)


def _write_postgres(connection: Connection, table: str, columns: list[NDArray[Any]]) -> None:
    connection.execute(text("CREATE TEMPORARY TABLE IF NOT EXISTS rolled (LIKE rollups_1h) ON COMMIT DELETE ROWS"))
    connection.execute(text("TRUNCATE rolled"))
    copy_in(connection, "rolled", _LAYOUT, columns)
    names = [column.name for column in _LAYOUT]
    shown = ", ".join(f"nullif({name}, 'NaN')" if name in _NULLABLE else name for name in names)
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in _KEY)
    connection.execute(
        text(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {shown} FROM rolled "  # noqa: S608  (names of our own)
            f"ON CONFLICT (point_id, bucket) DO UPDATE SET {changed}"
        )
    )


def _write_sqlite(connection: Connection, table: Table, columns: list[NDArray[Any]]) -> None:
    names = [column.name for column in _LAYOUT]
    line = sqlite.insert(table)
    changed = {name: line.excluded[name] for name in names if name not in _KEY}
    rows = [
        dict(
            zip(names, (*row[:1], from_us(row[1]), *(None if cell != cell else cell for cell in row[2:])), strict=True)
        )
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
    connection.execute(line.on_conflict_do_update(index_elements=list(_KEY), set_=changed), rows)
