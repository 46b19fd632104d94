"""Reads the journal from the shared database, and notices when it is no longer the one that was read before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, text

from backend_core.sharing.model import JournalHead, JournalLine, JournalPage
from backend_core.storage.database import Database
from backend_core.storage.journal import ROLE
from backend_core.storage.schema.journal import journal, journal_head

_BOTH = text(
    "SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), "
    "(SELECT timeline_id FROM pg_control_checkpoint()), "
    "(SELECT oid FROM pg_database WHERE datname = current_database()))"
)
_DATABASE_ALONE = text("SELECT oid FROM pg_database WHERE datname = current_database()")
_MAY_ASK = text(
    "SELECT has_function_privilege('pg_control_system()', 'execute') "
    "AND has_function_privilege('pg_control_checkpoint()', 'execute')"
)


class SqlJournal:
    """The journal on PostgreSQL and SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self) -> JournalHead:
        return await self._database.read(_head)

    async def after(self, head: JournalHead, at_most: int) -> JournalPage:
        return await self._database.read(lambda connection: _page(connection, head, at_most))


def _head(connection: Connection) -> JournalHead:
    row = connection.execute(select(journal_head).where(journal_head.c.role == ROLE)).one()
    last = connection.execute(select(journal).where(journal.c.seq == row.seq)).one_or_none()
    return JournalHead(_identity(connection, row.journal), row.seq, _mark(last))


def _page(connection: Connection, head: JournalHead, at_most: int) -> JournalPage:
    end = connection.execute(select(journal_head).where(journal_head.c.role == ROLE)).one()
    if _identity(connection, end.journal) != head.identity:
        return JournalPage((), head, "the database is another than before.")
    # The line at the cursor is read again: after a restore another one may bear its number.
    wanted = select(journal).where(journal.c.seq >= head.seq).order_by(journal.c.seq).limit(at_most + 1)
    rows = connection.execute(wanted).all()
    if head.mark and (not rows or rows[0].seq != head.seq or _mark(rows[0]) != head.mark):
        return JournalPage((), head, f"line {head.seq} is gone or another; the database was restored.")
    new = [row for row in rows if row.seq > head.seq]
    last = new[-1].seq if new else head.seq
    if last != head.seq + len(new) or (last < end.seq and len(new) < at_most):
        return JournalPage((), head, f"lines are missing between {head.seq} and {end.seq}.")
    mark = _mark(new[-1]) if new else head.mark
    return JournalPage(_lines(new), JournalHead(head.identity, last, mark))


def _lines(rows: Sequence[Row[Any]]) -> tuple[JournalLine, ...]:
    return tuple(
        JournalLine(row.seq, row.at, row.topic, row.object, row.who, row.origin, dict(row.body or {})) for row in rows
    )


def _mark(row: Row[Any] | None) -> str:
    return "" if row is None else f"{row.at.isoformat()} {row.topic} {row.object} {row.origin}"


def _identity(connection: Connection, name: str) -> str:
    """Which database this is. On PostgreSQL a restored or promoted one differs even when its rows are the same."""
    if connection.dialect.name != "postgresql":
        return name
    # Whoever runs the server may have closed these functions to us; then its database alone tells it apart.
    question = _BOTH if connection.execute(_MAY_ASK).scalar_one() else _DATABASE_ALONE
    return f"{name}/{connection.execute(question).scalar_one()}"
