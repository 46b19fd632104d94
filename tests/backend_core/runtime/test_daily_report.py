"""The daily report on the command line: a whole file or none, and every mistake in a sentence."""

import asyncio
from pathlib import Path

import pytest

from backend_core.kernel.clock import FakeClock, SystemClock
from backend_core.kernel.errors import BadInput
from backend_core.runtime import networks
from backend_core.runtime.daily_report import write_daily_report
from backend_core.storage.database import Database
from tests.backend_core.reporting.day_record import DAY, at, write_readings

GLOVER = networks.load("glover5")


async def fill(url: str) -> None:
    database = Database(url, SystemClock())
    await write_readings(database)
    await database.close()


def write(url: str, out: Path, hour: float = 32.0) -> None:
    database = Database(url, SystemClock())
    try:
        write_daily_report(database, GLOVER, DAY.date(), out, FakeClock(at(hour)))
    finally:
        asyncio.run(database.close())


def test_the_file_is_a_whole_document_and_nothing_else_is_left(sqlite_url: str, tmp_path: Path):
    asyncio.run(fill(sqlite_url))
    out = tmp_path / "out"
    out.mkdir()
    write(sqlite_url, out / "day.pdf")
    assert (out / "day.pdf").read_bytes().startswith(b"%PDF-")
    assert [path.name for path in out.iterdir()] == ["day.pdf"]


def test_a_folder_that_is_not_there_is_named_before_any_work(sqlite_url: str, tmp_path: Path):
    with pytest.raises(BadInput, match="does not exist"):
        write(sqlite_url, tmp_path / "nowhere" / "day.pdf")


def test_a_refused_day_leaves_the_former_file_as_it_was(sqlite_url: str, tmp_path: Path):
    out = tmp_path / "day.pdf"
    out.write_bytes(b"the former report")
    with pytest.raises(BadInput, match="has not begun"):
        write(sqlite_url, out, hour=-30.0)
    assert out.read_bytes() == b"the former report"
