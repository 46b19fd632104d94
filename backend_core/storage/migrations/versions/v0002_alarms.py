"""The alarms: rules, states, running delays and the journal."""

import sqlalchemy as sa
from alembic import op

from backend_core.storage.schema.base import UtcTime

revision = "0002_alarms"
down_revision = "0001_record"


def upgrade() -> None:
    _make_rules()
    _make_alarms()
    _make_journal()


def _make_rules() -> None:
    op.create_table(
        "alarm_rules",
        sa.Column("point", sa.String(97), primary_key=True),
        sa.Column("level", sa.String(8), primary_key=True),
        sa.Column("limit_value", sa.Double),
        sa.Column("deadband", sa.Double, nullable=False),
        sa.Column("on_delay_s", sa.Double, nullable=False),
        sa.Column("off_delay_s", sa.Double, nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("latching", sa.Boolean, nullable=False),
        sa.Column("ack_required", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_by", sa.String(128), nullable=False),
        sa.Column("changed_at", UtcTime, nullable=False),
    )


def _make_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("alarm", sa.String(110), primary_key=True),
        sa.Column("point", sa.String(97), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("present", sa.String(8)),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("limit_value", sa.Double, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("measured_at", UtcTime, nullable=False),
        sa.Column("changed_at", UtcTime, nullable=False),
        sa.Column("base", sa.String(1), nullable=False),
        sa.Column("occurrence", sa.Integer, nullable=False),
        sa.Column("raised_at", UtcTime),
        sa.Column("cleared_at", UtcTime),
        sa.Column("acked_at", UtcTime),
        sa.Column("acked_by", sa.String(128)),
        sa.Column("acked_occurrence", sa.Integer),
        sa.Column("latching", sa.Boolean, nullable=False),
        sa.Column("ack_required", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("journal_seq", sa.BigInteger, nullable=False),
        sa.Index("ix_alarms_journal_seq", "journal_seq"),
        sa.Index("ix_alarms_raised_at", "raised_at"),
    )
    op.create_table(
        "alarm_timers",
        sa.Column("point", sa.String(97), primary_key=True),
        sa.Column("level", sa.String(8), primary_key=True),
        sa.Column("towards", sa.Boolean, nullable=False),
        sa.Column("since", UtcTime, nullable=False),
    )


def _make_journal() -> None:
    op.create_table(
        "alarm_journal",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("alarm", sa.String(110), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("base_before", sa.String(1), nullable=False),
        sa.Column("base_after", sa.String(1), nullable=False),
        sa.Column("occurrence", sa.Integer, nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("limit_value", sa.Double, nullable=False),
        sa.Column("measured_at", UtcTime, nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("origin", sa.String(128), nullable=False),
        sa.Index("ix_alarm_journal_alarm_seq", "alarm", "seq"),
    )
    op.create_table(
        "alarm_head",
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("rules_revision", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO alarm_head (role, seq, rules_revision) VALUES ('alarms', 0, 0)")
