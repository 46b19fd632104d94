"""Drops what has been kept long enough: whole days on PostgreSQL, small pieces on SQLite; never what is not rolled up.

First it is written down from when on readings are held; from that commit on the writer refuses older ones. Then the
marked buckets before it are rolled up, and only when none is left do the readings go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.history.model import Rollup, Terms
from backend_core.history.rules import as_payload
from backend_core.history.sql_partitions import held
from backend_core.kernel.clock import from_us, to_us
from backend_core.kernel.identities import PointId
from backend_core.storage import journal
from backend_core.storage.schema.base import UtcTime
from backend_core.storage.schema.record import event_log, points, readings
from backend_core.storage.schema.rollups import dirty_buckets, held_from, record_keeping, rollups_5m
from backend_core.telemetry.model import Reading, Reason, Rejection

RAW, SHORT = "raw", Rollup.FIVE_MINUTES.value
ALL = 0
DAY = timedelta(days=1)
"""No reading younger than this is ever too old: the settings' least."""
PIECE = 2000
"""So many rows go at once on SQLite: about 10 ms of its only writer."""


class Dropped(NamedTuple):
    """What one step of the clearing did: where, and how many rows went as far as is known."""

    what: str
    rows: int


# -- the writer's part -------------------------------------------------------------------------------------------------


def judge(
    connection: Connection, rows: Sequence[Reading], numbers: Mapping[PointId, int]
) -> tuple[Sequence[Reading], list[Rejection]]:
    """Part the readings of times whose readings are no longer held: what is rolled up there is final."""
    starts = raw_starts(connection)
    if not starts:
        return rows, []
    everyone = starts.get(ALL, 0)
    kept: list[Reading] = []
    refused: list[Rejection] = []
    for row in rows:
        start_us = starts.get(numbers[row.point], everyone)
        if row.ts_us >= start_us:
            kept.append(row)
        else:
            refused.append(_too_old(row, start_us))
    return kept, refused


def _too_old(row: Reading, start_us: int) -> Rejection:
    detail = f"{row.point} keeps its readings from {from_us(start_us):%Y-%m-%d} on; older ones are rolled up for good."
    return Rejection(f"point/{row.point}", as_payload(row), Reason.TOO_OLD, detail, row.received_us)


def raw_starts(connection: Connection) -> dict[int, int]:
    """From when on readings are held: of all points, under 0, and of those that are kept longer."""
    rows = connection.execute(select(held_from.c.point_id, held_from.c.start).where(held_from.c.kind == RAW))
    return {row.point_id: to_us(row.start) for row in rows}


# -- the keeper's part -------------------------------------------------------------------------------------------------


def close(connection: Connection, terms: Terms, kept_longer: Sequence[PointId], now: datetime) -> None:
    """Write down from when on readings are held. A point that is kept longer from now on gains no older ones back."""
    # Writers hold this row for share: none is between its judgement and its commit.
    connection.execute(update(record_keeping).values(generation=record_keeping.c.generation + 1))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    before = raw_starts(connection)
    everyone_us = max(before.get(ALL, 0), to_us(midnight - terms.raw))
    longer_us = to_us(midnight - terms.raw_with_rules)
    named = select(points.c.point_id).where(points.c.point.in_(bindparam("some", expanding=True)))
    numbers: list[int] = []
    for first in range(0, len(kept_longer), 500):
        numbers += connection.execute(named, {"some": kept_longer[first : first + 500]}).scalars()
    starts = {number: max(longer_us, before.get(number, before.get(ALL, 0))) for number in numbers}
    # One that lost its rules keeps what it has until that is as old as everybody's.
    starts |= {n: max(longer_us, start) for n, start in before.items() if n not in starts and n != ALL}
    starts = {number: start_us for number, start_us in starts.items() if start_us < everyone_us}
    connection.execute(delete(held_from).where(held_from.c.kind == RAW))
    _note(connection, RAW, {ALL: everyone_us} | starts)
    _note(connection, SHORT, {ALL: to_us(_short_start(connection, midnight - terms.five_minutes))})


