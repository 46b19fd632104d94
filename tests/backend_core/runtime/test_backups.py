"""A backup holds everything, comes back on either database exactly as it was, and is never half done."""

from __future__ import annotations

import asyncio
import json
import math
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from backend_core.history.keeping import RecordKeeping
from backend_core.history.model import Progress, Terms, Writing
from backend_core.history.sql_keeper import SqlRecordKeeper
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import FakeClock, SystemClock, to_us
from backend_core.kernel.errors import BadInput
from backend_core.kernel.identities import DeviceId, PointId
from backend_core.kernel.quality import Quality
from backend_core.runtime import backups
from backend_core.sharing.model import Console
from backend_core.sharing.sql_lease import SqlLease
from backend_core.storage import archive, upgrade
from backend_core.storage.database import Database
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.schema import metadata
from backend_core.telemetry.model import DeviceKind, Discovery, Reading, Reason, Rejection

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ODD = 'tab\there, line\nthere\r, \\N and \\\\t, "quotes", ü ☂ 🜁'
VALUES = (0.1 + 0.2, -0.0, 5e-324, 1.7e308, math.inf, -math.inf, 2**53 + 1.0)
Everything = dict[str, list[tuple[Any, ...]]]


def fill(url: str) -> None:
    asyncio.run(_fill(url))


async def _fill(url: str) -> None:
    clock = FakeClock(NOW)
    database = Database(url, clock)
    database.epoch = await SqlLease(database, clock).acquire(Console("1" * 36, "desk", "ada", "host", "1"))
    at_us = to_us(NOW)
    points = (PointId("s.voltage"), PointId("s.current"))
    readings = [
        Reading(point, at_us - back, seq, value, Quality(seq % 4), 4, at_us, seq * 2**40 - 1)
        for back in (0, 86_400_000_000, 500 * 86_400_000_000)
        for seq, value in enumerate(VALUES)
        for point in points
    ]
    refused = [Rejection(ODD, bytes(range(256)), Reason.JSON, ODD, at_us)]
    found = [Discovery(DeviceId("s"), DeviceKind.SENSOR, {"maker": ODD})]
    writing = Writing(readings, refused, found, {DeviceId("s"): DeviceKind.SENSOR}, NOW)
    await SqlHistoryStore(database, "desk").write(writing)

    async def none(_: object) -> tuple[PointId, ...]:
        return ()

    await RecordKeeping(SqlRecordKeeper(database), clock, none, Terms()).roll_up()
    await database.write(lambda connection: record(connection, LogEntry(NOW, "note", ODD, "\\", "\\N", "")))
    await database.close()


def everything(url: str) -> Everything:
    """Every row of every table of the record, typed, so that both databases can be compared."""
    database = Database(url, SystemClock())
    try:
        return database.look(
            lambda c: {
                t.name: sorted(map(tuple, c.execute(select(t))), key=repr)
                for t in metadata.sorted_tables
                if t.name not in archive.MOMENTARY
            }
        )
    finally:
        database.abandon()


def quiet(_: Progress) -> None:
    """Nobody watches."""


def backup(url: str, into: Path) -> backups.Saved:
    database = Database(url, SystemClock())
    try:
        return backups.backup(database, into, quiet)
    finally:
        database.abandon()


def restore(url: str, source: Path, tell: backups.Tell = quiet, *, replace: bool = False) -> backups.Saved:
    database = Database(url, SystemClock())
    try:
        return backups.restore(database, source, tell, replace=replace)
    finally:
        database.abandon()


@pytest.fixture
def original(database_url: str) -> str:
    fill(database_url)
    return database_url


