"""The journal that all consoles follow, what the schema asks of programs, and what consoles tell of themselves."""

import sqlalchemy as sa
from alembic import op

from backend_core.storage.schema.base import UtcTime

revision = "0004_sharing"
down_revision = "0003_outages"


def upgrade() -> None:
    _make_journal()
    _make_schema_info()
    _tell_more_of_consoles()
    _tell_who_changed_a_smart_switch()


def _make_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("topic", sa.String(24), nullable=False),
        sa.Column("object", sa.String(128), nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("origin", sa.String(128), nullable=False),
        sa.Column("format", sa.SmallInteger, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Index("ix_journal_topic_at", "topic", "at"),
    )
    op.create_table(
        "journal_head",
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("journal", sa.String(36), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    is_postgres = op.get_bind().dialect.name == "postgresql"
    name = "md5(clock_timestamp()::text || random()::text)" if is_postgres else "lower(hex(randomblob(16)))"
    # The alarms had a journal of their own; its numbers go on here.
    op.execute(f"INSERT INTO journal_head (role, journal, seq) SELECT 'journal', {name}, seq FROM alarm_head")  # noqa: S608
    with op.batch_alter_table("alarm_head") as table:
        table.drop_column("seq")


def _make_schema_info() -> None:
    op.create_table(
        "schema_info",
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("min_reader", sa.Integer, nullable=False),
        sa.Column("min_writer", sa.Integer, nullable=False),
        sa.Column("min_core", sa.Integer, nullable=False),
        sa.Column("journal_format", sa.Integer, nullable=False),
        sa.Column("migrated_by", sa.String(128), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )


def _tell_more_of_consoles() -> None:
    with op.batch_alter_table("consoles") as table:
        table.add_column(sa.Column("may_lead", sa.Boolean, nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("priority", sa.Integer, nullable=False, server_default="50"))
        table.add_column(sa.Column("hears_broker", sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table("core_lease") as table:
        table.add_column(sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()))


def _tell_who_changed_a_smart_switch() -> None:
    with op.batch_alter_table("smart_switches") as table:
        table.add_column(sa.Column("changed_by", sa.String(128), nullable=False, server_default=""))
        table.add_column(sa.Column("changed_at", UtcTime))
