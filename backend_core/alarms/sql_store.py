"""Keeps alarms, timers, journal and rules in the database, one transaction a batch of steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.alarms.model import (
    Acknowledgement,
    Alarm,
    AlarmCounts,
    AlarmId,
    Base,
    Happening,
    JournalEntry,
    Level,
    Priority,
    Side,
    Step,
    Timer,
)
from backend_core.alarms.ports import Kept
from backend_core.alarms.rules.sentences import sentence_of
from backend_core.kernel.identities import PointId
from backend_core.kernel.strangers import read_word
from backend_core.storage import journal
from backend_core.storage.database import Database, Lane
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.journal import Topic
from backend_core.storage.schema.alarms import alarm_head, alarm_journal, alarm_timers, alarms
from backend_core.storage.schema.journal import journal_head

ROLE = "alarms"
CORE = "core"
_RULES_REVISION = select(alarm_head.c.rules_revision).scalar_subquery().label("rules_revision")


class SqlAlarmStore:
    """The alarm store on PostgreSQL and SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Kept:
        """All alarms and running timers."""
        return await self._database.read(lambda connection: _kept(connection, select(alarms), with_timers=True))

    async def save(self, steps: Sequence[Step], timers: Sequence[Timer], *, as_leader: bool) -> tuple[Alarm, ...]:
        """Write what still fits the stored revisions; answer the alarms that had changed elsewhere."""
        return await self._database.write(
            lambda connection: _save(connection, steps, timers), Lane.OPERATIONS, as_leader=as_leader
        )

    async def changed_since(self, journal_seq: int) -> Kept:
        """The alarms that anybody changed after this number."""
        wanted = select(alarms).where(alarms.c.journal_seq > journal_seq).order_by(alarms.c.journal_seq)
        return await self._database.read(lambda connection: _kept(connection, wanted))

    async def journal(self, alarm: AlarmId | None, limit: int) -> tuple[JournalEntry, ...]:
        """The newest lines, newest first."""
        lines = select(alarm_journal).order_by(alarm_journal.c.seq.desc()).limit(limit)
        if alarm is not None:
            lines = lines.where(alarm_journal.c.alarm == alarm)
        return await self._database.read(lambda connection: tuple(entry_of(row) for row in connection.execute(lines)))

    async def history(self, since: datetime | None, until: datetime | None) -> tuple[Alarm, ...]:
        """The alarms ever raised, by the time of their present occurrence, then by point."""
        return await self._database.read(lambda connection: alarms_raised(connection, since, until))


def alarms_raised(connection: Connection, since: datetime | None, until: datetime | None) -> tuple[Alarm, ...]:
    """The alarms ever raised, by the time of their present occurrence, then by point; `until` is excluded."""
    raised = select(alarms).where(alarms.c.raised_at.is_not(None)).order_by(alarms.c.raised_at, alarms.c.point)
    if since is not None:
        raised = raised.where(alarms.c.raised_at >= since)
    if until is not None:
        raised = raised.where(alarms.c.raised_at < until)
    return tuple(_alarm(row) for row in connection.execute(raised))


def count_alarms(connection: Connection) -> AlarmCounts:
    """How many alarms are active, and how many nobody has acknowledged."""
    bases = [read_word(Base, letter) for letter in connection.execute(select(alarms.c.base)).scalars()]
    return AlarmCounts(sum(base.is_active for base in bases), sum(base.is_unacknowledged for base in bases))


def lock_rules(connection: Connection) -> int:
    """The state of the rules; nobody else edits them until the commit."""
    head = select(alarm_head.c.rules_revision).where(alarm_head.c.role == ROLE).with_for_update()
    return int(connection.execute(head).scalar_one())


def _kept(connection: Connection, wanted: Select[Any], *, with_timers: bool = False) -> Kept:
    # The head first: what commits between the two reads is then read again the next time, never skipped.
    head = connection.execute(select(journal_head.c.seq, _RULES_REVISION)).one()
    rows = tuple(_alarm(row) for row in connection.execute(wanted))
    timers = tuple(_timer(row) for row in connection.execute(select(alarm_timers))) if with_timers else ()
    return Kept(rows, timers, head.seq, head.rules_revision)


def _save(connection: Connection, steps: Sequence[Step], timers: Sequence[Timer]) -> tuple[Alarm, ...]:
    _save_timers(connection, timers)
    if not steps:
        return ()
    first = {step.after.id: step.before.revision for step in reversed(steps)}
    # In one order, so that two writers wait for each other and never both at once.
    mine = select(alarms).where(alarms.c.alarm.in_(first)).order_by(alarms.c.alarm).with_for_update()
    stored = connection.execute(mine).all()
    conflicts = {row.alarm: _alarm(row) for row in stored if row.revision != first[row.alarm]}
    fitting = [step for step in steps if step.after.id not in conflicts]
    if fitting:
        _write(connection, fitting)
    return tuple(conflicts.values())


