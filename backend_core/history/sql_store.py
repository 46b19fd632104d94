"""Readings in PostgreSQL and SQLite: one transaction a batch, and spans read as arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    any_,
    bindparam,
    case,
    cast,
    func,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from backend_core.history import sql_quarantine, sql_registry, sql_retention
from backend_core.history.model import History, HistoryTotals, Writing, Written
from backend_core.history.rules.resolution import Limits
from backend_core.history.sql_marks import Marks, Noted
from backend_core.history.sql_partitions import Partitions, held
from backend_core.history.sql_rollups import is_named
from backend_core.history.sql_spans import USUAL, no_history, read_spans
from backend_core.kernel.clock import from_us, to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Mark, Quality
from backend_core.storage import counters
from backend_core.storage.binary_copy import CopyColumn, copy_in
from backend_core.storage.database import Database, Lane
from backend_core.storage.schema.record import points, readings
from backend_core.telemetry.model import Reading, Rejection

_LAYOUT = (
    CopyColumn("point_id", "int4"),
    CopyColumn("ts", "timestamptz"),
    CopyColumn("seq", "int2"),
    CopyColumn("value", "float8"),
    CopyColumn("quality", "int2"),
    CopyColumn("marks", "int2"),
    CopyColumn("received_at", "timestamptz"),
    CopyColumn("payload_hash", "int8"),
)
_NAMES = ", ".join(column.name for column in _LAYOUT)
_TYPES = [np.dtype({"int4": "i4", "int2": "i2", "float8": "f8"}.get(column.kind, "i8")) for column in _LAYOUT]
_TS, _MARKS = 1, 5
_REDELIVERED = int(Mark.REDELIVERED)
"""A plain number: asking an enumeration three thousand times a batch took a fifth of the writing."""

Columns = list[NDArray[Any]]


class SqlHistoryStore:
    """The record on either database; the numbers of points are remembered between batches."""

    def __init__(self, database: Database, origin: str, limits: Limits = USUAL) -> None:
        self._database = database
        self._origin = origin
        self._limits = limits
        self._numbers: dict[PointId, int] = {}
        self._partitions = Partitions()
        self._marks = Marks()
        self._quarantine = sql_quarantine.Quarantine(origin)

    async def write(self, writing: Writing, *, as_leader: bool = True) -> Written:
        learned = await self._database.write(lambda c: self._write(c, writing), Lane.TELEMETRY, as_leader=as_leader)
        # Only now: had the transaction been rolled back, these numbers and marks would stand for nothing.
        self._numbers |= learned.numbers
        self._partitions.remember(learned.days)
        if learned.noted is not None:
            self._marks.remember(learned.noted)
        return learned.written

    async def tidy(self, now: datetime) -> int:
        return await self._database.write(
            lambda connection: self._quarantine.purge(connection, now), Lane.MAINTENANCE, as_leader=True
        )

    async def span(self, points: Sequence[PointId], start: datetime, end: datetime, columns: int) -> History:
        def work(connection: Connection) -> History:
            numbers = self._find(connection, points)
            found = read_spans(connection, numbers, (to_us(start), to_us(end)), columns, self._limits)
            return History(start, end, {point: found.get(point) or no_history(point) for point in points})

        return await self._database.read(work)

    async def latest(self) -> list[Reading]:
        return await self._database.read(_latest)

    async def totals(self) -> HistoryTotals:
        return await self._database.read(totals)

    def stream(
        self,
        point: str | None,
        start: datetime | None,
        end: datetime | None,
        qualities: Collection[Quality] = (),
    ) -> Iterator[Reading]:
        """Runs on the calling thread: the command line's. Day by day, so that the database sorts one day at a time."""
        query = _chosen(point, qualities)
        # By the bytes of the names on both databases, whatever language the server sorts in.
        name = points.c.point.collate("C") if self._database.kind == "postgresql" else points.c.point
        query = query.order_by(readings.c.ts, name, readings.c.seq)
        with self._database.looking() as connection:
            for first, last in _slices(connection, start, end):
                within = query if first is None else query.where(readings.c.ts >= first)
                within = within if last is None else within.where(readings.c.ts < last)
                for row in connection.execute(within):
                    yield reading_of(row)

    def _find(self, connection: Connection, wanted: Sequence[PointId]) -> dict[PointId, int]:
        rows = connection.execute(select(points.c.point, points.c.point_id).where(points.c.point.in_(wanted)))
        return {PointId(point): number for point, number in rows}

    def _write(self, connection: Connection, writing: Writing) -> _Learned:
        missing = {reading.point for reading in writing.readings} - self._numbers.keys()
        fresh = sql_registry.enrol(connection, writing, missing, self._origin) if missing or writing.discoveries else {}
        numbers = self._numbers | fresh if fresh else self._numbers
        kept, columns, too_old = _sifted(connection, writing, numbers)
        stored, conflicts, days, noted = 0, [], set[int](), None
        if kept:
            days = self._partitions.ensure(connection, columns[1], to_us(writing.now))
            noted = self._marks.note(connection, columns[0], columns[1])
            stored, clashing = _insert(connection, columns)
            conflicts = [sql_quarantine.conflict(kept[index]) for index in clashing]
            _doubt(connection, [kept[index] for index in clashing], numbers)
        rejections = [*writing.rejections, *too_old, *conflicts]
        quarantined = self._quarantine.keep(connection, rejections)
        rejected = Counter(str(rejection.reason) for rejection in rejections)
        amounts = {f"rejected.{reason}": count for reason, count in rejected.items()}
        counters.add(connection, amounts | {"readings_stored": stored, "quarantined": quarantined})
        absorbed = len(writing.readings) - stored - len(conflicts) - len(too_old)
        return _Learned(Written(stored, absorbed, len(conflicts), quarantined, rejected), fresh, days, noted)


