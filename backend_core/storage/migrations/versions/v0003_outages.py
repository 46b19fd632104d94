"""The smart switches, their checks and the outages."""

revision = "0003_outages"
down_revision = "0002_alarms"


def upgrade() -> None:
    """Filled by the outages domain."""
