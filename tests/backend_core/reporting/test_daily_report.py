"""The daily report from a real record on both databases, read back from the finished PDF."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from pypdfium2 import PdfDocument

from backend_core.kernel.clock import FakeClock, SystemClock
from backend_core.kernel.errors import BadInput, CoreError
from backend_core.kernel.workers import InlinePool, WorkerFailed
from backend_core.reporting.model import DailyReport
from backend_core.reporting.service import ReportService
from backend_core.reporting.sql_store import SqlDailyFactsStore
from backend_core.runtime import networks
from backend_core.storage.database import Database
from tests.backend_core.reporting.day_record import DAY, at, write_happenings, write_readings

GLOVER = networks.load("glover5")
pytestmark = pytest.mark.asyncio


class BrokenPool(InlinePool):
    async def run(self, target, *args, **named):
        raise WorkerFailed("The process ended in the middle of its work.")


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, SystemClock())
    yield database
    await database.close()


def reports(database: Database, hour: float = 32.0, pool: InlinePool | None = None) -> ReportService:
    clock = FakeClock(at(hour))
    return ReportService(
        SqlDailyFactsStore(database), pool or InlinePool(), lambda: GLOVER, clock, desk="desk 1", operator="anna"
    )


def text_of(report: DailyReport) -> str:
    document = PdfDocument(report.pdf)
    try:
        return " ".join("\n".join(page.get_textpage().get_text_bounded() for page in document).split())
    finally:
        document.close()


async def test_a_full_day_tells_energy_voltages_alarms_outages_and_coverage(database: Database):
    await write_readings(database)
    await write_happenings(database)
    report = await reports(database).daily(DAY.date())
    text = text_of(report)
    assert "Glover 5-bus · Friday 20 November 2026 · 00:00 to 24:00 UTC" in text
    assert "880.0 MW" in text, "the peak load"
    assert "BUS-002 at 18:00 UTC" in text, "the worst voltage"
    assert "2 alarms were raised, 1 of them not acknowledged." in text
    assert "16:33:00 anna" in text
    assert "30 min" in text
    assert "97.92 %" in text, "the uptime of Maple Street: 282 of 288 checks"
    assert "LD3 lines, transformers, generators, loads 10:00 10:40 40 min" in text
    assert f"Page 1 of {report.pages}" in text
    assert report.readings == 5744


async def test_an_energy_with_a_gap_says_that_it_is_at_least_so_much_and_how_much_is_covered(database: Database):
    await write_readings(database)
    text = text_of(await reports(database).daily(DAY.date()))
    assert "≥ 16,477 MWh" in text
    assert "in the 97.2 % of the time covered" in text
    assert "[1] Five-minute means of LD2.active_power, F-12B.active_power, LD3.active_power" in text


async def test_a_day_without_data_says_so_plainly(database: Database):
    report = await reports(database).daily(DAY.date())
    text = text_of(report)
    assert "No data. The record holds no reading of 2026-11-20" in text
    assert "not because nothing happened" in text
    assert report.coverage_percent == 0.0


async def test_a_day_that_is_not_over_reaches_up_to_now(database: Database):
    await write_readings(database, until_hour=15.0)
    report = await reports(database, hour=15.0).daily(DAY.date())
    assert "The day is not over. This report reaches to 15:00 UTC" in text_of(report)
    assert not report.is_over
    assert report.coverage_percent > 98.0, "what has not come yet is no gap"


async def test_what_is_dated_after_the_making_is_left_out(database: Database):
    await write_readings(database)
    report = await reports(database, hour=12.0).daily(DAY.date())
    assert "at 18:00 UTC" not in text_of(report)


async def test_a_day_to_come_is_refused(database: Database):
    with pytest.raises(BadInput, match="has not begun"):
        await reports(database).daily((DAY + timedelta(days=2)).date())


async def test_the_same_record_makes_the_same_bytes(database: Database):
    await write_readings(database)
    first, second = [await reports(database).daily(DAY.date()) for _ in range(2)]
    assert first.pdf == second.pdf


async def test_progress_only_ever_grows(database: Database):
    await write_readings(database)
    told: list[float] = []
    await reports(database).daily(DAY.date(), lambda share, text: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


async def test_a_worker_that_dies_is_told_as_something_to_do(database: Database):
    with pytest.raises(CoreError, match="try again"):
        await reports(database, pool=BrokenPool()).daily(DAY.date())
