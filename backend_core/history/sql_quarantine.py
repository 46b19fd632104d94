"""What could not be stored as a reading is kept here with its reason, counted, and told once a minute."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.history.rules import as_payload
from backend_core.kernel.clock import from_us
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.schema.record import quarantine
from backend_core.telemetry.model import Reading, Reason, Rejection

KEPT_BYTES = 4096
MAX_TOTAL_BYTES = 1 << 30
KEPT_DAYS = 30


@dataclass(slots=True)
class _Row:
    rejection: Rejection
    digest: str
    count: int = 1


class Quarantine:
    """Keeps rejections up to a bound of bytes; past it they are counted only, and the event log says so."""

    def __init__(self, origin: str, max_bytes: int = MAX_TOTAL_BYTES) -> None:
        self._origin = origin
        self._max_bytes = max_bytes
        self._held_bytes: int | None = None

    def keep(self, connection: Connection, rejections: Sequence[Rejection]) -> int:
        """Write rejections; the same payload for the same reason is one row with a count. Returns the new rows."""
        if not rejections:
            return 0
        rows: dict[tuple[str, str, str], _Row] = {}
        for rejection in rejections:
            digest = hashlib.sha256(rejection.payload).hexdigest()
            key = (_plain(rejection.topic)[:512], digest, str(rejection.reason))
            if key in rows:
                rows[key].count += 1
            else:
                rows[key] = _Row(rejection, digest)
        _tell(connection, rejections, self._origin)
        if self._held_bytes is None:
            self._held_bytes = _held_bytes(connection)
        if self._held_bytes >= self._max_bytes:
            _tell_full(connection, rejections, self._origin)
            return 0
        # A little too much when the transaction fails; the next purge counts anew.
        self._held_bytes += sum(min(KEPT_BYTES, len(row.rejection.payload)) for row in rows.values())
        return _upsert(connection, rows)

    def purge(self, connection: Connection, now: datetime) -> int:
        """Drop what is older than 30 days, and count anew what is held."""
        old = delete(quarantine).where(quarantine.c.last_seen < now - timedelta(days=KEPT_DAYS))
        dropped = connection.execute(old).rowcount
        self._held_bytes = None
        return dropped


def conflict(kept: Reading) -> Rejection:
    """The rejection of a reading whose key is already taken by another value."""
    detail = f"{kept.point} already has another value for this time and sequence; the first one stands."
    return Rejection(f"point/{kept.point}", as_payload(kept), Reason.CONFLICT, detail, kept.received_us)


def _upsert(connection: Connection, rows: dict[tuple[str, str, str], _Row]) -> int:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = [_values(key, row) for key, row in rows.items()]
    statement = dialect.insert(quarantine).on_conflict_do_nothing(index_elements=["topic", "payload_hash", "reason"])
    added = connection.execute(
        statement.returning(quarantine.c.topic, quarantine.c.payload_hash, quarantine.c.reason), values
    )
    fresh = {(topic, digest, reason) for topic, digest, reason in added}
    again = [_seen_again(key, row) for key, row in rows.items() if key not in fresh]
    if again:
        connection.execute(_COUNT_UP, again)
    return len(fresh)


_COUNT_UP = (
    update(quarantine)
    .where(
        quarantine.c.topic == bindparam("at_topic"),
        quarantine.c.payload_hash == bindparam("at_hash"),
        quarantine.c.reason == bindparam("at_reason"),
    )
    .values(count=quarantine.c.count + bindparam("more"), last_seen=bindparam("seen"))
)


def _seen_again(key: tuple[str, str, str], row: _Row) -> dict[str, object]:
    topic, digest, reason = key
    seen = from_us(row.rejection.received_us)
    return {"at_topic": topic, "at_hash": digest, "at_reason": reason, "more": row.count, "seen": seen}


def _values(key: tuple[str, str, str], row: _Row) -> dict[str, object]:
    seen = from_us(row.rejection.received_us)
    return {
        "topic": key[0],
        "payload_hash": key[1],
        "reason": key[2],
        "detail": _plain(row.rejection.detail),
        "payload": row.rejection.payload[:KEPT_BYTES],
        "payload_bytes": len(row.rejection.payload),
        "count": row.count,
        "first_seen": seen,
        "last_seen": seen,
    }


def _held_bytes(connection: Connection) -> int:
    return int(connection.execute(select(func.sum(func.length(quarantine.c.payload)))).scalar() or 0)


def _tell_full(connection: Connection, rejections: Sequence[Rejection], origin: str) -> None:
    """One line a minute for what is counted but no longer kept."""
    minute = from_us(rejections[0].received_us).replace(second=0, microsecond=0)
    text = "The quarantine is full: what is rejected is counted, its payload is not kept."
    count = len(rejections)
    record(connection, LogEntry(minute, "gap", "core", "quarantine", text, origin, f"full|{minute:%Y%m%dT%H%M}", count))


def _tell(connection: Connection, rejections: Sequence[Rejection], origin: str) -> None:
    """One line of the event log a source, reason and minute."""
    groups: Counter[tuple[str, str, datetime]] = Counter()
    last: dict[tuple[str, str, datetime], Rejection] = {}
    for rejection in rejections:
        minute = from_us(rejection.received_us).replace(second=0, microsecond=0)
        key = (_plain(rejection.topic)[:100], str(rejection.reason), minute)
        groups[key] += 1
        last[key] = rejection
    record(connection, *(_line(key, count, last[key], origin) for key, count in sorted(groups.items())))


def _line(key: tuple[str, str, datetime], count: int, last: Rejection, origin: str) -> LogEntry:
    source, reason, minute = key
    text = f"Quarantined ({reason}): {_plain(last.detail)}"
    return LogEntry(minute, "rejection", "core", source, text, origin, f"{source}|{reason}|{minute:%Y%m%dT%H%M}", count)


def _plain(text: str) -> str:
    """Text without the characters that a database or a screen must not see."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
