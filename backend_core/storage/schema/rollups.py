"""What the readings are rolled up into, which buckets wait for it, and from when on each kind of row is still held."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Double, Integer, SmallInteger, String, Table

from backend_core.storage.schema.base import UtcTime, metadata


def columns() -> list[Column[Any]]:
    """The columns of every rollup; the five values are null where a bucket holds nothing that can be used."""
    return [
        Column("point_id", Integer, primary_key=True, autoincrement=False),
        Column("bucket", UtcTime, primary_key=True),
        Column("low", Double),
        Column("high", Double),
        Column("mean", Double),
        Column("first", Double),
        Column("last", Double),
        Column("count", Integer, nullable=False),
        Column("doubtful", Integer, nullable=False),
        Column("bad", Integer, nullable=False),
        Column("covered_s", Double, nullable=False),
    ]


rollups_5m = Table(
    "rollups_5m", metadata, *columns(), postgresql_partition_by="RANGE (bucket)", sqlite_with_rowid=False
)
rollups_1h = Table("rollups_1h", metadata, *columns(), sqlite_with_rowid=False)
rollups_1d = Table("rollups_1d", metadata, *columns(), sqlite_with_rowid=False)

dirty_buckets = Table(
    "dirty_buckets",
    metadata,
    Column("bucket", UtcTime, primary_key=True),
    Column("point_id", Integer, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Buckets of five minutes whose readings have changed since they were rolled up; marked with the readings."""

record_keeping = Table(
    "record_keeping",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("cleared_at", UtcTime),
)
"""One row. Writers hold it for share until they commit, so that a new generation begins after all older marks."""

held_from = Table(
    "held_from",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("point_id", Integer, primary_key=True, autoincrement=False),
    Column("start", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
"""From when on rows of a kind are held: of all points under number 0, of a point that is kept longer under its own."""
