"""The tables of the outages domain: smart switches, their checks, outages and whom they took."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Identity, Index, Integer, String, Table

from backend_core.storage.schema.base import BigKey, UtcTime, metadata

smart_switches = Table(
    "smart_switches",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("address", String(255), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("changed_by", String(128), nullable=False, server_default=""),
    Column("changed_at", UtcTime),
)

smart_switch_checks = Table(
    "smart_switch_checks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("ts", UtcTime, primary_key=True),
    Column("verdict", String(8), nullable=False),
    Column("response_ms", Double),
    Column("error", String(16)),
    Column("observer", String(128), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Index("ix_smart_switch_checks_ts", "ts"),
    sqlite_with_rowid=False,
)

outages = Table(
    "outages",
    metadata,
    Column("id", BigKey, Identity(), primary_key=True),
    Column("started_at", UtcTime, nullable=False, index=True),
    Column("ended_at", UtcTime),
    Column("offline", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("single_observer", Boolean, nullable=False),
)

outage_switches = Table(
    "outage_switches",
    metadata,
    Column("outage_id", BigInteger, ForeignKey("outages.id"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("returned_at", UtcTime),
)
