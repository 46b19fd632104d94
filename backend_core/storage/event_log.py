"""The event log: who did what, when and from where, in words that last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.storage import journal
from backend_core.storage.journal import Topic
from backend_core.storage.schema.record import event_log


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log; entries with the same `merge_key` become one line with a count."""

    at: datetime
    kind: str
    who: str
    object: str
    text: str
    origin: str
    merge_key: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line as it stands in the database."""

    id: int
    at: datetime
    kind: str
    who: str
    object: str
    text: str
    origin: str
    count: int


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines: all words somewhere in them, one of the kinds, within the span (end excluded)."""

    words: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    at_most: int = 2000


def read(connection: Connection, wanted: LogFilter) -> list[LogRow]:
    """The lines that fit, newest first."""
    query = chosen(wanted).order_by(event_log.c.at.desc(), event_log.c.id.desc()).limit(wanted.at_most)
    return [row_of(row) for row in connection.execute(query)]


def numbered(connection: Connection, ids: Sequence[int]) -> list[LogRow]:
    """The lines of these numbers, oldest first."""
    query = select(*_SHOWN).where(event_log.c.id.in_(ids)).order_by(event_log.c.id)
    return [row_of(row) for row in connection.execute(query)]


def chosen(wanted: LogFilter) -> Select[Any]:
    """The query for the lines that fit, in no order yet."""
    query = select(*_SHOWN)
    for word in wanted.words:
        like = f"%{word.replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
        columns = (event_log.c.kind, event_log.c.who, event_log.c.object, event_log.c.text)
        query = query.where(or_(*(column.ilike(like, escape="/") for column in columns)))
    if wanted.kinds:
        query = query.where(event_log.c.kind.in_(wanted.kinds))
    if wanted.start is not None:
        query = query.where(event_log.c.at >= wanted.start)
    if wanted.end is not None:
        query = query.where(event_log.c.at < wanted.end)
    return query


def row_of(row: Any) -> LogRow:
    """A database row of `chosen` as a line."""
    return LogRow(*row)


_SHOWN = tuple(event_log.c[name] for name in ("id", "at", "kind", "who", "object", "text", "origin", "count"))


def record(connection: Connection, *entries: LogEntry) -> None:
    """Write entries within the caller's transaction; the journal tells every console of those that are new."""
    plain = [_row(entry) for entry in entries if entry.merge_key is None]
    new: list[int] = []
    if plain:
        new += connection.execute(insert(event_log).returning(event_log.c.id), plain).scalars()
    for entry in entries:
        if entry.merge_key is not None:
            new += _merge(connection, entry)
    if new:
        first = entries[0]
        journal.note(connection, journal.Line(first.at, Topic.EVENTS, "", first.who, first.origin, {"ids": new}))


def _merge(connection: Connection, entry: LogEntry) -> list[int]:
    """The number of the line if it is a new one; a count that grows is no news."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    line = dialect.insert(event_log).values(**_row(entry))
    merged = line.on_conflict_do_update(
        index_elements=["merge_key"],
        set_={"count": event_log.c.count + line.excluded.count, "text": line.excluded.text},
    )
    number, count = connection.execute(merged.returning(event_log.c.id, event_log.c.count)).one()
    return [number] if count == entry.count else []


def _row(entry: LogEntry) -> dict[str, object]:
    return {
        "at": entry.at,
        "kind": entry.kind,
        "who": entry.who,
        "object": entry.object[:128],
        "text": entry.text,
        "origin": entry.origin,
        "merge_key": entry.merge_key,
        "count": entry.count,
    }
