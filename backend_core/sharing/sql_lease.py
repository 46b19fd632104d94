"""The lease as a row of the shared database; time is the database's, on SQLite the computer's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.kernel.clock import Clock
from backend_core.sharing.model import TTL_S, Console, Heartbeat, Presence
from backend_core.sharing.postgres_lease import LifeLock
from backend_core.sharing.process_sign import has_died, my_sign
from backend_core.storage import fence, journal, upgrade
from backend_core.storage.database import Database, Lane
from backend_core.storage.journal import Topic
from backend_core.storage.schema.journal import journal as journal_lines
from backend_core.storage.schema.journal import schema_info
from backend_core.storage.schema.record import consoles, core_epoch, core_heartbeat, core_lease

ROLE = fence.ROLE
PRESENT_S = 10.0


class SqlLease:
    """Leadership on PostgreSQL and SQLite."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sign = my_sign()
        self._lock = LifeLock(database.url) if database.kind == "postgresql" else None

    async def acquire(self, console: Console, patience_s: float = 0.0) -> int | None:
        locked = await self._take_lock()
        epoch = await self._database.write(lambda c: self._acquire(c, console, patience_s, locked))
        if epoch is None:
            await self._let_go()
        return epoch

    async def renew(self, console: Console) -> bool:
        locked = await self._take_lock()

        def work(connection: Connection) -> bool:
            mine = (core_lease.c.role == ROLE) & (core_lease.c.holder == console.id)
            now = self._now(connection)
            alive = core_lease.c.renewed_at >= now - timedelta(seconds=TTL_S)
            prolonged = update(core_lease).where(mine, alive).values(renewed_at=now, locked=locked)
            return bool(connection.execute(prolonged).rowcount)

        renewed = await self._database.write(work)
        if not renewed:
            await self._let_go()
        return renewed

    async def release(self, console: Console, why: str) -> None:
        def work(connection: Connection) -> None:
            mine = (core_lease.c.role == ROLE) & (core_lease.c.holder == console.id)
            freed = connection.execute(update(core_lease).where(mine).values(holder=None, process=None, locked=False))
            if freed.rowcount:
                self._note(connection, console, {"left": why})

        try:
            await self._database.write(work)
        finally:
            await self._let_go()

    async def leave(self, console: Console) -> None:
        await self._database.write(lambda c: c.execute(delete(consoles).where(consoles.c.console == console.id)))
        if self._lock is not None:
            await self._lock.close()

    async def changes(self, within_s: float) -> int:
        return await self._database.read(lambda connection: self._changes(connection, within_s))

    async def beat(self, console: Console, epoch: int, facts: Mapping[str, Any]) -> None:
        def work(connection: Connection) -> None:
            row = {"leader": console.name, "epoch": epoch, "facts": dict(facts), "at": self._now(connection)}
            _upsert(connection, core_heartbeat, {"role": ROLE}, row)

        await self._database.write(work, Lane.OPERATIONS, as_leader=True)

    async def look(self) -> Heartbeat | None:
        return await self._database.read(lambda connection: read_heartbeat(connection, self._clock))

    async def appear(self, console: Console, role: str, *, hears_broker: bool = False) -> None:
        def work(connection: Connection) -> None:
            row = {
                "name": console.name,
                "operator": console.operator,
                "host": console.host,
                "app_version": console.version,
                "role": role,
                "seen_at": self._now(connection),
                "may_lead": console.may_lead,
                "priority": console.priority,
                "hears_broker": hears_broker,
            }
            _upsert(connection, consoles, {"console": console.id}, row)

        await self._database.write(work)

    async def presences(self) -> list[Presence]:
        return await self._database.read(lambda connection: read_presences(connection, self._clock))

    def _acquire(self, connection: Connection, console: Console, patience_s: float, locked: bool) -> int | None:
        now = self._now(connection)
        _ensure_row(connection, now)
        if (connection.execute(select(schema_info.c.min_core)).scalar() or 0) > upgrade.KNOWN:
            return None
        left_by = connection.execute(select(core_lease.c.process).where(core_lease.c.role == ROLE)).scalar()
        free = [
            core_lease.c.holder.is_(None),
            core_lease.c.holder == console.id,
            core_lease.c.renewed_at < now - timedelta(seconds=TTL_S),
        ]
        if has_died(left_by):
            # A core that was killed and started again on this computer need not wait for its own lease to run out.
            free.append(core_lease.c.process == left_by)
        if locked:
            # The holder had the lock and we have it now: its connection is dead. Were it not, the epoch fences it.
            free.append(core_lease.c.locked.is_(True))
        waited = or_(core_lease.c.holder == console.id, core_lease.c.renewed_at <= now - timedelta(seconds=patience_s))
        values = {
            "holder": console.id,
            "process": self._sign,
            "name": console.name,
            "app_version": console.version,
            "renewed_at": now,
            "locked": locked,
        }
        wanted = update(core_lease).where(core_lease.c.role == ROLE, or_(*free), waited)
        if not connection.execute(wanted.values(**values)).rowcount:
            return None
        # Writers hold this row for share: taking over waits for the open transaction of the one before.
        connection.execute(update(core_epoch).where(core_epoch.c.role == ROLE).values(epoch=core_epoch.c.epoch + 1))
        epoch = int(connection.execute(select(core_epoch.c.epoch).where(core_epoch.c.role == ROLE)).scalar_one())
        self._note(connection, console, {"took": epoch})
        return epoch

    def _note(self, connection: Connection, console: Console, told: dict[str, Any]) -> None:
        at = self._now(connection)
        line = journal.Line(at, Topic.LEADERSHIP, console.name, console.operator, console.name, told)
        journal.note(connection, line)

    def _changes(self, connection: Connection, within_s: float) -> int:
        lines = journal_lines.c
        since = self._now(connection) - timedelta(seconds=within_s)
        recent = select(lines.body).where(lines.topic == Topic.LEADERSHIP.value, lines.at >= since)
        return sum("took" in body for body in connection.execute(recent).scalars())

    async def _take_lock(self) -> bool:
        return self._lock is not None and await self._lock.take()

    async def _let_go(self) -> None:
        if self._lock is not None:
            await self._lock.let_go()

    def _now(self, connection: Connection) -> datetime:
        return _now(connection, self._clock)


