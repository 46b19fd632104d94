"""Where the record is incomplete, and what is remembered of the broker between two leaders."""

import sqlalchemy as sa
from alembic import op

from backend_core.storage.schema.base import BigKey, UtcTime

revision = "0006_gaps"
down_revision = "0005_rollups"


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", BigKey, sa.Identity(), primary_key=True),
        sa.Column("started_at", UtcTime, nullable=False, index=True),
        sa.Column("ended_at", UtcTime),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("scope", sa.String(256), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_table(
        "broker_memory",
        sa.Column("broker", sa.String(256), primary_key=True),
        sa.Column("reached", UtcTime, nullable=False),
        sa.Column("dropped", sa.BigInteger),
        sa.Column("looked_at", UtcTime),
        sa.Column("version", sa.String(64), nullable=False),
    )
