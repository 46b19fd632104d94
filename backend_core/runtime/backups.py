"""`linekeeper db backup` and `db restore`: the whole record into one file and back, all of it or nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text

from backend_core.history import sql_partitions
from backend_core.history.model import Progress
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import BadInput
from backend_core.reporting.rules import rfc3339
from backend_core.runtime.parts import program_version
from backend_core.runtime.whole_file import whole_file
from backend_core.sharing.sql_lease import read_heartbeat
from backend_core.storage import archive, upgrade
from backend_core.storage.archive import Contents
from backend_core.storage.database import Database
from backend_core.storage.schema import metadata

Tell = Callable[[Progress], None]
TELLING = ("devices", "readings", "alarms", "alarm_rules", "event_log", "smart_switches")
"""A database with rows in one of these holds a record; all others have rows as soon as the tables are made."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds or a restore brought back."""

    rows: int
    tables: int
    schema: str
    made_at: str


# -- backup ------------------------------------------------------------------------------------------------------------


def backup(database: Database, into: Path, tell: Tell) -> Saved:
    """Save every table as one moment saw it, read the file once to be sure, and only then give it its name."""
    found = database.look(upgrade.state)
    if not found.is_current:
        raise found.why_not
    with whole_file(into) as half:
        contents = database.look(lambda connection: _save(connection, half, tell))
        with zipfile.ZipFile(half) as written:
            archive.check(written, archive.contents_of(written), _telling(tell, "checking", contents))
        half.chmod(0o600)
    return _saved(contents)


def _save(connection: Connection, into: Path, tell: Tell) -> Contents:
    periods: dict[str, list[str]] = {}
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        _without_limits(connection)
        # A partition that is dropped takes its rows out of every snapshot: none may go while this reads.
        connection.execute(text("LOCK TABLE readings, rollups_5m IN ACCESS SHARE MODE"))
        for name in ("readings", "rollups_5m"):
            periods[name] = [part.rpartition("_")[2] for part, _ in sql_partitions.held(connection, name)]
    step = upgrade.state(connection).present or ""
    made_at = rfc3339(SystemClock().now())
    frame = Contents(step, program_version(), made_at, connection.dialect.name, {})
    return archive.save(connection, into, frame, periods, _telling(tell, "saving"))


# -- restore -----------------------------------------------------------------------------------------------------------


def restore(database: Database, source: Path, tell: Tell, *, replace: bool) -> Saved:
    """Bring a backup back into the database, in one transaction; what held rows before is kept unless told."""
    try:
        with zipfile.ZipFile(source) as opened:
            contents = archive.contents_of(opened)
            _require_known(contents)
            if database.kind == "sqlite":
                _restore_file(database.url, opened, contents, tell, replace=replace)
            else:
                database.run(lambda connection: _restore(connection, opened, contents, tell, replace=replace))
    except OSError as error:
        raise BadInput(f"'{source}' cannot be read ({error.strerror}).", "Check the path.") from error
    except zipfile.BadZipFile as error:
        raise BadInput(f"'{source}' is no backup, or only a part of one.", "Use another backup.") from error
    return _saved(contents)


def _require_known(contents: Contents) -> None:
    if contents.schema not in upgrade.known_steps():
        raise BadInput(
            f"The backup has schema {contents.schema}, newer than this program's {upgrade.NEWEST_STEP}.",
            "Install the newer Linekeeper on this machine.",
        )


def _restore(connection: Connection, opened: zipfile.ZipFile, contents: Contents, tell: Tell, *, replace: bool) -> None:
    if connection.dialect.name == "postgresql":
        _without_limits(connection)
    _require_room(connection, replace=replace)
    _clear(connection)
    upgrade.lay(connection, contents.schema)
    if connection.dialect.name == "postgresql":
        _make_partitions(connection, contents)
    archive.load(connection, opened, contents, _telling(tell, "restoring", contents))
    upgrade.upgrade(connection)


def _restore_file(url: URL, opened: zipfile.ZipFile, contents: Contents, tell: Tell, *, replace: bool) -> None:
    """A SQLite record is made anew beside the old one, and takes its place when it is whole."""
    target = Path(url.database or "").expanduser()
    if target.exists():
        held = Database(url, SystemClock())
        try:
            held.look(lambda connection: _require_room(connection, replace=replace))
        finally:
            held.abandon()
    with whole_file(target) as half:
        made = Database(url.set(database=str(half)), SystemClock())
        try:
            made.run(lambda connection: _restore(connection, opened, contents, tell, replace=True))
        finally:
            made.abandon()
            _without_logs(half)
        _without_logs(target)


def _without_logs(file: Path) -> None:
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _require_room(connection: Connection, *, replace: bool) -> None:
    there = set(inspect(connection).get_table_names())
    if "core_heartbeat" in there:
        beat = read_heartbeat(connection, SystemClock())
        if beat is not None and beat.is_alive:
            raise BadInput(f"{beat.leader} is at work on this database.", "End every core and console first.")
    if replace:
        return
    full = [name for name in TELLING if name in there and _has_rows(connection, name)]
    strangers = sorted(there - set(metadata.tables) - {"alembic_version"}) if not there & {"alembic_version"} else []
    if full or strangers:
        raise BadInput(
            f"The database is not empty: {', '.join(full or strangers)} held rows before.",
            "Restore into an empty one, or say --replace to lose what is there.",
        )


def _has_rows(connection: Connection, table: str) -> bool:
    return connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None  # noqa: S608


def _clear(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    for name in (*metadata.tables, "alembic_version"):
        connection.execute(text(f"DROP TABLE IF EXISTS {name} CASCADE"))


def _make_partitions(connection: Connection, contents: Contents) -> None:
    """Where the saved rows go; days of long ago share one partition, as they do when they are written."""
    oldest = f"{datetime.fromisoformat(contents.made_at) - timedelta(days=sql_partitions.OLDEST_DAYS):%Y%m%d}"
    for name, held in contents.tables.items():
        for digits in held.periods:
            start = datetime.strptime(digits if len(digits) == 8 else f"{digits}01", "%Y%m%d").replace(tzinfo=UTC)
            end = start + timedelta(days=1) if len(digits) == 8 else (start + timedelta(days=32)).replace(day=1)
            if name == "rollups_5m" or digits >= oldest:
                sql_partitions.make(connection, name, start, end)


# -- both --------------------------------------------------------------------------------------------------------------


def _without_limits(connection: Connection) -> None:
    """The whole record takes longer than a question, and the file may be slower than the database."""
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        connection.execute(text(f"SET LOCAL {limit} = 0"))
    # How cells are spelled must not depend on the server's settings.
    for setting, value in (("datestyle", "ISO"), ("bytea_output", "hex"), ("extra_float_digits", "1")):
        connection.execute(text(f"SET LOCAL {setting} = '{value}'"))


def _telling(tell: Tell, doing: str, contents: Contents | None = None) -> archive.Tell:
    totals = {name: held.rows for name, held in contents.tables.items()} if contents is not None else {}
    return lambda table, rows: tell(Progress(f"{doing} {table}", rows, totals.get(table)))


def _saved(contents: Contents) -> Saved:
    rows = sum(held.rows for held in contents.tables.values())
    return Saved(rows, len(contents.tables), contents.schema, contents.made_at)
