"""Keeps the record on either database: the steps of rolling up and clearing away, each a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, select

from backend_core.history import sql_retention, sql_rollups
from backend_core.history.model import Backlog, Terms
from backend_core.kernel.clock import to_us
from backend_core.kernel.identities import PointId
from backend_core.storage.database import Database, Lane
from backend_core.storage.schema.record import points

T = TypeVar("T")
PIECE = {"postgresql": 500, "sqlite": 32}
"""So many buckets at once: a second of PostgreSQL's maintenance lane, or 20 ms of SQLite's only writer."""


JOURNAL_KEPT = timedelta(days=30)
"""Longer than a console stays asleep; one that was away for longer begins anew."""


class SqlRecordKeeper:
    """Inside a core every step is fenced by its epoch; on the command line it needs none, for each repeats safely."""

    def __init__(self, database: Database, *, as_leader: bool = True) -> None:
        self._database = database
        self._as_leader = as_leader

    async def backlog(self) -> Backlog:
        def work(connection: Connection) -> Backlog:
            return Backlog(sql_retention.count_marks(connection), sql_retention.cleared_at(connection))

        return await self._database.read(work)

    async def points(self) -> list[tuple[int, PointId]]:
        query = select(points.c.point_id, points.c.point).order_by(points.c.point_id)
        return await self._database.read(
            lambda connection: [(row[0], PointId(row[1])) for row in connection.execute(query)]
        )

    async def mark_unrolled(self, number: int) -> int:
        return await self._step(lambda connection: sql_rollups.mark_unrolled(connection, number))

    async def begin_generation(self) -> int:
        return await self._step(sql_rollups.begin_generation)

    async def waiting(self, until: datetime) -> int:
        return await self._database.read(lambda connection: sql_rollups.waiting(connection, to_us(until)))

    async def roll_some(self, generation: int, until: datetime) -> int:
        at_most = PIECE[self._database.kind]
        return await self._step(lambda connection: sql_rollups.roll_some(connection, generation, to_us(until), at_most))

    async def close(self, terms: Terms, kept_longer: Sequence[PointId], now: datetime) -> None:
        await self._step(lambda connection: sql_retention.close(connection, terms, kept_longer, now))

    async def drop_some(self, terms: Terms, now: datetime) -> str | None:
        def work(connection: Connection) -> str | None:
            dropped = (
                sql_retention.drop_readings(connection)
                or sql_retention.drop_short_rollups(connection)
                or sql_retention.drop_events(connection, now - terms.events)
                or sql_retention.drop_journal(connection, now - JOURNAL_KEPT)
            )
            return dropped and dropped.what

        return await self._step(work)

    async def note_cleared(self, at: datetime) -> None:
        await self._step(lambda connection: sql_retention.note_cleared(connection, at))

    async def _step(self, work: Callable[[Connection], T]) -> T:
        return await self._database.write(work, Lane.MAINTENANCE, as_leader=self._as_leader)
