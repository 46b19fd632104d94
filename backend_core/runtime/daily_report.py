"""Collects and sets the daily report for the command line; the console asks the same of its core."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from backend_core.kernel.errors import BadInput
from backend_core.storage.database import Database


def write_daily_report(database: Database, day: date, out: Path) -> None:
    """Write the report of a UTC day as a PDF file."""
    raise BadInput(f"The report of {day} cannot be set yet.", f"'{out}' was not written: {database.kind}.")