class _Learned(NamedTuple):
    """What a transaction did, and what may be remembered once it has committed."""

    written: Written
    numbers: dict[PointId, int]
    days: set[int]
    noted: Noted | None


def totals(connection: Connection) -> HistoryTotals:
    """The counters of the record."""
    found = counters.totals(connection)
    rejected = {name.removeprefix("rejected."): n for name, n in found.items() if name.startswith("rejected.")}
    return HistoryTotals(found.get("readings_stored", 0), found.get("quarantined", 0), rejected)


def _sifted(
    connection: Connection, writing: Writing, numbers: dict[PointId, int]
) -> tuple[Sequence[Reading], Columns, list[Rejection]]:
    """The readings to store, as columns, and those that are too old; nearly always that is all of them."""
    rows, too_old = writing.readings, list[Rejection]()
    if not rows:
        return rows, [], too_old
    columns = _columns(rows, numbers)
    if (columns[_MARKS] & _REDELIVERED).any():
        rows = _without_redelivered(connection, rows, numbers)
    if int(columns[_TS].min()) < to_us(writing.now - sql_retention.DAY):
        rows, too_old = sql_retention.judge(connection, rows, numbers)
    if rows and rows is not writing.readings:
        columns = _columns(rows, numbers)
    return rows, columns, too_old


def _columns(rows: Sequence[Reading], numbers: dict[PointId, int]) -> Columns:
    point, ts_us, seq, value, quality, marks, received_us, payload_hash = zip(*rows, strict=True)
    lists = ([numbers[p] for p in point], ts_us, seq, value, quality, marks, received_us, payload_hash)
    return [np.array(values, dtype=kind) for values, kind in zip(lists, _TYPES, strict=True)]


def _insert(connection: Connection, columns: Columns) -> tuple[int, list[int]]:
    """Store the rows. Returns how many were new, and the indexes of those whose key holds another value."""
    insert = _insert_postgres if connection.dialect.name == "postgresql" else _insert_sqlite
    return insert(connection, columns)


def _insert_postgres(connection: Connection, columns: Columns) -> tuple[int, list[int]]:
    # Straight into the table is four times as fast as by way of a temporary one; keys that exist are the exception.
    # In the order of the key: neighbours share pages of the index, and later of the table when a trend reads them.
    order = np.lexsort((columns[_TS], columns[0]))
    try:
        with connection.begin_nested():
            copy_in(connection, "readings", _LAYOUT, [column[order] for column in columns])
        return len(columns[0]), []
    except IntegrityError:
        return _insert_unseen(connection, columns)


def _insert_unseen(connection: Connection, columns: Columns) -> tuple[int, list[int]]:
    connection.execute(
        text("CREATE TEMPORARY TABLE IF NOT EXISTS arriving (LIKE readings, at_index int) ON COMMIT DELETE ROWS")
    )
    connection.execute(text("TRUNCATE arriving"))
    order = np.arange(len(columns[0]), dtype=np.int32)
    copy_in(connection, "arriving", (*_LAYOUT, CopyColumn("at_index", "int4")), [*columns, order])
    stored = connection.execute(
        text(
            # Only names of our own stand in the statement.
            f"INSERT INTO readings ({_NAMES}) SELECT DISTINCT ON (point_id, ts, seq) {_NAMES} FROM arriving "  # noqa: S608
            "ORDER BY point_id, ts, seq, at_index ON CONFLICT DO NOTHING"
        )
    ).rowcount
    clashing = connection.execute(
        text(
            "SELECT a.at_index FROM arriving a JOIN readings r USING (point_id, ts, seq) "
            "WHERE a.value <> r.value ORDER BY a.at_index"
        )
    )
    return stored, list(clashing.scalars())


def _insert_sqlite(connection: Connection, columns: Columns) -> tuple[int, list[int]]:
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    before = _changes(connection)
    marks = ", ".join("?" * len(_LAYOUT))
    connection.exec_driver_sql(f"INSERT INTO readings ({_NAMES}) VALUES ({marks}) ON CONFLICT DO NOTHING", rows)  # noqa: S608
    stored = _changes(connection) - before
    if stored == len(rows):
        return stored, []
    find = "SELECT value FROM readings WHERE point_id = ? AND ts = ? AND seq = ?"
    held = [connection.exec_driver_sql(find, row[:3]).scalar() for row in rows]
    return stored, [index for index, (row, value) in enumerate(zip(rows, held, strict=True)) if row[3] != value]


