"""Gaps and the memory of the broker in the shared database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.gaps.model import BrokerMemory, Cause, Gap, Incident
from backend_core.kernel.clock import Clock
from backend_core.storage.database import Database, Lane
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.schema.gaps import broker_memory, gaps

KIND = "gap"
_CAUSES = {cause.value: cause for cause in Cause}


class SqlGapStore:
    """The store on PostgreSQL and SQLite alike."""

    def __init__(self, database: Database, clock: Clock, origin: str) -> None:
        self._database = database
        self._clock = clock
        self._origin = origin

    async def recall(self, broker: str) -> BrokerMemory | None:
        def work(connection: Connection) -> BrokerMemory | None:
            row = connection.execute(select(broker_memory).where(broker_memory.c.broker == broker)).one_or_none()
            return None if row is None else BrokerMemory(**row._mapping)

        return await self._database.read(work)

    async def lasting(self) -> Sequence[Gap]:
        query = select(gaps).where(gaps.c.ended_at.is_(None)).order_by(gaps.c.started_at)
        return await self._database.read(lambda connection: [_gap(row) for row in connection.execute(query)])

    async def save(self, incident: Incident) -> Sequence[Gap]:
        def work(connection: Connection) -> list[Gap]:
            _remember(connection, incident.memory)
            saved = [_save(connection, gap) for gap in incident.gaps]
            record(connection, *(self._line(incident, text) for text in incident.lines))
            return saved

        return await self._database.write(work, Lane.OPERATIONS, as_leader=True)

    async def within(self, start: datetime, end: datetime) -> Sequence[Gap]:
        reaches_in = or_(gaps.c.ended_at.is_(None), gaps.c.ended_at > start)
        query = select(gaps).where(gaps.c.started_at < end, reaches_in).order_by(gaps.c.started_at)
        return await self._database.read(lambda connection: [_gap(row) for row in connection.execute(query)])

    def _line(self, incident: Incident, text: str) -> LogEntry:
        return LogEntry(self._clock.now(), KIND, "core", incident.memory.broker, text, self._origin)


def _remember(connection: Connection, memory: BrokerMemory) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {name: getattr(memory, name) for name in ("reached", "dropped", "looked_at", "version")}
    statement = dialect.insert(broker_memory).values(broker=memory.broker, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["broker"], set_=values))


def _save(connection: Connection, gap: Gap) -> Gap:
    values = {name: getattr(gap, name) for name in ("started_at", "ended_at", "cause", "scope", "detail")}
    if gap.id is not None:
        connection.execute(update(gaps).where(gaps.c.id == gap.id).values(**values))
        return gap
    number = connection.execute(insert(gaps).values(**values).returning(gaps.c.id)).scalar_one()
    return replace(gap, id=number)


def _gap(row: Any) -> Gap:
    # A newer program may know causes that this one does not.
    cause = _CAUSES.get(row.cause, Cause.SESSION_LOST)
    return Gap(row.started_at, row.ended_at, cause, row.scope, row.detail, row.id)
