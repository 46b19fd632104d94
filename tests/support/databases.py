"""Fresh databases with the product's tables, on PostgreSQL and on SQLite, each test its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend_core.storage import upgrade
from backend_core.storage.engine import open_engine, parse_url
from tests.support.postgres import PostgresServer, create_database, drop_database


def lay_tables(url: str) -> None:
    """Bring the database to the newest schema."""
    engine = open_engine(parse_url(url))
    try:
        with engine.begin() as connection:
            upgrade.upgrade(connection)
    finally:
        engine.dispose()


@contextmanager
def record_of_its_own() -> Iterator[str]:
    """The URL of a PostgreSQL database with the newest tables, on a server that goes when it is let go."""
    server = PostgresServer()
    try:
        server.start()
        url = create_database(server.url())
        lay_tables(url)
        yield url
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_template(postgres_admin_url: str) -> Iterator[str]:
    """The name of a database with the newest tables and no rows, copied for each test in some milliseconds."""
    url = create_database(postgres_admin_url)
    try:
        lay_tables(url)
        yield url.rpartition("/")[2]
    finally:
        drop_database(postgres_admin_url, url)


@pytest.fixture
def postgres_url(postgres_admin_url: str, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database with tables and no rows."""
    url = create_database(postgres_admin_url, postgres_template)
    try:
        yield url
    finally:
        drop_database(postgres_admin_url, url)


@pytest.fixture
def bare_postgres_url(postgres_admin_url: str) -> Iterator[str]:
    """A PostgreSQL database with nothing in it, for tests of the schema's own life."""
    url = create_database(postgres_admin_url)
    try:
        yield url
    finally:
        drop_database(postgres_admin_url, url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest tables and no rows."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    lay_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A SQLite database with tables and no rows."""
    path = tmp_path / "linekeeper.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'bare.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Every store test runs twice: on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def bare_database_url(request: pytest.FixtureRequest) -> str:
    """Tests of the schema's own life run twice, too."""
    url: str = request.getfixturevalue(f"bare_{request.param}_url")
    return url