def _write(connection: Connection, steps: Sequence[Step]) -> None:
    record(connection, *(_log_entry(step) for step in steps))
    seq = journal.append(connection, [_line(step) for step in steps])
    numbered = list(enumerate(steps, start=seq + 1))
    last = {step.after.id: _alarm_row(step.after, number) for number, step in numbered}
    _upsert_alarms(connection, list(last.values()))
    connection.execute(insert(alarm_journal), [_journal_row(number, step) for number, step in numbered])


def _upsert_alarms(connection: Connection, rows: list[dict[str, Any]]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    line = dialect.insert(alarms)
    changed = {name: line.excluded[name] for name in rows[0] if name != "alarm"}
    connection.execute(line.on_conflict_do_update(index_elements=["alarm"], set_=changed), rows)


def _save_timers(connection: Connection, timers: Sequence[Timer]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for timer in timers:
        here = (alarm_timers.c.point == timer.point) & (alarm_timers.c.level == timer.level.value)
        connection.execute(delete(alarm_timers).where(here))
    running = [timer for timer in timers if timer.since is not None]
    if running:
        connection.execute(
            dialect.insert(alarm_timers),
            [{"point": t.point, "level": t.level.value, "towards": t.towards, "since": t.since} for t in running],
        )


def _alarm_row(alarm: Alarm, journal_seq: int) -> dict[str, Any]:
    seen = alarm.acknowledgement
    return {
        "alarm": alarm.id,
        "point": alarm.point,
        "side": alarm.side.value,
        "level": alarm.level.value,
        "present": alarm.present.value if alarm.present else None,
        "priority": int(alarm.priority),
        "limit_value": alarm.limit,
        "value": alarm.value,
        "measured_at": alarm.measured_at,
        "changed_at": alarm.changed_at,
        "base": alarm.base.value,
        "occurrence": alarm.occurrence,
        "raised_at": alarm.raised_at,
        "cleared_at": alarm.cleared_at,
        "acked_at": seen.at if seen else None,
        "acked_by": seen.by if seen else None,
        "acked_occurrence": seen.occurrence if seen else None,
        "latching": alarm.latching,
        "ack_required": alarm.ack_required,
        "revision": alarm.revision,
        "journal_seq": journal_seq,
    }


def _alarm(row: Row[Any]) -> Alarm:
    seen = None if row.acked_at is None else Acknowledgement(row.acked_by, row.acked_at, row.acked_occurrence)
    return Alarm(
        id=AlarmId(row.alarm),
        point=PointId(row.point),
        side=read_word(Side, row.side),
        level=read_word(Level, row.level),
        present=read_word(Level, row.present) if row.present else None,
        priority=_priority(row.priority),
        limit=row.limit_value,
        value=row.value,
        measured_at=row.measured_at,
        changed_at=row.changed_at,
        base=read_word(Base, row.base),
        occurrence=row.occurrence,
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
        acknowledgement=seen,
        latching=row.latching,
        ack_required=row.ack_required,
        revision=row.revision,
    )


def _journal_row(number: int, step: Step) -> dict[str, Any]:
    after = step.after
    return {
        "seq": number,
        "alarm": after.id,
        "at": step.stimulus.at,
        "kind": step.stimulus.kind.value,
        "base_before": step.before.base.value,
        "base_after": after.base.value,
        "occurrence": after.occurrence,
        "level": after.level.value,
        "priority": int(after.priority),
        "value": after.value,
        "limit_value": after.limit,
        "measured_at": after.measured_at,
        "who": step.stimulus.by or CORE,
        "origin": step.origin,
    }


def entry_of(row: Row[Any]) -> JournalEntry:
    """A row of the journal as a line."""
    return JournalEntry(
        seq=row.seq,
        alarm=AlarmId(row.alarm),
        at=row.at,
        kind=read_word(Happening, row.kind),
        before=read_word(Base, row.base_before),
        after=read_word(Base, row.base_after),
        occurrence=row.occurrence,
        level=read_word(Level, row.level),
        priority=_priority(row.priority),
        value=row.value,
        limit=row.limit_value,
        measured_at=row.measured_at,
        who=row.who,
        origin=row.origin,
    )


def _priority(number: int) -> Priority:
    """A newer program may know more than four; what is less urgent than the last is as urgent as the last."""
    return Priority(min(max(number, Priority.CRITICAL), Priority.LOW))


def _timer(row: Row[Any]) -> Timer:
    return Timer(PointId(row.point), read_word(Level, row.level), row.towards, row.since)


def _line(step: Step) -> journal.Line:
    told = {"kind": step.stimulus.kind.value, "occurrence": step.after.occurrence, "base": step.after.base.value}
    return journal.Line(step.stimulus.at, Topic.ALARM, step.after.id, step.stimulus.by or CORE, step.origin, told)


def _log_entry(step: Step) -> LogEntry:
    who = step.stimulus.by or CORE
    return LogEntry(step.stimulus.at, "alarm", who, step.after.point, sentence_of(step), step.origin)
