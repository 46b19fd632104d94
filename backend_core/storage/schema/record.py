"""The record of the grid: devices, points, readings, quarantine, counters, the event log, and who leads."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from backend_core.storage.schema.base import BigKey, UtcTime, metadata

devices = Table(
    "devices",
    metadata,
    Column("device", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(32), nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("attributes", JSON),
)

points = Table(
    "points",
    metadata,
    Column("point_id", Integer, Identity(), primary_key=True),
    Column("point", String(97), nullable=False, unique=True),
    Column("device", String(64), ForeignKey("devices.device"), nullable=False, index=True),
    Column("quantity", String(32), nullable=False),
    Column("first_seen", UtcTime, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("point_id", Integer, primary_key=True, autoincrement=False),
    Column("ts", UtcTime, primary_key=True),
    Column("seq", SmallInteger, primary_key=True, autoincrement=False),
    Column("value", Double, nullable=False),
    Column("quality", SmallInteger, nullable=False),
    Column("marks", SmallInteger, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("payload_hash", BigInteger, nullable=False),
    Index(
        "ix_readings_payload_hash",
        "payload_hash",
        postgresql_where=text("payload_hash <> 0"),
        sqlite_where=text("payload_hash <> 0"),
    ),
    postgresql_partition_by="RANGE (ts)",
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", BigKey, Identity(), primary_key=True),
    Column("topic", String(512), nullable=False),
    Column("payload_hash", String(64), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("payload_bytes", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    UniqueConstraint("topic", "payload_hash", "reason"),
    Index("ix_quarantine_last_seen", "last_seen"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

event_log = Table(
    "event_log",
    metadata,
    Column("id", BigKey, Identity(), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("who", String(128), nullable=False),
    Column("object", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("origin", String(128), nullable=False),
    Column("merge_key", String(200), unique=True),
    Column("count", Integer, nullable=False),
    Index("ix_event_log_at", "at"),
)

core_lease = Table(
    "core_lease",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("holder", String(36)),
    Column("process", String(160)),
    Column("name", String(128)),
    Column("app_version", String(32)),
    Column("renewed_at", UtcTime, nullable=False),
    Column("ttl_s", Integer, nullable=False),
    Column("locked", Boolean, nullable=False, server_default=false()),
)

core_epoch = Table(
    "core_epoch",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
)

core_heartbeat = Table(
    "core_heartbeat",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("leader", String(128), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("facts", JSON, nullable=False),
)

consoles = Table(
    "consoles",
    metadata,
    Column("console", String(36), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("operator", String(128), nullable=False),
    Column("host", String(128), nullable=False),
    Column("app_version", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("may_lead", Boolean, nullable=False, server_default=true()),
    Column("priority", Integer, nullable=False, server_default="50"),
    Column("hears_broker", Boolean, nullable=False, server_default=false()),
)
