"""Every table of Linekeeper, one file per domain, for PostgreSQL and SQLite alike."""

from backend_core.storage.schema import alarms, gaps, journal, outages, record, rollups
from backend_core.storage.schema.base import UtcTime, metadata

__all__ = ["UtcTime", "alarms", "gaps", "journal", "metadata", "outages", "record", "rollups"]