def _doubt(connection: Connection, clashing: Sequence[Reading], numbers: dict[PointId, int]) -> None:
    """The first value of a key stands, but not as a good one: another was told for the same moment."""
    if not clashing:
        return
    uncertain = int(Quality.UNCERTAIN)
    at_least = case((readings.c.quality < uncertain, uncertain), else_=readings.c.quality)
    doubted = (
        update(readings)
        .where(
            readings.c.point_id == bindparam("at_point"),
            readings.c.ts == bindparam("at_ts"),
            readings.c.seq == bindparam("at_seq"),
            readings.c.marks.bitwise_and(int(Mark.CONFLICT)) == 0,
        )
        .values(
            quality=at_least,
            marks=readings.c.marks.bitwise_or(int(Mark.CONFLICT)),
        )
    )
    keys = [{"at_point": numbers[r.point], "at_ts": from_us(r.ts_us), "at_seq": r.seq} for r in clashing]
    connection.execute(doubted, keys)


def _changes(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one())


def _without_redelivered(
    connection: Connection, rows: Sequence[Reading], numbers: dict[PointId, int]
) -> Sequence[Reading]:
    """Leave out readings without a time of their own that the broker delivers a second time."""
    again = {(numbers[r.point], r.payload_hash) for r in rows if r.marks & _REDELIVERED}
    if not again:
        return rows
    seen = select(readings.c.point_id, readings.c.payload_hash).where(
        # The second condition is that of the index.
        readings.c.payload_hash.in_(sorted({digest for _, digest in again})),
        readings.c.payload_hash != 0,
    )
    known = {(row.point_id, row.payload_hash) for row in connection.execute(seen)}
    return [r for r in rows if not (r.marks & _REDELIVERED and (numbers[r.point], r.payload_hash) in known)]


def _latest(connection: Connection) -> list[Reading]:
    if connection.dialect.name == "postgresql":
        # Nearly all points spoke within a day: for them alone the days before need not be opened.
        recent = _last_of_each(connection, select(points), readings.c.ts >= func.now() - text("interval '1 day'"))
        spoke = {reading.point for reading in recent}
        silent = [row.point_id for row in connection.execute(select(points)) if row.point not in spoke]
        wanted = select(points).where(points.c.point_id == any_(cast(silent, postgresql.ARRAY(Integer))))
        return recent + (_last_of_each(connection, wanted, true()) if silent else [])
    ends = select(readings.c.point_id, func.max(readings.c.ts).label("ts")).group_by(readings.c.point_id).subquery()
    joined = readings.join(ends, (readings.c.point_id == ends.c.point_id) & (readings.c.ts == ends.c.ts)).join(
        points, points.c.point_id == readings.c.point_id
    )
    return [reading_of(row) for row in connection.execute(select(points.c.point, *readings.c[1:]).select_from(joined))]


def _last_of_each(connection: Connection, wanted: Select[Any], within: ColumnElement[bool]) -> list[Reading]:
    """The newest reading of each of some points, by one look into the index each."""
    some = wanted.subquery("some")
    newest = (
        select(readings).where(readings.c.point_id == some.c.point_id, within)
        .order_by(readings.c.ts.desc(), readings.c.seq.desc()).limit(1)
    )  # fmt: skip
    last = newest.lateral("last")
    rows = connection.execute(select(some.c.point, *last.c[1:]).select_from(some.join(last, true())))
    return [reading_of(row) for row in rows]


def _chosen(point: str | None, qualities: Collection[Quality]) -> Select[Any]:
    query = select(points.c.point, *readings.c[1:]).join(points, points.c.point_id == readings.c.point_id)
    query = query if point is None else query.where(is_named(point))
    return query.where(readings.c.quality.in_(qualities)) if qualities else query


def _slices(
    connection: Connection, start: datetime | None, end: datetime | None
) -> list[tuple[datetime | None, datetime | None]]:
    """The span in the days that have a partition, and what lies before, between and after them."""
    if connection.dialect.name != "postgresql":
        return [(start, end)]
    edges = {day + timedelta(days=more) for _, day in held(connection, "readings") for more in (0, 1)}
    inside = sorted(edge for edge in edges if (start is None or edge > start) and (end is None or edge < end))
    return list(pairwise([start, *inside, end]))


def reading_of(row: Row[Any]) -> Reading:
    """A row of the point's name and the columns of a reading."""
    point, ts, seq, value, quality, marks, received_at, payload_hash = tuple(row)
    held = Quality(quality) if quality in Quality._value2member_map_ else Quality.BAD
    return Reading(PointId(point), to_us(ts), seq, value, held, marks, to_us(received_at), payload_hash)
