"""The alarm journal can be asked by time: what stood at a moment, and which alarm came next."""

from alembic import op

revision = "0007_journal_times"
down_revision = "0006_gaps"


def upgrade() -> None:
    op.create_index("ix_alarm_journal_at", "alarm_journal", ["at"])
