"""The tables of the alarms domain: rules, alarms, the delays that run, and the journal."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, SmallInteger, String, Table

from backend_core.storage.schema.base import UtcTime, metadata

alarm_rules = Table(
    "alarm_rules",
    metadata,
    Column("point", String(97), primary_key=True),
    Column("level", String(8), primary_key=True),
    Column("limit_value", Double),
    Column("deadband", Double, nullable=False),
    Column("on_delay_s", Double, nullable=False),
    Column("off_delay_s", Double, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("latching", Boolean, nullable=False),
    Column("ack_required", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("changed_by", String(128), nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

alarms = Table(
    "alarms",
    metadata,
    Column("alarm", String(110), primary_key=True),
    Column("point", String(97), nullable=False),
    Column("side", String(8), nullable=False),
    Column("level", String(8), nullable=False),
    Column("present", String(8)),
    Column("priority", SmallInteger, nullable=False),
    Column("limit_value", Double, nullable=False),
    Column("value", Double, nullable=False),
    Column("measured_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("base", String(1), nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("raised_at", UtcTime),
    Column("cleared_at", UtcTime),
    Column("acked_at", UtcTime),
    Column("acked_by", String(128)),
    Column("acked_occurrence", Integer),
    Column("latching", Boolean, nullable=False),
    Column("ack_required", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("journal_seq", BigInteger, nullable=False),
    Index("ix_alarms_journal_seq", "journal_seq"),
    Index("ix_alarms_raised_at", "raised_at"),
)

alarm_timers = Table(
    "alarm_timers",
    metadata,
    Column("point", String(97), primary_key=True),
    Column("level", String(8), primary_key=True),
    Column("towards", Boolean, nullable=False),
    Column("since", UtcTime, nullable=False),
)

alarm_journal = Table(
    "alarm_journal",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("alarm", String(110), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("base_before", String(1), nullable=False),
    Column("base_after", String(1), nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("level", String(8), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("value", Double, nullable=False),
    Column("limit_value", Double, nullable=False),
    Column("measured_at", UtcTime, nullable=False),
    Column("who", String(128), nullable=False),
    Column("origin", String(128), nullable=False),
    Index("ix_alarm_journal_alarm_seq", "alarm", "seq"),
    Index("ix_alarm_journal_at", "at"),
)

alarm_head = Table(
    "alarm_head",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("rules_revision", BigInteger, nullable=False),
)
"""One row, locked by whoever edits the rules until that commits: the rules as a whole have one state."""
