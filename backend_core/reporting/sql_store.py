"""The facts of a day from PostgreSQL or SQLite, read in pieces: none holds a transaction or a reader for long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Row,
    case,
    cast,
    extract,
    func,
    or_,
    select,
    type_coerce,
)

from backend_core.kernel.clock import to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Mark, Quality
from backend_core.kernel.workers import Progress
from backend_core.reporting.model import (
    SLOT_MINUTES,
    SLOTS,
    AlarmFact,
    DailyFacts,
    DataVersion,
    OutageFact,
    PointDay,
    SmartSwitchDay,
)
from backend_core.storage import upgrade
from backend_core.storage.database import Database
from backend_core.storage.schema.alarms import alarm_journal
from backend_core.storage.schema.outages import outage_switches, outages, smart_switch_checks
from backend_core.storage.schema.record import devices, points, quarantine, readings

POINTS_AT_ONCE = 20
SWITCHES_DRAWN = 24
_SLOT_S = 60 * SLOT_MINUTES
_RANK = {"online": 1, "unknown": 2, "offline": 3}


class _Day(NamedTuple):
    """The first moment of the day, and the first that lies behind it."""

    start: datetime
    end: datetime


class _Enrolled(NamedTuple):
    """A point with its number and the kind of its device."""

    number: int
    point: PointId
    kind: str


class SqlDailyFactsStore:
    """Implements `DailyFactsStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def facts(self, day: date, made_at: datetime, progress: Progress | None = None) -> DailyFacts:
        span = _day(day, made_at)
        known = await self._database.read(_enrolled)
        found: list[PointDay] = []
        for begin in range(0, len(known), POINTS_AT_ONCE):
            some = known[begin : begin + POINTS_AT_ONCE]
            if progress is not None:
                progress(begin / len(known), f"Reading {begin + len(some)} of {len(known)} points")
            found += await self._database.read(partial(_point_days, some=some, span=span))
        return await self._database.read(lambda connection: _whole(connection, day, made_at, found))


def _day(day: date, made_at: datetime) -> _Day:
    """Today ends now: what is dated later comes from a clock that is wrong."""
    start = datetime.combine(day, time(), UTC)
    return _Day(start, min(start + timedelta(days=1), made_at))


def _enrolled(connection: Connection) -> list[_Enrolled]:
    query = select(points.c.point_id, points.c.point, devices.c.kind).join(devices, devices.c.device == points.c.device)
    return [
        _Enrolled(number, PointId(point), kind)
        for number, point, kind in connection.execute(query.order_by(points.c.point))
    ]


def _slot(connection: Connection, column: Any, start: datetime) -> ColumnElement[int]:
    """The interval of the day in which a time lies."""
    if connection.dialect.name == "postgresql":
        return cast(func.floor(extract("epoch", column - start) / _SLOT_S), Integer)
    return (type_coerce(column, BigInteger) - to_us(start)) // (_SLOT_S * 1_000_000)


def _point_days(connection: Connection, *, some: Sequence[_Enrolled], span: _Day) -> list[PointDay]:
    r = readings.c
    slot = _slot(connection, r.ts, span.start).label("slot")
    believed = case((r.quality < int(Quality.BAD), r.value))
    is_computed = r.marks.bitwise_and(int(Mark.DEMO_HISTORY)) != 0
    query = (
        select(
            r.point_id,
            slot,
            func.count().label("readings"),
            func.avg(believed).label("mean"),
            func.min(believed).label("low"),
            func.max(believed).label("high"),
            func.sum(case((r.quality == int(Quality.GOOD), 1), else_=0)).label("good"),
            func.sum(case((r.quality >= int(Quality.BAD), 1), else_=0)).label("bad"),
            func.sum(case((is_computed, 1), else_=0)).label("computed"),
            func.max(r.ts).label("newest"),
        )
        .where(r.point_id.in_([one.number for one in some]), r.ts >= span.start, r.ts < span.end)
        .group_by(r.point_id, slot)
    )
    rows: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        rows[row.point_id].append(row)
    return [_point_day(one, rows[one.number]) for one in some]


def _point_day(one: _Enrolled, rows: Sequence[Row[Any]]) -> PointDay:
    mean, low, high = (np.full(SLOTS, np.nan) for _ in range(3))
    count = np.zeros(SLOTS, np.int64)
    for row in rows:
        count[row.slot] = row.readings
        if row.mean is not None:
            mean[row.slot], low[row.slot], high[row.slot] = row.mean, row.low, row.high
    good, bad = sum(int(row.good) for row in rows), sum(int(row.bad) for row in rows)
    computed = sum(int(row.computed) for row in rows)
    uncertain = int(count.sum()) - good - bad
    newest = max((row.newest for row in rows), default=None)
    return PointDay(one.point, one.kind, mean, low, high, count, good, uncertain, bad, computed, newest)


def _whole(connection: Connection, day: date, made_at: datetime, found: Sequence[PointDay]) -> DailyFacts:
    span = _day(day, made_at)
    known_attributes = connection.execute(select(devices.c.device, devices.c.attributes))
    return DailyFacts(
        day=day,
        made_at=made_at,
        points=tuple(found),
        alarms=_alarms(connection, span),
        standing_before=_standing_before(connection, span),
        outages=_outages(connection, span),
        smart_switches=_smart_switches(connection, span),
        quarantined=_quarantined(connection, span),
        version=_version(connection, found),
        attributes={device: attributes for device, attributes in known_attributes if attributes},
    )


def _alarms(connection: Connection, span: _Day) -> tuple[AlarmFact, ...]:
    """Every occurrence raised in the day, with what became of it until now."""
    j = alarm_journal.c
    raised = connection.execute(
        select(alarm_journal).where(j.kind == "cond_true", j.at >= span.start, j.at < span.end).order_by(j.seq)
    ).all()
    if not raised:
        return ()
    later = connection.execute(
        select(j.alarm, j.occurrence, j.kind, j.at, j.who)
        .where(j.kind.in_(("ack", "cond_false")), j.seq > raised[0].seq)
        .order_by(j.seq)
    )
    became: dict[tuple[str, int, str], Any] = {}
    for row in later:
        became.setdefault((row.alarm, row.occurrence, row.kind), row)
    return tuple(_alarm(row, became) for row in raised)


def _alarm(row: Row[Any], became: Mapping[tuple[str, int, str], Any]) -> AlarmFact:
    seen = became.get((row.alarm, row.occurrence, "ack"))
    gone = became.get((row.alarm, row.occurrence, "cond_false"))
    return AlarmFact(
        alarm=row.alarm,
        point=PointId(row.alarm.rpartition("/")[0] or row.alarm),
        level=row.level,
        priority=row.priority,
        occurrence=row.occurrence,
        raised_at=row.at,
        value=row.value,
        limit=row.limit_value,
        acked_at=seen.at if seen is not None else None,
        acked_by=seen.who if seen is not None else "",
        cleared_at=gone.at if gone is not None else None,
    )


def _standing_before(connection: Connection, span: _Day) -> int:
    """Alarms whose last turn before the day was a raise."""
    j = alarm_journal.c
    last = (
        select(j.alarm, func.max(j.seq).label("seq"))
        .where(j.kind.in_(("cond_true", "cond_false", "retired")), j.at < span.start)
        .group_by(j.alarm)
        .subquery()
    )
    query = select(func.count()).select_from(alarm_journal.join(last, j.seq == last.c.seq)).where(j.kind == "cond_true")
    return int(connection.execute(query).scalar_one())


def _outages(connection: Connection, span: _Day) -> tuple[OutageFact, ...]:
    o = outages.c
    touching = (o.started_at < span.end, or_(o.ended_at.is_(None), o.ended_at > span.start))
    rows = connection.execute(select(outages).where(*touching).order_by(o.started_at)).all()
    names: defaultdict[int, list[str]] = defaultdict(list)
    taken = select(outage_switches).where(outage_switches.c.outage_id.in_([row.id for row in rows]))
    for row in connection.execute(taken.order_by(outage_switches.c.name)):
        names[row.outage_id].append(row.name)
    return tuple(OutageFact(row.started_at, row.ended_at, row.offline, row.known, tuple(names[row.id])) for row in rows)


def _smart_switches(connection: Connection, span: _Day) -> tuple[SmartSwitchDay, ...]:
    c = smart_switch_checks.c
    within = (c.ts >= span.start, c.ts < span.end)
    counted: defaultdict[str, dict[str, int]] = defaultdict(dict)
    query = select(c.name, c.verdict, func.count().label("checks")).where(*within).group_by(c.name, c.verdict)
    for row in connection.execute(query):
        counted[row.name][row.verdict] = row.checks
    worst_first = sorted(counted, key=lambda name: (-counted[name].get("offline", 0), name))
    drawn = _worst_by_slot(connection, span, worst_first[:SWITCHES_DRAWN])
    return tuple(_smart_switch(name, counted[name], drawn.get(name, ())) for name in worst_first)


def _smart_switch(name: str, checks: Mapping[str, int], worst: tuple[int, ...]) -> SmartSwitchDay:
    return SmartSwitchDay(name, checks.get("online", 0), checks.get("offline", 0), checks.get("unknown", 0), worst)


def _worst_by_slot(connection: Connection, span: _Day, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    c = smart_switch_checks.c
    slot = _slot(connection, c.ts, span.start).label("slot")
    rank = func.max(case(_RANK, value=c.verdict, else_=0)).label("rank")
    query = select(c.name, slot, rank).where(c.name.in_(names), c.ts >= span.start, c.ts < span.end)
    found = {name: [0] * SLOTS for name in names}
    for row in connection.execute(query.group_by(c.name, slot)):
        found[row.name][row.slot] = row.rank
    return {name: tuple(ranks) for name, ranks in found.items()}


def _quarantined(connection: Connection, span: _Day) -> dict[str, int]:
    q = quarantine.c
    query = select(q.reason, func.count()).where(q.last_seen >= span.start, q.first_seen < span.end)
    counted = connection.execute(query.group_by(q.reason).order_by(q.reason))
    return {row[0]: int(row[1]) for row in counted}


def _version(connection: Connection, found: Sequence[PointDay]) -> DataVersion:
    return DataVersion(
        database={"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.dialect.name],
        schema=upgrade.state(connection).present or "",
        newest_reading=max((point.newest for point in found if point.newest is not None), default=None),
        readings=sum(int(point.count.sum()) for point in found),
    )
