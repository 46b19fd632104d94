"""The tables of the gaps domain: where the record is incomplete, and what is remembered of the broker."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, String, Table, Text

from backend_core.storage.schema.base import BigKey, UtcTime, metadata

gaps = Table(
    "gaps",
    metadata,
    Column("id", BigKey, Identity(), primary_key=True),
    Column("started_at", UtcTime, nullable=False, index=True),
    Column("ended_at", UtcTime),
    Column("cause", String(32), nullable=False),
    Column("scope", String(256), nullable=False),
    Column("detail", Text, nullable=False),
)

broker_memory = Table(
    "broker_memory",
    metadata,
    Column("broker", String(256), primary_key=True),
    Column("reached", UtcTime, nullable=False),
    Column("dropped", BigInteger),
    Column("looked_at", UtcTime),
    Column("version", String(64), nullable=False),
)
