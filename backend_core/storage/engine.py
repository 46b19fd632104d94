"""How each kind of database is opened: addresses, time limits, durability, and what its errors mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from backend_core.kernel.errors import BadConfig, CoreError, DependencyAway

_DISK_FULL = ("53100", "disk is full", "no space left")
_AWAY = ("08", "57P", "53", "58", "25006")
_BUSY = ("40", "55P03", "57014", "25P0")
_NOT_LET_IN = ("password authentication failed", "no password supplied", "pg_hba.conf")
_REFUSED = ("42501", "42P01")
_NOT_THERE = re.compile(r'(database|role) "[^"]*" does not exist')
_UNREACHED = (
    "connect",
    "resolve host",
    "timeout",
    "unable to open",
    "disk i/o",
    "readonly",
    "queuepool",
    "server closed",
)
_NO_OPTION = re.compile(r'invalid connection option ("[^"]*")')


def parse_url(text: str, password: str | None = None) -> URL:
    """The address of a database; `postgres://` and `postgresql://` both mean psycopg 3."""
    try:
        url = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text))
    except (ArgumentError, ValueError) as error:
        raise BadConfig(
            f"[database] url '{mask(text)}' is no database address.",
            "Write postgresql://user@host/name or sqlite:///path/to/file.db.",
        ) from error
    if url.get_backend_name() not in ("postgresql", "sqlite"):
        raise BadConfig(
            f"[database] url names '{url.get_backend_name()}', which Linekeeper does not speak.",
            "Use postgresql:// or sqlite:///.",
        )
    if url.port is not None and not 0 < url.port < 65536:
        raise BadConfig(f"[database] url names port {url.port}.", "A port lies between 1 and 65535.")
    return url if password is None else url.set(password=password)


def mask(text: str) -> str:
    """The address without its password, before the host or among the options."""
    return re.sub(r"([?&]\w*password=)[^&]*", r"\1***", re.sub(r"(//[^:/@]*):[^@]*@", r"\1:***@", text))


def open_engine(url: URL) -> Engine:
    """An engine that connects at first use."""
    return _open_sqlite(url) if url.get_backend_name() == "sqlite" else _open_postgres(url)


_REACH: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
    "application_name": "linekeeper",
    "options": "-c statement_timeout=60000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=5000"
    " -c timezone=UTC",
}


def plain_arguments(url: URL) -> dict[str, Any]:
    """What psycopg itself needs to connect, for the connections that live as long as the program."""
    _, found = url.get_dialect()().create_connect_args(url)
    return {**_REACH, **found}


def _open_postgres(url: URL) -> Engine:
    return create_engine(url, connect_args=_REACH, pool_size=8, max_overflow=4, pool_pre_ping=True, pool_timeout=5)


def _open_sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        _make_room(Path(url.database).expanduser())
    engine = create_engine(url, connect_args={"timeout": 5.0, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        # FULL, not NORMAL: a batch is acknowledged to the broker after this commit; NORMAL may undo it at a power cut.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _make_room(file: Path) -> None:
    """The folder of a new file; what can never become a file is a mistake of the config, not a server that is away."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadConfig(
            f"[database] url names '{file}', whose folder cannot be made ({error.strerror}).",
            "Name a file in a folder that you may write.",
        ) from error
    if file.is_dir():
        raise BadConfig(f"[database] url names '{file}', which is a folder.", "Name a file within it.")


def explain(error: SQLAlchemyError) -> CoreError | None:
    """The sentence for a database that is away or full; nothing when the fault lies in the statement or its rows."""
    original = getattr(error, "orig", None) or error
    state = str(getattr(original, "sqlstate", "") or "")
    text = f"{state} {original}".lower()
    if any(sign in text for sign in _DISK_FULL):
        return DependencyAway(
            "The database's disk is full.", "Free space there; nothing is lost, writing resumes by itself."
        )
    if "database is locked" in text:
        return DependencyAway(
            "Another program holds the database file.", "Close it, or give each program its own file."
        )
    if state.startswith(_BUSY):
        return DependencyAway("The database was too busy to answer in time.", "Linekeeper tries again by itself.")
    if any(sign in text for sign in _NOT_LET_IN):
        return DependencyAway(
            "The database does not let us in.", "Check the user in [database] url and the password in password_file."
        )
    if state in _REFUSED:
        what = str(original).partition("\n")[0]
        return DependencyAway(
            f"The database refuses this ({what}).", "Give the user of [database] url its rights back; nothing is lost."
        )
    if missing := _NOT_THERE.search(text):
        wanted = missing[0].removesuffix(" does not exist")
        return DependencyAway(f"The server has no {wanted}.", "Check [database] url.")
    if "file is not a database" in text:
        return BadConfig("The file that [database] url names is no SQLite database.", "Name another, or a new one.")
    if unknown := _NO_OPTION.search(text):
        return BadConfig(f"[database] url has an option {unknown[1]} that PostgreSQL does not know.", "Leave it out.")
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    if gone or state.startswith(_AWAY) or (not state and _never_connected(error, text)):
        return DependencyAway(
            "The database does not answer.", "Linekeeper tries again by itself; look at its server and the network."
        )
    return None


def _never_connected(error: SQLAlchemyError, text: str) -> bool:
    return any(sign in text for sign in _UNREACHED) and type(error).__name__ in (
        "OperationalError",
        "InterfaceError",
        "TimeoutError",
    )
