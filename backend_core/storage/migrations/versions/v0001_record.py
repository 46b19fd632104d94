"""The record: devices, points, readings, quarantine, counters, the event log, and who leads."""

import sqlalchemy as sa
from alembic import op

from backend_core.storage.schema.base import BigKey, UtcTime

revision = "0001_record"
down_revision = None


def upgrade() -> None:
    _make_registry()
    _make_readings()
    _make_quarantine()
    _make_log()
    _make_leadership()


def _make_registry() -> None:
    op.create_table(
        "devices",
        sa.Column("device", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("first_seen", UtcTime, nullable=False),
        sa.Column("attributes", sa.JSON),
    )
    op.create_table(
        "points",
        sa.Column("point_id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("point", sa.String(97), nullable=False, unique=True),
        sa.Column("device", sa.String(64), sa.ForeignKey("devices.device"), nullable=False, index=True),
        sa.Column("quantity", sa.String(32), nullable=False),
        sa.Column("first_seen", UtcTime, nullable=False),
    )


def _make_readings() -> None:
    op.create_table(
        "readings",
        sa.Column("point_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("ts", UtcTime, primary_key=True),
        sa.Column("seq", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("quality", sa.SmallInteger, nullable=False),
        sa.Column("marks", sa.SmallInteger, nullable=False),
        sa.Column("received_at", UtcTime, nullable=False),
        sa.Column("payload_hash", sa.BigInteger, nullable=False),
        postgresql_partition_by="RANGE (ts)",
        sqlite_with_rowid=False,
    )
    # Readings without a time of their own are known again by what they hold; all others cost this index nothing.
    without_time = sa.text("payload_hash <> 0")
    op.create_index(
        "ix_readings_payload_hash",
        "readings",
        ["payload_hash"],
        postgresql_where=without_time,
        sqlite_where=without_time,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Days get partitions of their own as they come; whatever lies far from today stays here.
        op.execute("CREATE TABLE readings_elsewhen PARTITION OF readings DEFAULT")


def _make_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", BigKey, sa.Identity(), primary_key=True),
        sa.Column("topic", sa.String(512), nullable=False),
        sa.Column("payload_hash", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("payload_bytes", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_seen", UtcTime, nullable=False),
        sa.Column("last_seen", UtcTime, nullable=False),
        sa.UniqueConstraint("topic", "payload_hash", "reason"),
        sa.Index("ix_quarantine_last_seen", "last_seen"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )


def _make_log() -> None:
    op.create_table(
        "event_log",
        sa.Column("id", BigKey, sa.Identity(), primary_key=True),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("object", sa.String(128), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("origin", sa.String(128), nullable=False),
        sa.Column("merge_key", sa.String(200), unique=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Index("ix_event_log_at", "at"),
    )


def _make_leadership() -> None:
    op.create_table(
        "core_lease",
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("holder", sa.String(36)),
        sa.Column("process", sa.String(160)),
        sa.Column("name", sa.String(128)),
        sa.Column("app_version", sa.String(32)),
        sa.Column("renewed_at", UtcTime, nullable=False),
        sa.Column("ttl_s", sa.Integer, nullable=False),
    )
    op.create_table(
        "core_epoch",
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "core_heartbeat",
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("leader", sa.String(128), nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_table(
        "consoles",
        sa.Column("console", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("operator", sa.String(128), nullable=False),
        sa.Column("host", sa.String(128), nullable=False),
        sa.Column("app_version", sa.String(32), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("seen_at", UtcTime, nullable=False),
    )
    op.execute("INSERT INTO core_epoch (role, epoch) VALUES ('core', 0)")
