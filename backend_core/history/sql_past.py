"""Moments of the record on PostgreSQL and SQLite: a few steps down the key for each point, never a scan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Interval,
    Select,
    and_,
    func,
    literal,
    literal_column,
    select,
    true,
)

from backend_core.history.model import Silence
from backend_core.history.sql_store import reading_of
from backend_core.storage.database import Database
from backend_core.storage.schema.base import UtcTime
from backend_core.storage.schema.record import points, readings
from backend_core.telemetry.model import Reading

WITNESSES, BEGINNINGS = 8, 200
"""So many points, spread over the registry, are asked whether anything was recorded in a stretch."""
NEAR = timedelta(hours=6)
SHORTEST_SILENCE = timedelta(seconds=30)


class SqlPastReadings:
    """Reads only; any console may ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def at(self, moment: datetime, reach: timedelta) -> list[Reading]:
        return await self._database.read(lambda connection: _at(connection, moment, reach))

    async def between(self, after: datetime, until: datetime, at_most: int) -> list[Reading] | None:
        found = await self._database.read(lambda connection: _between(connection, after, until, at_most))
        return None if len(found) > at_most else found

    async def begins_at(self) -> datetime | None:
        return await self._database.read(_begins_at)

    async def silences(self, start: datetime, end: datetime, columns: int) -> tuple[Silence, ...]:
        return await self._database.read(lambda connection: _silences(connection, start, end, columns))


def _at(connection: Connection, moment: datetime, reach: timedelta) -> list[Reading]:
    """Almost every point spoke shortly before; only for the others the whole reach, with all its days, is searched."""
    near = _newest(connection, moment, min(reach, NEAR), true())
    if reach <= NEAR:
        return list(near.values())
    names = connection.execute(select(points.c.point, points.c.point_id))
    missing = [number for name, number in names if name not in near]
    far = _newest(connection, moment, reach, points.c.point_id.in_(missing)) if missing else {}
    return [*near.values(), *far.values()]


def _newest(
    connection: Connection, moment: datetime, reach: timedelta, wanted: ColumnElement[bool]
) -> dict[str, Reading]:
    within = and_(readings.c.point_id == points.c.point_id, readings.c.ts <= moment, readings.c.ts > moment - reach)
    query: Select[Any]
    if connection.dialect.name == "postgresql":
        order = (readings.c.ts.desc(), readings.c.seq.desc())
        last = select(readings).where(within).order_by(*order).limit(1).lateral("last")
        query = select(points.c.point, *last.c[1:]).select_from(points.join(last, true()))
    else:
        newest = select(func.max(readings.c.ts)).where(within).correlate(points).scalar_subquery()
        joined = points.join(readings, and_(readings.c.point_id == points.c.point_id, readings.c.ts == newest))
        query = select(points.c.point, *readings.c[1:]).select_from(joined).order_by(readings.c.seq)
    # Several readings of one point may share a time; the last in their order counts.
    return {row.point: reading_of(row) for row in connection.execute(query.where(wanted))}


def _between(connection: Connection, after: datetime, until: datetime, at_most: int) -> list[Reading]:
    """Point by point down the key: the time alone has no index, and needs none."""
    within = and_(readings.c.point_id == points.c.point_id, readings.c.ts > after, readings.c.ts <= until)
    each: FromClause = readings
    joined = points.join(readings, within)
    if connection.dialect.name == "postgresql":
        # The offset keeps the planner from turning this into one join over everything.
        each = select(readings).where(within).offset(literal_column("0")).lateral("each")
        joined = points.join(each, true())
    query = select(points.c.point, *list(each.c)[1:]).select_from(joined)
    ordered = query.order_by(each.c.ts, points.c.point_id, each.c.seq).limit(at_most + 1)
    return [reading_of(row) for row in connection.execute(ordered)]


def _begins_at(connection: Connection) -> datetime | None:
    """Told by many points: one that is known for long may have begun to be measured late."""
    first = (
        select(readings.c.ts)
        .where(readings.c.point_id == points.c.point_id)
        .order_by(readings.c.ts)
        .limit(1)
        .correlate(points)
        .scalar_subquery()
    )
    asked = select(first.label("first")).where(points.c.point_id.in_(_witnesses(connection, BEGINNINGS)))
    return min((at for at in connection.execute(asked).scalars() if at is not None), default=None)


def _silences(connection: Connection, start: datetime, end: datetime, columns: int) -> tuple[Silence, ...]:
    """Column by column the witnesses are asked for one reading; neighbours without any are one silence."""
    witnesses = _witnesses(connection)
    if not witnesses or end <= start:
        return ()
    width = max((end - start) / columns, SHORTEST_SILENCE)
    count = max(1, round((end - start) / width))
    edges = [start + number * width for number in range(count)] + [end]
    silent = _silent_columns(connection, witnesses, start, width, count)
    return tuple(
        Silence(edges[found[0]], edges[found[-1] + 1])
        for is_silent, group in groupby(range(count), key=silent.__contains__)
        if is_silent and (found := list(group))
    )


def _silent_columns(
    connection: Connection, witnesses: Sequence[int], start: datetime, width: timedelta, count: int
) -> set[int]:
    if connection.dialect.name != "postgresql":
        moments = [start + number * width for number in range(count)]
        told = [connection.execute(_one_within(witnesses, at, at + width)).first() for at in moments]
        return {number for number, found in enumerate(told) if found is None}
    # One question for all columns: a question each would spend its time on being planned.
    number = func.generate_series(0, count - 1).column_valued("number")
    left = literal(start, UtcTime()) + number * literal(width, Interval())
    one = _one_within(witnesses, left, left + literal(width, Interval())).correlate_except(readings).scalar_subquery()
    return set(connection.execute(select(number).where(one.is_(None))).scalars())


def _witnesses(connection: Connection, count: int = WITNESSES) -> Sequence[int]:
    numbers = list(connection.execute(select(points.c.point_id).order_by(points.c.point_id)).scalars())
    step = max(1, len(numbers) // count)
    return numbers[::step][:count]


def _one_within(witnesses: Sequence[int], start: Any, end: Any) -> Select[Any]:
    within = and_(readings.c.point_id.in_(witnesses), readings.c.ts >= start, readings.c.ts < end)
    return select(readings.c.point_id).where(within).limit(1)
