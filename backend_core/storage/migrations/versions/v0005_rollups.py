"""Rollups of the readings, the marks of buckets that wait for them, and from when on what is held."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from backend_core.storage.schema.base import UtcTime

revision = "0005_rollups"
down_revision = "0004_sharing"


def upgrade() -> None:
    op.create_table("rollups_5m", *_columns(), postgresql_partition_by="RANGE (bucket)", sqlite_with_rowid=False)
    for name in ("rollups_1h", "rollups_1d"):
        op.create_table(name, *_columns(), sqlite_with_rowid=False)
    if op.get_bind().dialect.name == "postgresql":
        # Months get partitions of their own as they come.
        op.execute("CREATE TABLE rollups_5m_elsewhen PARTITION OF rollups_5m DEFAULT")
    # What was stored before this step is found, and marked, by the first core that leads.
    op.create_table(
        "dirty_buckets",
        sa.Column("bucket", UtcTime, primary_key=True),
        sa.Column("point_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record_keeping",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("cleared_at", UtcTime),
    )
    op.execute("INSERT INTO record_keeping (id, generation) VALUES (1, 1)")
    op.create_table(
        "held_from",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("point_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("start", UtcTime, nullable=False),
        sqlite_with_rowid=False,
    )


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("point_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("bucket", UtcTime, primary_key=True),
        sa.Column("low", sa.Double),
        sa.Column("high", sa.Double),
        sa.Column("mean", sa.Double),
        sa.Column("first", sa.Double),
        sa.Column("last", sa.Double),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("doubtful", sa.Integer, nullable=False),
        sa.Column("bad", sa.Integer, nullable=False),
        sa.Column("covered_s", sa.Double, nullable=False),
    ]
