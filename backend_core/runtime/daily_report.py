"""Collects and sets the daily report for the command line; the console asks the same of its core."""

from __future__ import annotations

import asyncio
import os
import tempfile
from datetime import date
from pathlib import Path

from backend_core.grid.model import Network
from backend_core.kernel.clock import Clock, SystemClock
from backend_core.kernel.errors import BadInput
from backend_core.kernel.workers import InlinePool
from backend_core.reporting.model import DailyReport
from backend_core.reporting.service import ReportService
from backend_core.reporting.sql_store import SqlDailyFactsStore
from backend_core.storage.database import Database


def write_daily_report(
    database: Database, network: Network, day: date, out: Path, clock: Clock | None = None
) -> DailyReport:
    """Write the report of a UTC day as a PDF file; the file appears whole or not at all."""
    _check_place(out)
    report = asyncio.run(_make(database, network, day, clock or SystemClock()))
    _write(report.pdf, out)
    return report


async def _make(database: Database, network: Network, day: date, clock: Clock) -> DailyReport:
    # This process ends with its report: a worker of its own would only cost its start.
    service = ReportService(SqlDailyFactsStore(database), InlinePool(), lambda: network, clock)
    try:
        return await service.daily(day)
    finally:
        await database.close()


def _check_place(out: Path) -> None:
    """Told before the work rather than after it."""
    if out.is_dir():
        raise BadInput(f"'{out}' is a folder.", "Name a file with --out, such as report.pdf.")
    if not out.parent.is_dir():
        raise BadInput(f"The folder '{out.parent}' does not exist.", "Make it, or name another one with --out.")


def _write(content: bytes, out: Path) -> None:
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        waiting = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            waiting.chmod(0o644)
            waiting.replace(out)
        finally:
            waiting.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"'{out}' cannot be written: {error.strerror}.", "Name another place with --out.") from error
