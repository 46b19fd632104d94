"""The smart switches, their checks and the outages."""

import sqlalchemy as sa
from alembic import op

from backend_core.storage.schema.base import BigKey, UtcTime

revision = "0003_outages"
down_revision = "0002_alarms"


def upgrade() -> None:
    _make_smart_switches()
    _make_outages()


def _make_smart_switches() -> None:
    op.create_table(
        "smart_switches",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("added_at", UtcTime, nullable=False),
    )
    op.create_table(
        "smart_switch_checks",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("ts", UtcTime, primary_key=True),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("response_ms", sa.Double),
        sa.Column("error", sa.String(16)),
        sa.Column("observer", sa.String(128), nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Index("ix_smart_switch_checks_ts", "ts"),
        sqlite_with_rowid=False,
    )


def _make_outages() -> None:
    op.create_table(
        "outages",
        sa.Column("id", BigKey, sa.Identity(), primary_key=True),
        sa.Column("started_at", UtcTime, nullable=False, index=True),
        sa.Column("ended_at", UtcTime),
        sa.Column("offline", sa.Integer, nullable=False),
        sa.Column("known", sa.Integer, nullable=False),
        sa.Column("single_observer", sa.Boolean, nullable=False),
    )
    op.create_table(
        "outage_switches",
        sa.Column("outage_id", sa.BigInteger, sa.ForeignKey("outages.id"), primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("since", UtcTime, nullable=False),
        sa.Column("returned_at", UtcTime),
    )
