"""The journal of changes that every console follows, and what this schema asks of the programs that use it."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, SmallInteger, String, Table

from backend_core.storage.schema.base import UtcTime, metadata

journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("topic", String(24), nullable=False),
    Column("object", String(128), nullable=False),
    Column("who", String(128), nullable=False),
    Column("origin", String(128), nullable=False),
    Column("format", SmallInteger, nullable=False),
    Column("body", JSON, nullable=False),
    Index("ix_journal_topic_at", "topic", "at"),
)

journal_head = Table(
    "journal_head",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("journal", String(36), nullable=False),
    Column("seq", BigInteger, nullable=False),
)
"""One row, locked last by every writer until it commits: numbers have no gaps and follow the commits."""

schema_info = Table(
    "schema_info",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("min_reader", Integer, nullable=False),
    Column("min_writer", Integer, nullable=False),
    Column("min_core", Integer, nullable=False),
    Column("journal_format", Integer, nullable=False),
    Column("migrated_by", String(128), nullable=False),
    Column("at", UtcTime, nullable=False),
)
"""One row: the step of the schema, and the lowest step that a program must know to read, to write and to lead."""