def _short_start(connection: Connection, wanted: datetime) -> datetime:
    """Whole months go on PostgreSQL."""
    return wanted.replace(day=1) if connection.dialect.name == "postgresql" else wanted


def _note(connection: Connection, kind: str, starts: Mapping[int, int]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    line = dialect.insert(held_from)
    rows = [{"kind": kind, "point_id": number, "start": from_us(start_us)} for number, start_us in starts.items()]
    newer = {"start": line.excluded.start}
    connection.execute(line.on_conflict_do_update(index_elements=["kind", "point_id"], set_=newer), rows)


def drop_readings(connection: Connection) -> Dropped | None:
    """Drop one more piece of the readings that are no longer held; nothing when all are gone or a bucket waits."""
    starts = raw_starts(connection)
    if ALL not in starts:
        return None
    if connection.dialect.name == "postgresql":
        return _drop_day(connection, starts)
    return _drop_piece(connection, starts)


def _drop_day(connection: Connection, starts: Mapping[int, int]) -> Dropped | None:
    for name, day in held(connection, "readings"):
        end_us = to_us(day + DAY)
        if end_us > starts[ALL]:
            break
        staying = [number for number, start_us in starts.items() if number != ALL and start_us < end_us]
        if _waits(connection, day, day + DAY) or not _has_others(connection, name, staying):
            continue
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        if not staying:
            connection.execute(text(f"DROP TABLE {name}"))
            return Dropped(name, 0)
        return Dropped(name, _thin_day(connection, name, staying))
    return _drop_elsewhen(connection, starts)


def _has_others(connection: Connection, name: str, staying: Sequence[int]) -> bool:
    """Whether a day holds readings of points that do not stay, or none at all and may go."""
    if not staying:
        return True
    others = text(
        f"SELECT EXISTS (SELECT 1 FROM points p WHERE p.point_id <> ALL(:staying) "  # noqa: S608  (a name of our own)
        f"AND EXISTS (SELECT 1 FROM {name} r WHERE r.point_id = p.point_id))"
    )
    return bool(connection.execute(others, {"staying": list(staying)}).scalar())


def _thin_day(connection: Connection, name: str, staying: Sequence[int]) -> int:
    """Empty the day and put back what stays: deleting rows would leave their space, and a lock on the whole record."""
    connection.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
    connection.execute(
        text(
            f"CREATE TEMPORARY TABLE staying ON COMMIT DROP AS SELECT * FROM {name} "  # noqa: S608
            "WHERE point_id = ANY(:staying) ORDER BY point_id, ts, seq"
        ),
        {"staying": list(staying)},
    )
    before = int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one())  # noqa: S608
    connection.execute(text(f"TRUNCATE {name}"))
    after = connection.execute(text(f"INSERT INTO {name} SELECT * FROM staying")).rowcount  # noqa: S608
    return before - after


def _drop_elsewhen(connection: Connection, starts: Mapping[int, int]) -> Dropped | None:
    """Readings of odd times lie together; few, and dropped one by one."""
    edge = from_us(starts[ALL])
    if _waits(connection, None, edge):
        return None
    staying = [number for number in starts if number != ALL]
    gone = text(
        "DELETE FROM readings_elsewhen WHERE (point_id, ts, seq) IN (SELECT point_id, ts, seq FROM readings_elsewhen "
        "WHERE ts < :edge AND point_id <> ALL(:staying) LIMIT 50000)"
    ).bindparams(bindparam("edge", type_=UtcTime))
    rows = connection.execute(gone, {"edge": edge, "staying": staying}).rowcount
    return Dropped("readings_elsewhen", rows) if rows else None


