"""The event log: who did what, when and from where, in words that last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert
from sqlalchemy.dialects import postgresql, sqlite

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


def record(connection: Connection, *entries: LogEntry) -> None:
    """Write entries within the caller's transaction."""
    plain = [_row(entry) for entry in entries if entry.merge_key is None]
    if plain:
        connection.execute(insert(event_log), plain)
    for entry in entries:
        if entry.merge_key is not None:
            _merge(connection, entry)


def _merge(connection: Connection, entry: LogEntry) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    line = dialect.insert(event_log).values(**_row(entry))
    merged = line.on_conflict_do_update(
        index_elements=["merge_key"],
        set_={"count": event_log.c.count + line.excluded.count, "text": line.excluded.text},
    )
    connection.execute(merged)


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
