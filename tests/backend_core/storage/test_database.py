"""The database's lanes, its fence, and what it says when it is away, busy, full or in someone's way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import Connection, text

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import BadConfig, CoreError, DependencyAway
from backend_core.kernel.links import LinkState
from backend_core.storage import counters
from backend_core.storage.database import Database, Lane
from backend_core.storage.engine import mask, parse_url
from tests.support.postgres import PostgresServer, create_database

T = TypeVar("T")


@asynccontextmanager
async def database_on(url: str) -> AsyncIterator[tuple[Database, list[LinkState]]]:
    links: list[LinkState] = []
    database = Database(url, SystemClock(), links.append)
    try:
        yield database, links
    finally:
        await database.close()


def begin(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    return asyncio.get_running_loop().create_task(work, name="a write")


def say(name: str, heard: list[str]):
    def work(connection: Connection) -> None:
        heard.append(name)

    return work


@pytest.mark.asyncio
async def test_on_sqlite_urgent_work_overtakes_what_waits(sqlite_url: str):
    async with database_on(sqlite_url) as (database, _):
        heard: list[str] = []
        begun, go = threading.Event(), threading.Event()

        def block(connection: Connection) -> None:
            begun.set()
            go.wait(10)

        waiting = [begin(database.write(block, Lane.TELEMETRY))]
        await asyncio.to_thread(begun.wait)
        for name, lane in (("tidying", Lane.MAINTENANCE), ("readings", Lane.TELEMETRY), ("an alarm", Lane.OPERATIONS)):
            waiting.append(begin(database.write(say(name, heard), lane)))
            await asyncio.sleep(0)
        assert database.waiting()["telemetry"] == 3
        go.set()
        await asyncio.gather(*waiting)
        assert heard == ["an alarm", "readings", "tidying"]


@pytest.mark.asyncio
async def test_on_postgres_a_slow_batch_holds_no_alarm_up(postgres_url: str):
    async with database_on(postgres_url) as (database, _):
        begun, go = threading.Event(), threading.Event()

        def block(connection: Connection) -> None:
            begun.set()
            go.wait(10)

        slow = begin(database.write(block, Lane.TELEMETRY))
        await asyncio.to_thread(begun.wait)
        await database.write(say("an alarm", []), Lane.OPERATIONS)
        assert not slow.done()
        go.set()
        await slow


@pytest.mark.asyncio
async def test_work_that_fails_leaves_nothing_and_its_error_belongs_to_the_one_who_asked(database_url: str):
    async with database_on(database_url) as (database, _):

        def work(connection: Connection) -> None:
            counters.add(connection, {"half": 1})
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await database.write(work)
        assert await database.read(counters.totals) == {}


@pytest.mark.asyncio
async def test_counters_grow_whoever_adds(database_url: str):
    async with database_on(database_url) as (database, _):
        for _ in range(3):
            await database.write(lambda connection: counters.add(connection, {"b": 2, "a": 1, "none": 0}))
        assert await database.read(counters.totals) == {"a": 3, "b": 6}


@pytest.mark.asyncio
async def test_a_postgres_that_goes_and_comes_back_is_told_once_each(
    own_postgres: PostgresServer, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO", "backend_core.storage.database")
    async with database_on(create_database(own_postgres.url())) as (database, links):
        ask = text("SELECT 1")
        await database.read(lambda connection: connection.execute(ask).scalar())
        await asyncio.to_thread(own_postgres.kill)
        for _ in range(3):
            with pytest.raises(DependencyAway) as away:
                await database.read(lambda connection: connection.execute(ask).scalar())
            assert away.value.remedy
        await asyncio.to_thread(own_postgres.start)
        assert await database.read(lambda connection: connection.execute(ask).scalar()) == 1
        assert [link.ok for link in links] == [True, False, True]
    away, back = (record.getMessage() for record in caplog.records)
    assert away.startswith("The database does not answer. ")
    assert back.startswith("The database answers after ")


@pytest.mark.asyncio
async def test_a_lock_that_another_holds_is_busy_not_broken(postgres_url: str):
    async with database_on(postgres_url) as (database, _):
        with psycopg.connect(postgres_url) as other:
            other.execute("LOCK TABLE counters IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(DependencyAway, match="too busy"):
                await database.write(lambda connection: counters.add(connection, {"a": 1}))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("/nowhere_at_all", 'no database "nowhere_at_all"'),
        ("//nobody@", 'no role "nobody"'),
        (":1/", "does not answer"),
    ],
)
def test_each_way_of_being_refused_has_its_sentence(postgres_admin_url: str, change: str, told: str):
    head, _, name = postgres_admin_url.rpartition("/")
    address = head.rpartition("@")[2]
    url = {
        "/nowhere_at_all": f"{head}/nowhere_at_all",
        "//nobody@": f"postgresql://nobody@{address}/{name}",
        ":1/": f"postgresql://postgres@127.0.0.1:1/{name}",
    }[change]
    database = Database(url, SystemClock())
    with pytest.raises(DependencyAway) as refused:
        database.look(lambda connection: None)
    assert told in str(refused.value)
    database.abandon()


@pytest.mark.asyncio
async def test_a_full_disk_is_told_and_writing_resumes_when_there_is_room(sqlite_url: str):
    async with database_on(sqlite_url) as (database, links):
        pages = await database.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())

        def fill(connection: Connection, limit: int) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")
            counters.add(connection, {f"{'x' * 40} {i}": i + 1 for i in range(5000)})

        with pytest.raises(DependencyAway, match="disk is full"):
            await database.write(lambda connection: fill(connection, pages))
        assert await database.read(counters.totals) == {}
        await database.write(lambda connection: fill(connection, 1 << 30))
        assert len(await database.read(counters.totals)) == 5000
        assert [link.ok for link in links] == [True, False, True]


@pytest.mark.asyncio
async def test_readers_see_the_last_commit_while_a_writer_is_at_work(sqlite_url: str):
    async with database_on(sqlite_url) as (database, _):
        begun, go = threading.Event(), threading.Event()

        def work(connection: Connection) -> None:
            counters.add(connection, {"a": 1})
            begun.set()
            go.wait(10)

        writing = begin(database.write(work))
        await asyncio.to_thread(begun.wait)
        assert await database.read(counters.totals) == {}
        go.set()
        await writing
        assert await database.read(counters.totals) == {"a": 1}


@pytest.mark.asyncio
async def test_an_abandoned_database_commits_nothing_more_as_leader(database_url: str):
    async with database_on(database_url) as (database, _):
        database.epoch = 0
        database.abandon()
        with pytest.raises(CoreError):
            await database.write(lambda connection: counters.add(connection, {"a": 1}), as_leader=True)


def test_a_database_that_was_never_asked_has_no_thread(sqlite_url: str):
    before = threading.active_count()
    database = Database(sqlite_url, SystemClock())
    database.look(lambda connection: None)
    assert threading.active_count() == before
    database.abandon()


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("sqlite:///x.db", "sqlite"),
    ],
)
def test_every_usual_form_of_an_address_is_understood(url: str, driver: str):
    assert parse_url(url, "secret").drivername == driver


@pytest.mark.parametrize("url", ["", "mysql://u@h/d", "http://h", "postgresql//u@h", "sqlite:/x"])
def test_an_address_that_is_none_is_told_without_its_password(url: str):
    with pytest.raises(BadConfig) as told:
        parse_url(url.replace("u@h", "u:geheim@h"))
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "masked"),
    [("postgresql://u:p@h/d", "postgresql://u:***@h/d"), ("postgresql://u:a:b/c@h/d", "postgresql://u:***@h/d"),
     ("postgresql://u@h/d", "postgresql://u@h/d"), ("sqlite:///x.db", "sqlite:///x.db")],
)  # fmt: skip
def test_a_password_is_masked_wherever_an_address_is_shown(url: str, masked: str):
    assert mask(url) == masked