@pytest.fixture(params=["bare_sqlite_url", "bare_postgres_url"])
def empty(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


def test_a_restored_record_equals_the_original_on_either_database(original: str, empty: str, tmp_path: Path):
    saved = backup(original, tmp_path / "record.backup")
    brought = restore(empty, tmp_path / "record.backup")
    before = everything(original)
    assert everything(empty) == before
    assert saved == brought
    assert saved.rows == sum(len(rows) for rows in before.values())
    assert len(before["readings"]) == 42
    assert before["rollups_5m"]


def test_a_restored_record_goes_on(original: str, empty: str, tmp_path: Path):
    backup(original, tmp_path / "record.backup")
    restore(empty, tmp_path / "record.backup")

    async def go_on() -> int:
        database = Database(empty, FakeClock(NOW))
        later = NOW + timedelta(days=1)
        me = Console("2" * 36, "desk", "ada", "host", "1")
        await database.write(lambda c: c.execute(text("DELETE FROM core_lease")))
        database.epoch = await SqlLease(database, FakeClock(NOW)).acquire(me)
        fresh = Reading(PointId("new.x"), to_us(later), 0, 1.0, Quality.GOOD, 0, to_us(later), 0)
        written = await SqlHistoryStore(database, "desk").write(Writing([fresh], (), (), {}, later))
        await database.close()
        return written.stored

    assert asyncio.run(go_on()) == 1


def test_a_database_that_holds_a_record_is_left_alone_unless_told(original: str, tmp_path: Path):
    backup(original, tmp_path / "record.backup")
    before = everything(original)
    with pytest.raises(BadInput, match="not empty"):
        restore(original, tmp_path / "record.backup")
    assert everything(original) == before
    database = Database(original, SystemClock())
    database.run(lambda c: c.execute(text("DELETE FROM readings")))
    database.abandon()
    restore(original, tmp_path / "record.backup", replace=True)
    assert everything(original) == before


def test_a_database_with_tables_and_no_record_takes_one(original: str, sqlite_url: str, tmp_path: Path):
    backup(original, tmp_path / "record.backup")
    if original != sqlite_url:
        restore(sqlite_url, tmp_path / "record.backup")
        assert everything(sqlite_url) == everything(original)


def test_a_core_at_work_is_not_pulled_from_under(original: str, tmp_path: Path):
    backup(original, tmp_path / "record.backup")

    async def beat() -> None:
        database = Database(original, SystemClock())
        lease = SqlLease(database, SystemClock())
        await database.write(lambda c: c.execute(text("DELETE FROM core_lease")))
        me = Console("2" * 36, "desk 2", "ada", "host", "1")
        database.epoch = await lease.acquire(me)
        await lease.beat(me, database.epoch or 0, {})
        await database.close()

    asyncio.run(beat())
    with pytest.raises(BadInput, match="at work"):
        restore(original, tmp_path / "record.backup", replace=True)


def test_an_interrupted_restore_leaves_what_was_there(original: str, tmp_path: Path):
    backup(original, tmp_path / "record.backup")
    before = everything(original)

    def interrupt(progress: Progress) -> None:
        if progress.doing == "restoring event_log":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(original, tmp_path / "record.backup", interrupt, replace=True)
    assert everything(original) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_an_interrupted_backup_leaves_no_file(original: str, tmp_path: Path):
    folder = tmp_path / "backups"
    folder.mkdir()
    database = Database(original, SystemClock())

    def interrupt(progress: Progress) -> None:
        if progress.doing == "checking readings":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backups.backup(database, folder / "record.backup", interrupt)
    database.abandon()
    assert list(folder.iterdir()) == []


def test_a_damaged_backup_is_refused_and_changes_nothing(original: str, tmp_path: Path):
    good, bad, short = (tmp_path / name for name in ("good", "bad", "short"))
    backup(original, good)
    before = everything(original)
    _rewritten(good, bad, lambda name, held: held.replace(b"0.30000000000000004", b"0.30000000000000014"))
    short.write_bytes(good.read_bytes()[:-200])
    for source in (bad, short, tmp_path / "none", Path(__file__)):
        with pytest.raises(BadInput):
            restore(original, source, replace=True)
    assert everything(original) == before


def test_a_backup_of_an_older_schema_is_upgraded_and_one_of_a_newer_refused(original: str, empty: str, tmp_path: Path):
    whole, older, newer = (tmp_path / name for name in ("whole", "older", "newer"))
    backup(original, whole)
    then = _tables_of("0004_sharing", tmp_path / "then.db")

    def of_schema(step: str, tables: set[str] | None) -> Any:
        def change(name: str, held: bytes) -> bytes:
            if name != archive.CONTENTS:
                return held
            contents = json.loads(held)
            contents["schema"] = step
            if tables is not None:
                contents["tables"] = {n: table for n, table in contents["tables"].items() if n in tables}
            return json.dumps(contents).encode()

        return change

    _rewritten(whole, older, of_schema("0004_sharing", then))
    _rewritten(whole, newer, of_schema("9999_beyond", None))
    with pytest.raises(BadInput, match="newer"):
        restore(empty, newer)
    restore(empty, older)
    database = Database(empty, SystemClock())
    assert database.look(upgrade.state).is_current
    database.abandon()
    assert everything(empty)["readings"] == everything(original)["readings"]


def _tables_of(step: str, file: Path) -> set[str]:
    """What a database of an older schema held."""
    database = Database(f"sqlite:///{file}", SystemClock())
    database.run(lambda connection: upgrade.lay(connection, step))
    tables = database.look(lambda connection: set(inspect(connection).get_table_names()))
    database.abandon()
    return tables


def _rewritten(source: Path, into: Path, change: Any) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