def read_heartbeat(connection: Connection, clock: Clock) -> Heartbeat | None:
    """The newest sign of life of a leader, with its age by the database's clock."""
    row = connection.execute(select(core_heartbeat).where(core_heartbeat.c.role == ROLE)).one_or_none()
    if row is None:
        return None
    return Heartbeat(row.leader, row.epoch, (_now(connection, clock) - row.at).total_seconds(), row.facts)


def read_presences(connection: Connection, clock: Clock) -> list[Presence]:
    """Who was there lately, by name."""
    since = _now(connection, clock) - timedelta(seconds=PRESENT_S)
    rows = connection.execute(select(consoles).where(consoles.c.seen_at >= since).order_by(consoles.c.name))
    return [
        Presence(
            Console(row.console, row.name, row.operator, row.host, row.app_version, row.may_lead, row.priority),
            row.role,
            row.seen_at,
            row.hears_broker,
        )
        for row in rows
    ]


def _now(connection: Connection, clock: Clock) -> datetime:
    if connection.dialect.name == "sqlite":
        return clock.now()
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def _ensure_row(connection: Connection, now: datetime) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"role": ROLE, "holder": None, "name": None, "app_version": None, "renewed_at": now, "ttl_s": int(TTL_S)}
    connection.execute(dialect.insert(core_lease).values(**row).on_conflict_do_nothing(index_elements=["role"]))


def _upsert(connection: Connection, table: Any, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))
