"""The alarms: rules, states and their journal."""

revision = "0002_alarms"
down_revision = "0001_record"


def upgrade() -> None:
    """Filled by the alarms domain."""
