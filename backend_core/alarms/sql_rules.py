"""Keeps the alarm rules in the database, whole edits or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from backend_core.alarms.model import AlarmRule, Level, Priority, RuleEdit, RuleKey, RulesChangedMeanwhile
from backend_core.alarms.rules.editing import in_order
from backend_core.alarms.sql_store import lock_rules
from backend_core.kernel.strangers import read_word
from backend_core.storage import journal
from backend_core.storage.database import Database, Lane
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.journal import Topic
from backend_core.storage.schema.alarms import alarm_head, alarm_rules


class SqlAlarmRuleStore:
    """The rule store on PostgreSQL and SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules(self) -> tuple[AlarmRule, ...]:
        """Every rule."""
        return await self._database.read(_rules)

    async def save_rules(
        self, edit: RuleEdit, by: str, origin: str, at: datetime
    ) -> tuple[AlarmRule, ...] | RulesChangedMeanwhile:
        """Apply the whole edit, or nothing if a rule is no longer as the editor saw it."""
        return await self._database.write(lambda connection: _save(connection, edit, by, origin, at), Lane.OPERATIONS)


def _rules(connection: Connection) -> tuple[AlarmRule, ...]:
    return in_order(_rule(row) for row in connection.execute(select(alarm_rules)))


def _save(
    connection: Connection, edit: RuleEdit, by: str, origin: str, at: datetime
) -> tuple[AlarmRule, ...] | RulesChangedMeanwhile:
    revision = lock_rules(connection)
    if conflict := _conflict(connection, edit):
        return conflict
    for rule in edit.removed:
        connection.execute(delete(alarm_rules).where(_is(rule.key)))
    for _, after in edit.changed:
        row = _row(after, by, at) | {"revision": alarm_rules.c.revision + 1}
        connection.execute(update(alarm_rules).where(_is(after.key)).values(row))
    if edit.added:
        connection.execute(insert(alarm_rules), [_row(rule, by, at) | {"revision": 1} for rule in edit.added])
    connection.execute(update(alarm_head).values(rules_revision=revision + 1))
    record(connection, LogEntry(at, "alarm rules", by, "alarm rules", _sentence(edit), origin))
    journal.note(connection, journal.Line(at, Topic.ALARM_RULES, "alarm rules", by, origin))
    return _rules(connection)


def _conflict(connection: Connection, edit: RuleEdit) -> RulesChangedMeanwhile | None:
    stored = {RuleKey(row.point, read_word(Level, row.level)): row for row in connection.execute(select(alarm_rules))}
    for rule in (*edit.removed, *(before for before, _ in edit.changed)):
        row = stored.get(rule.key)
        if row is None:
            return RulesChangedMeanwhile(None, rule.key, "", None)
        if row.revision != rule.revision:
            return RulesChangedMeanwhile(_rule(row), rule.key, row.changed_by, row.changed_at)
    for rule in edit.added:
        if (row := stored.get(rule.key)) is not None:
            return RulesChangedMeanwhile(_rule(row), rule.key, row.changed_by, row.changed_at)
    return None


def _is(key: RuleKey) -> Any:
    return (alarm_rules.c.point == key.point) & (alarm_rules.c.level == key.level.value)


def _row(rule: AlarmRule, by: str, at: datetime) -> dict[str, Any]:
    return {
        "point": rule.point,
        "level": rule.level.value,
        "limit_value": rule.limit,
        "deadband": rule.deadband,
        "on_delay_s": rule.on_delay_s,
        "off_delay_s": rule.off_delay_s,
        "priority": int(rule.priority),
        "latching": rule.latching,
        "ack_required": rule.ack_required,
        "changed_by": by,
        "changed_at": at,
    }


def _rule(row: Row[Any]) -> AlarmRule:
    return AlarmRule(
        point=row.point,
        level=read_word(Level, row.level),
        limit=row.limit_value,
        deadband=row.deadband,
        on_delay_s=row.on_delay_s,
        off_delay_s=row.off_delay_s,
        priority=Priority(row.priority),
        latching=row.latching,
        ack_required=row.ack_required,
        revision=row.revision,
    )


def _sentence(edit: RuleEdit) -> str:
    return f"Alarm rules: {len(edit.added)} added, {len(edit.changed)} changed, {len(edit.removed)} removed."