def _waits(connection: Connection, start: datetime | None, end: datetime) -> bool:
    """Whether a bucket of this time still has to be rolled up."""
    marked = select(dirty_buckets.c.bucket).where(dirty_buckets.c.bucket < end)
    if start is not None:
        marked = marked.where(dirty_buckets.c.bucket >= start)
    return connection.execute(marked.limit(1)).first() is not None


def _drop_piece(connection: Connection, starts: Mapping[int, int]) -> Dropped | None:
    for number in connection.execute(select(points.c.point_id).order_by(points.c.point_id)).scalars().all():
        edge = from_us(starts.get(number, starts[ALL]))
        old = select(readings.c.ts).where(readings.c.point_id == number, readings.c.ts < edge).order_by(readings.c.ts)
        if connection.execute(old.limit(1)).first() is None or _point_waits(connection, number, edge):
            continue
        last = connection.execute(old.offset(PIECE).limit(1)).scalar()
        until = readings.c.ts < (edge if last is None else last)
        rows = connection.execute(delete(readings).where(readings.c.point_id == number, until)).rowcount
        return Dropped("readings", rows)
    return None


def _point_waits(connection: Connection, number: int, end: datetime) -> bool:
    marked = select(dirty_buckets.c.bucket).where(dirty_buckets.c.bucket < end, dirty_buckets.c.point_id == number)
    return connection.execute(marked.limit(1)).first() is not None


def drop_short_rollups(connection: Connection) -> Dropped | None:
    """Drop one more piece of the five-minute rollups that are no longer held; the hours of that time stay."""
    start = connection.execute(select(held_from.c.start).where(held_from.c.kind == SHORT)).scalar()
    if start is None:
        return None
    if connection.dialect.name == "postgresql":
        for name, month in held(connection, "rollups_5m"):
            if (month + timedelta(days=32)).replace(day=1) <= start:
                connection.execute(text(f"DROP TABLE {name}"))
                return Dropped(name, 0)
        return None
    return _drop_bucket_piece(connection, start)


def _drop_bucket_piece(connection: Connection, start: datetime) -> Dropped | None:
    for number in connection.execute(select(points.c.point_id).order_by(points.c.point_id)).scalars().all():
        old = (
            select(rollups_5m.c.bucket)
            .where(rollups_5m.c.point_id == number, rollups_5m.c.bucket < start)
            .order_by(rollups_5m.c.bucket)
        )
        if connection.execute(old.limit(1)).first() is None:
            continue
        last = connection.execute(old.offset(PIECE).limit(1)).scalar()
        until = rollups_5m.c.bucket < (start if last is None else last)
        rows = connection.execute(delete(rollups_5m).where(rollups_5m.c.point_id == number, until)).rowcount
        return Dropped("rollups_5m", rows)
    return None


def drop_events(connection: Connection, before: datetime) -> Dropped | None:
    """Drop one more piece of the event log."""
    old = select(event_log.c.id).where(event_log.c.at < before).order_by(event_log.c.at).limit(PIECE)
    rows = connection.execute(delete(event_log).where(event_log.c.id.in_(old.scalar_subquery()))).rowcount
    return Dropped("event_log", rows) if rows else None


def drop_journal(connection: Connection, before: datetime) -> Dropped | None:
    """Drop one more piece of the journal of changes; alarms and the event log keep what happened."""
    rows = journal.drop_before(connection, before, PIECE)
    return Dropped("journal", rows) if rows else None


def note_cleared(connection: Connection, at: datetime) -> None:
    """Remember when old rows were last dropped."""
    connection.execute(update(record_keeping).values(cleared_at=at))


def cleared_at(connection: Connection) -> datetime | None:
    """When old rows were last dropped."""
    at: datetime | None = connection.execute(select(record_keeping.c.cleared_at)).scalar_one()
    return at


def count_marks(connection: Connection) -> int:
    """How many buckets wait, ended or not."""
    return int(connection.execute(select(func.count()).select_from(dirty_buckets)).scalar_one())
