"""The journal: what people and the leader change, numbered without a gap in the order of the commits.

A number that is taken from a sequence follows the order of the statements, not of the commits: a reader that asks for
what is newer than its last number loses the slow transaction's line for ever. Here the head row is locked as the last
thing of a transaction, so `seq > cursor` can miss nothing, and a hole is a proof that something is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update

from backend_core.storage.schema.journal import journal, journal_head

ROLE = "journal"
FORMAT = 1
CHANNEL = "linekeeper_journal"
_NOTED = "journal lines of this transaction"


class Topic(StrEnum):
    """What a line is about. A program that meets a topic it does not know passes it over."""

    ALARM = "alarm"
    ALARM_RULES = "alarm rules"
    SMART_SWITCHES = "smart switches"
    CHECKS = "checks"
    OUTAGE = "outage"
    EVENTS = "events"
    LEADERSHIP = "leadership"


@dataclass(frozen=True, slots=True)
class Line:
    """One change as it is written; its number comes with the commit."""

    at: datetime
    topic: Topic
    object: str
    who: str
    origin: str
    body: Mapping[str, Any] = field(default_factory=dict)


def note(connection: Connection, *lines: Line) -> None:
    """Have these lines written as the last thing of the caller's transaction."""
    connection.info.setdefault(_NOTED, []).extend(lines)


def begin(connection: Connection) -> None:
    """Forget what a transaction that failed on this connection had noted."""
    connection.info.pop(_NOTED, None)


def settle(connection: Connection) -> None:
    """Write what was noted; the database calls this just before it commits."""
    noted = connection.info.pop(_NOTED, None)
    if noted:
        append(connection, _gathered(noted))


def append(connection: Connection, lines: Sequence[Line]) -> int:
    """Write the lines now and answer the number before the first; the head stays locked until the commit."""
    head = select(journal_head.c.seq).where(journal_head.c.role == ROLE).with_for_update()
    seq = int(connection.execute(head).scalar_one())
    connection.execute(insert(journal), [_row(number, line) for number, line in enumerate(lines, start=seq + 1)])
    moved = update(journal_head).where(journal_head.c.role == ROLE)
    connection.execute(moved.values(seq=seq + len(lines)))
    if connection.dialect.name == "postgresql":
        # A wake-up and nothing more; within one transaction the server makes one of many.
        connection.execute(text(f"SELECT pg_notify('{CHANNEL}', '')"))
    return seq


def drop_before(connection: Connection, moment: datetime, at_most: int) -> int:
    """Drop at most so many of the oldest lines before this moment, never the last one; what stays has no hole.

    A console that was away for longer finds its own line gone, and reads everything anew.
    """
    first, last = connection.execute(select(func.min(journal.c.seq), func.max(journal.c.seq))).one()
    if first is None:
        return 0
    end = min(first + at_most, last)
    kept = select(func.min(journal.c.seq)).where(journal.c.seq < end, journal.c.at >= moment)
    until = connection.execute(kept).scalar() or end
    return connection.execute(delete(journal).where(journal.c.seq < until)).rowcount


def _gathered(lines: Sequence[Line]) -> list[Line]:
    """All event log entries of a transaction are one line."""
    entries = [line for line in lines if line.topic is Topic.EVENTS]
    if len(entries) < 2:
        return list(lines)
    first = entries[0]
    ids = [number for line in entries for number in line.body["ids"]]
    others = [line for line in lines if line.topic is not Topic.EVENTS]
    return [*others, Line(first.at, first.topic, first.object, first.who, first.origin, {"ids": ids})]


def _row(number: int, line: Line) -> dict[str, Any]:
    return {
        "seq": number,
        "at": line.at,
        "topic": line.topic.value,
        "object": line.object[:128],
        "who": line.who,
        "origin": line.origin,
        "format": FORMAT,
        "body": dict(line.body),
    }
