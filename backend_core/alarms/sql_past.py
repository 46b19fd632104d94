"""The alarm journal by time, on PostgreSQL and SQLite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, and_, func, select

from backend_core.alarms.model import Alarm, AlarmId, Base, Happening, JournalEntry
from backend_core.alarms.rules.folding import fold
from backend_core.alarms.sql_store import entry_of
from backend_core.storage.database import Database
from backend_core.storage.schema.alarms import alarm_journal, alarms

NEIGHBOURS = 100
"""Clocks of several desks may disorder the newest lines; the last of so many neighbours in time is the newest."""
_journal = alarm_journal.c
_CALLS = and_(
    _journal.base_after == Base.UNACKNOWLEDGED.value,
    _journal.kind.in_((Happening.COND_TRUE.value, Happening.RAISE_PRIORITY.value)),
)


class SqlPastAlarms:
    """Reads only; any console may ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, at: datetime) -> tuple[Alarm, ...]:
        return await self._database.read(lambda connection: _standing(connection, at))

    async def changes(self, after: datetime, until: datetime) -> tuple[JournalEntry, ...]:
        span = and_(_journal.at > after, _journal.at <= until)
        return await self._lines(select(alarm_journal).where(span).order_by(_journal.seq))

    async def journal(self, alarm: AlarmId, until: datetime, limit: int) -> tuple[JournalEntry, ...]:
        mine = and_(_journal.alarm == alarm, _journal.at <= until)
        return await self._lines(select(alarm_journal).where(mine).order_by(_journal.seq.desc()).limit(limit))

    async def raised(self, start: datetime, end: datetime, limit: int) -> tuple[JournalEntry, ...]:
        span = and_(_journal.at >= start, _journal.at < end, _CALLS)
        return await self._lines(select(alarm_journal).where(span).order_by(_journal.at.desc()).limit(limit))

    async def next_raised(self, at: datetime, *, backwards: bool) -> JournalEntry | None:
        side = _journal.at < at if backwards else _journal.at > at
        order = _journal.at.desc() if backwards else _journal.at
        found = await self._lines(select(alarm_journal).where(and_(side, _CALLS)).order_by(order).limit(1))
        return found[0] if found else None

    async def _lines(self, query: Select[Any]) -> tuple[JournalEntry, ...]:
        return await self._database.read(lambda connection: tuple(entry_of(row) for row in connection.execute(query)))


def _standing(connection: Connection, at: datetime) -> tuple[Alarm, ...]:
    """Down the key (alarm, seq) to the last line of each; then the lines of the occurrences that stood."""
    near = select(_journal.seq).where(_journal.at <= at).order_by(_journal.at.desc()).limit(NEIGHBOURS).subquery()
    newest = connection.execute(select(func.max(near.c.seq))).scalar()
    if newest is None:
        return ()
    last = alarm_journal.alias("last")
    mine = and_(last.c.alarm == alarms.c.alarm, last.c.seq == _last_seq(newest))
    stood = select(last.c.alarm, last.c.occurrence, last.c.seq).select_from(alarms.join(last, mine))
    stood_then = stood.where(last.c.base_after != Base.NORMAL.value).subquery("stood")
    lines = (
        select(alarm_journal)
        .select_from(stood_then.join(alarm_journal, _journal.alarm == stood_then.c.alarm))
        .where(_journal.seq <= stood_then.c.seq, _journal.seq > _before_occurrence(stood_then))
        .order_by(_journal.seq)
    )
    return tuple(fold(entry_of(row) for row in connection.execute(lines)).values())


def _last_seq(newest: int) -> ScalarSelect[int]:
    line = alarm_journal.alias("line")
    mine = and_(line.c.alarm == alarms.c.alarm, line.c.seq <= newest)
    return select(line.c.seq).where(mine).order_by(line.c.seq.desc()).limit(1).correlate(alarms).scalar_subquery()


def _before_occurrence(stood: Any) -> Any:
    """The last line of the occurrence before: from there up is the whole of the one that stood."""
    line = alarm_journal.alias("earlier")
    earlier = and_(line.c.alarm == stood.c.alarm, line.c.seq < stood.c.seq, line.c.occurrence < stood.c.occurrence)
    newest = select(line.c.seq).where(earlier).order_by(line.c.seq.desc()).limit(1).correlate(stood)
    return func.coalesce(newest.scalar_subquery(), 0)
