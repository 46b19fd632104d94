"""Answers the question of a trend: every reading of a short span, the extremes of columns or buckets of a long one.

Whatever answers, each reading has its part in it: buckets that wait to be rolled up are worked out from their readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from backend_core.history.model import PointHistory, Rollup, Samples
from backend_core.history.rules import resolution, rhythm
from backend_core.history.sql_rollups import TABLES, read_samples, within
from backend_core.kernel.clock import from_us, to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.storage.binary_copy import CopyColumn, copy_out
from backend_core.storage.schema.rollups import dirty_buckets, held_from

_FIVE_MINUTES_US = Rollup.FIVE_MINUTES.length_us
_SHORT_US = 900_000_000
"""A span no longer than this is read reading by reading, without asking first how many there are."""
_EVER_US = -(2**62)
USUAL = resolution.Limits()


class Stretches(NamedTuple):
    """What is known of each of some stretches of time: their middles, extremes, and whether a value is doubtful."""

    point_id: NDArray[Any]
    middle_us: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    readings: NDArray[Any]
    doubtful: NDArray[Any]


class Amount(NamedTuple):
    """How many readings a point has in a span, and how many seconds they speak for."""

    readings: int = 0
    covered_s: float = 0.0


def read_spans(
    connection: Connection,
    numbers: Mapping[PointId, int],
    span_us: tuple[int, int],
    columns: int,
    limits: resolution.Limits = USUAL,
) -> dict[PointId, PointHistory]:
    """The history of each point that has a number."""
    names = {number: point for point, number in numbers.items()}
    if not names or span_us[1] <= span_us[0]:
        return {}
    if limits == USUAL and span_us[1] - span_us[0] <= _SHORT_US and span_us[0] >= _newest_start(connection):
        return _every_reading(read_samples(connection, sorted(names), span_us), names, span_us)
    amounts = _amounts(connection, names, span_us)
    rollup = resolution.wanted(span_us, columns, sum(amount.readings for amount in amounts.values()), limits)
    found: dict[PointId, PointHistory] = {}
    for raw_from_us, group in _by_start(connection, names).items():
        parts = resolution.pieces(span_us, rollup, raw_from_us, _start_of(connection, Rollup.FIVE_MINUTES))
        of_group = sum(amounts[number].readings for number in group)
        if [part.rollup for part in parts] == [None] and resolution.tells_every(of_group, columns, limits):
            found |= _every_reading(read_samples(connection, group, span_us), names, span_us)
        else:
            found |= _extremes(connection, parts, {n: names[n] for n in group}, amounts, columns)
    return found


def no_history(point: PointId) -> PointHistory:
    """What is known of a point that was never heard."""
    return PointHistory(point, np.empty(0, np.int64), np.empty(0), np.empty(0, np.int16), 0, 0.0, gap_after_s=30.0)


# -- every reading -----------------------------------------------------------------------------------------------------


def _every_reading(
    samples: Samples, names: Mapping[int, PointId], span_us: tuple[int, int]
) -> dict[PointId, PointHistory]:
    found: dict[PointId, PointHistory] = {}
    for number, point in names.items():
        first, last = np.searchsorted(samples.point_id, [number, number + 1])
        ts_us = samples.ts_us[first:last]
        _, gap_after_s = rhythm.expectation_of(ts_us)
        share = rhythm.coverage(ts_us, *span_us, gap_after_s)
        values, quality = samples.values[first:last], samples.quality[first:last]
        found[point] = PointHistory(point, ts_us, values, quality, len(ts_us), share, False, gap_after_s)
    return found


# -- extremes ----------------------------------------------------------------------------------------------------------


def _extremes(
    connection: Connection,
    parts: Sequence[resolution.Piece],
    names: Mapping[int, PointId],
    amounts: Mapping[int, Amount],
    columns: int,
) -> dict[PointId, PointHistory]:
    span_us = (parts[0].start_us, parts[-1].end_us)
    width_us = max(1, -(-(span_us[1] - span_us[0]) // max(1, columns)))
    numbers = sorted(names)
    stretches: list[Stretches] = []
    longest_us = 0
    for part in parts:
        if part.rollup is None:
            found, length_us = _columns_of(connection, numbers, (part.start_us, part.end_us), width_us), width_us
        else:
            length_us = part.rollup.length_us * max(1, width_us // part.rollup.length_us)
            found = _buckets_of(connection, part, numbers, length_us)
        stretches += [found]
        longest_us = max(longest_us, length_us if len(found.low) else 0)
    whole = _joined(stretches)
    return {
        point: _history(point, _of_point(whole, number), amounts[number], span_us, longest_us / 1e6)
        for number, point in names.items()
    }


def _history(
    point: PointId, own: Stretches, amount: Amount, span_us: tuple[int, int], resolution_s: float
) -> PointHistory:
    pairs = np.column_stack((own.low, own.high)).ravel()
    quality = np.where(own.doubtful > 0, Quality.UNCERTAIN, Quality.GOOD).astype(np.int16)
    _, gap_after_s = rhythm.mean_expectation(amount.covered_s, amount.readings)
    share = min(1.0, amount.covered_s * 1e6 / (span_us[1] - span_us[0]))
    total = int(own.readings.sum())
    middles = np.repeat(own.middle_us, 2)
    return PointHistory(point, middles, pairs, np.repeat(quality, 2), total, share, True, gap_after_s, resolution_s)


def _joined(stretches: Sequence[Stretches]) -> Stretches:
    whole = Stretches(*(np.concatenate(columns) for columns in zip(*stretches, strict=True)))
    order = np.lexsort((whole.middle_us, whole.point_id))
    return Stretches(*(column[order] for column in whole))


def _of_point(whole: Stretches, number: int) -> Stretches:
    first, last = np.searchsorted(whole.point_id, [number, number + 1])
    return Stretches(*(column[first:last] for column in whole))


def _columns_of(connection: Connection, numbers: list[int], span_us: tuple[int, int], width_us: int) -> Stretches:
    """The extremes of each column, worked out by the database from the readings."""
    start_us, end_us = span_us
    count = -(-(end_us - start_us) // width_us)
    is_postgres = connection.dialect.name == "postgresql"
    low_s, high_s = start_us / 1e6, (start_us + count * width_us) / 1e6
    place = (
        f"width_bucket(date_part('epoch', ts), {low_s!r}, {high_s!r}, {count})"
        if is_postgres
        else f"(ts - {start_us}) / {width_us} + 1"
    )
    found = _ask(
        connection,
        f"SELECT point_id, {place} AS place, min(value) AS low, max(value) AS high, count(*) AS count, "  # noqa: S608
        "max(CASE WHEN quality > 0 THEN 1 ELSE 0 END) AS doubtful "
        f"FROM readings WHERE {within(connection, numbers, span_us, 'ts')} AND {_usable(connection)} GROUP BY 1, 2",
    )
    return found._replace(middle_us=start_us + found.middle_us * width_us - width_us // 2 - width_us % 2)


def _buckets_of(connection: Connection, part: resolution.Piece, numbers: list[int], length_us: int) -> Stretches:
    """Stored buckets, several a stretch, and those that wait worked out from their readings, beside them."""
    assert part.rollup is not None
    first_us = part.start_us // part.rollup.length_us * part.rollup.length_us
    held = within(connection, numbers, (first_us, part.end_us), "bucket")
    rolled = _ask(
        connection,
        f"SELECT point_id, {_epoch(connection, 'bucket', length_us)} AS place, min(low) AS low, max(high) AS high, "  # noqa: S608
        "sum(count) AS count, max(CASE WHEN doubtful > 0 THEN 1 ELSE 0 END) AS doubtful "
        f"FROM {TABLES[part.rollup].name} WHERE {held} AND count > 0 GROUP BY 1, 2",
    )
    waiting = _ask(connection, _waiting_query(connection, part, numbers))
    return _joined(
        [
            rolled._replace(middle_us=rolled.middle_us * length_us + length_us // 2),
            waiting._replace(middle_us=waiting.middle_us * _FIVE_MINUTES_US + _FIVE_MINUTES_US // 2),
        ]
    )


def _waiting_query(connection: Connection, part: resolution.Piece, numbers: list[int]) -> str:
    """The extremes of marked buckets, one look into the index each: never a join over the whole record."""
    place = _epoch(connection, "d.bucket", _FIVE_MINUTES_US)
    first_us = part.start_us // _FIVE_MINUTES_US * _FIVE_MINUTES_US
    marked = within(connection, numbers, (first_us, part.end_us), "d.bucket", "d.point_id")
    extremes = (
        "min(value) AS low, max(value) AS high, count(*) AS count, "
        "max(CASE WHEN quality > 0 THEN 1 ELSE 0 END) AS doubtful"
    )
    own = f"r.point_id = d.point_id AND r.ts >= d.bucket AND {_usable(connection)}"
    if connection.dialect.name == "postgresql":
        return (
            f"SELECT d.point_id, {place} AS place, own.* FROM dirty_buckets d CROSS JOIN LATERAL ("  # noqa: S608
            f"SELECT {extremes} FROM readings r WHERE {own} AND r.ts < d.bucket + interval '5 minutes') AS own "
            f"WHERE {marked} AND own.count > 0"
        )
    return (
        f"SELECT d.point_id, {place} AS place, {extremes} FROM dirty_buckets d CROSS JOIN readings r "  # noqa: S608
        f"WHERE {marked} AND {own} AND r.ts < d.bucket + {_FIVE_MINUTES_US} GROUP BY 1, 2"
    )


_LAYOUT = (
    CopyColumn("point_id", "int4"),
    CopyColumn("place", "int8"),
    CopyColumn("low", "float8"),
    CopyColumn("high", "float8"),
    CopyColumn("count", "int8"),
    CopyColumn("doubtful", "int4"),
)
_TYPES = (np.int32, np.int64, np.float64, np.float64, np.int64, np.int32)


def _ask(connection: Connection, query: str) -> Stretches:
    """Run a query that yields the columns of the layout; `place` is a number from which the middle is worked out."""
    if connection.dialect.name == "postgresql":
        shown = ", ".join(f"{column.name}::{column.kind}" for column in _LAYOUT)
        found = copy_out(connection, f"SELECT {shown} FROM ({query}) AS answer", _LAYOUT)  # noqa: S608
        return Stretches(*(found[column.name] for column in _LAYOUT))
    rows = connection.exec_driver_sql(query).fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_LAYOUT)
    return Stretches(*(np.array(cells, kind) for cells, kind in zip(columns, _TYPES, strict=True)))


def _usable(connection: Connection) -> str:
    """Bad, infinite and missing values say nothing of extremes; PostgreSQL counts NaN as the greatest of all."""
    infinite = "'Infinity'::float8" if connection.dialect.name == "postgresql" else "9e999"
    return f"quality < {int(Quality.BAD)} AND value < {infinite} AND value > -{infinite}"


def _epoch(connection: Connection, column: str, length_us: int) -> str:
    if connection.dialect.name == "postgresql":
        return f"floor(date_part('epoch', {column}) / {length_us // 1_000_000})"
    return f"{column} / {length_us}"


# -- how much there is, and from when on -------------------------------------------------------------------------------


def _amounts(connection: Connection, names: Mapping[int, PointId], span_us: tuple[int, int]) -> dict[int, Amount]:
    """What the rollups tell of the readings in a span, with a guess for the buckets that wait."""
    start_us, end_us = span_us
    rollup = resolution.for_counting(end_us - start_us)
    table = TABLES[rollup]
    told = (
        select(table.c.point_id, func.sum(table.c.count), func.sum(table.c.covered_s))
        .where(
            table.c.point_id.in_(names),
            table.c.bucket > from_us(start_us - rollup.length_us),
            table.c.bucket < from_us(end_us),
        )
        .group_by(table.c.point_id)
    )
    amounts = {number: Amount() for number in names}
    amounts |= {row[0]: Amount(int(row[1]), float(row[2])) for row in connection.execute(told)}
    waiting = (
        select(dirty_buckets.c.point_id, func.count())
        .where(
            dirty_buckets.c.point_id.in_(names),
            dirty_buckets.c.bucket > from_us(start_us - _FIVE_MINUTES_US),
            dirty_buckets.c.bucket < from_us(end_us),
        )
        .group_by(dirty_buckets.c.point_id)
    )
    for number, buckets in connection.execute(waiting):
        amounts[number] = _with_waiting(amounts[number], buckets)
    return amounts


def _with_waiting(known: Amount, buckets: int) -> Amount:
    waiting_s = buckets * _FIVE_MINUTES_US / 1e6
    per_s = known.readings / known.covered_s if known.covered_s else 1.0
    return Amount(known.readings + round(waiting_s * per_s), known.covered_s + waiting_s)


def _newest_start(connection: Connection) -> int:
    """From when on every reading of every point is held."""
    newest = connection.execute(select(func.max(held_from.c.start)).where(held_from.c.kind == "raw")).scalar()
    return _EVER_US if newest is None else to_us(newest)


def _by_start(connection: Connection, names: Mapping[int, PointId]) -> dict[int, list[int]]:
    """The points by when their readings begin to be held."""
    rows = connection.execute(select(held_from.c.point_id, held_from.c.start).where(held_from.c.kind == "raw"))
    starts = {row.point_id: to_us(row.start) for row in rows}
    groups: dict[int, list[int]] = {}
    for number in sorted(names):
        groups.setdefault(starts.get(number, starts.get(0, _EVER_US)), []).append(number)
    return groups


def _start_of(connection: Connection, rollup: Rollup) -> int:
    found = connection.execute(select(held_from.c.start).where(held_from.c.kind == rollup.value)).scalar()
    return _EVER_US if found is None else to_us(found)
