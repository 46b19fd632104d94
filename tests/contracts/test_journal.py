"""Every journal: numbers without a gap in the order of the commits, and no hole is ever passed over in silence."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import Connection, text

from backend_core.kernel.clock import FakeClock, SystemClock
from backend_core.sharing.model import JournalHead, JournalLine
from backend_core.sharing.ports import Journal
from backend_core.sharing.sql_journal import SqlJournal
from backend_core.storage import journal
from backend_core.storage.database import Database, Lane
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.journal import Line, Topic

AT = datetime(2026, 11, 21, tzinfo=UTC)

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, FakeClock())
    yield opened
    await opened.close()


def line(about: str) -> Line:
    return Line(AT, Topic.OUTAGE, about, "amira", "desk 1", {"open": True})


async def write(database: Database, *about: str, lane: Lane = Lane.OPERATIONS) -> None:
    await database.write(lambda c: journal.note(c, *(line(one) for one in about)), lane)


async def test_lines_come_back_as_they_were_noted_after_the_head_and_in_order(database: Database):
    reader: Journal = SqlJournal(database)
    head = await reader.head()
    await write(database, "1", "2")
    await write(database, "3")
    page = await reader.after(head, 100)
    assert page.lines[0] == JournalLine(1, AT, "outage", "1", "amira", "desk 1", {"open": True})
    assert [(one.seq, one.object) for one in page.lines] == [(1, "1"), (2, "2"), (3, "3")]
    assert (await reader.after(page.head, 100)).lines == ()


async def test_pages_join_without_a_gap(database: Database):
    reader = SqlJournal(database)
    head = await reader.head()
    await write(database, *(str(number) for number in range(25)))
    heard: list[int] = []
    while (page := await reader.after(head, 10)).lines:
        assert not page.trouble
        heard += [one.seq for one in page.lines]
        head = page.head
    assert heard == list(range(1, 26))


async def test_a_transaction_that_fails_leaves_no_line_and_no_gap(database: Database):
    def fails(connection: Connection) -> None:
        journal.note(connection, line("never"))
        journal.append(connection, [line("nor this")])
        raise ZeroDivisionError

    head = await SqlJournal(database).head()
    await write(database, "before")
    with pytest.raises(ZeroDivisionError):
        await database.write(fails)
    await write(database, "after")
    page = await SqlJournal(database).after(head, 10)
    assert [(one.seq, one.object) for one in page.lines] == [(1, "before"), (2, "after")]


async def test_the_event_log_is_told_with_its_numbers_and_a_growing_count_is_no_news(database: Database):
    entry = LogEntry(AT, "gap", "core", "s1", "Said once.", "core", "the same")
    plain = LogEntry(AT, "note", "core", "s1", "Said.", "core")
    head = await SqlJournal(database).head()
    await database.write(lambda c: record(c, plain, entry))
    await database.write(lambda c: record(c, entry))
    page = await SqlJournal(database).after(head, 10)
    ids = database.look(lambda c: c.execute(text("SELECT id FROM event_log ORDER BY id")).scalars().all())
    assert [(one.topic, one.body) for one in page.lines] == [("events", {"ids": ids})]
    assert len(ids) == 2


async def test_a_slow_transaction_is_not_lost_behind_a_fast_one(postgres_url: str):
    """The trap of every number taken before the commit: who reads in between never sees the slow one's line."""
    database = Database(postgres_url, SystemClock())
    reader = SqlJournal(database)
    slow_has_begun, slow_may_end = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        journal.note(connection, line("slow"))
        slow_has_begun.set()
        slow_may_end.wait(10.0)

    head = await reader.head()
    dawdling = asyncio.get_running_loop().create_task(database.write(slow, Lane.MAINTENANCE), name="slow")
    await asyncio.to_thread(slow_has_begun.wait, 10.0)
    await write(database, "fast")
    first = await reader.after(head, 10)
    slow_may_end.set()
    await dawdling
    then = await reader.after(first.head, 10)
    assert [one.object for one in (*first.lines, *then.lines)] == ["fast", "slow"]
    assert [one.seq for one in (*first.lines, *then.lines)] == [1, 2]
    await database.close()


async def test_many_writers_at_once_leave_no_hole(postgres_url: str):
    databases = [Database(postgres_url, SystemClock()) for _ in range(4)]
    head = await SqlJournal(databases[0]).head()
    writing = [write(d, f"{i}", lane=lane) for d in databases for i in range(10) for lane in Lane]
    await asyncio.gather(*writing)
    page = await SqlJournal(databases[0]).after(head, 1000)
    assert (page.trouble, len(page.lines)) == ("", 120)
    await asyncio.gather(*(database.close() for database in databases))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM journal WHERE seq = 3", "missing"),
        ("DELETE FROM journal WHERE seq = 4", "missing"),
        ("DELETE FROM journal WHERE seq <= 2", "restored"),
        ("UPDATE journal SET object = 'of another history' WHERE seq = 2", "restored"),
        ("UPDATE journal_head SET journal = 'another'", "another"),
    ],
    ids=["a hole", "the end is gone", "the cursor's line is gone", "the cursor's line is another", "another journal"],
)
async def test_damage_is_told_and_never_read_over(database: Database, damage: str, told: str):
    reader = SqlJournal(database)
    await write(database, "1", "2")
    head = await reader.head()
    await write(database, "3", "4")
    await database.write(lambda connection: connection.execute(text(damage)))
    page = await reader.after(head, 100)
    assert told in page.trouble
    assert page.lines == ()


async def test_old_lines_go_from_the_front_and_never_the_last_one(database: Database):
    reader = SqlJournal(database)
    await write(database, *(str(number) for number in range(10)))
    asleep, awake = JournalHead((await reader.head()).identity, 3), await reader.head()
    later = AT + timedelta(days=1)
    assert await database.write(lambda c: journal.drop_before(c, AT, 100)) == 0
    assert await database.write(lambda c: journal.drop_before(c, later, 4)) == 4
    assert await database.write(lambda c: journal.drop_before(c, later, 100)) == 5
    assert await database.write(lambda c: journal.drop_before(c, later, 100)) == 0
    assert "missing" in (await reader.after(asleep, 100)).trouble
    await write(database, "new")
    assert [one.object for one in (await reader.after(awake, 100)).lines] == ["new"]


async def test_a_server_that_does_not_tell_its_name_is_followed_all_the_same(postgres_url: str):
    database = Database(postgres_url, SystemClock())
    functions = ("pg_control_system", "pg_control_checkpoint")
    closed = [f"REVOKE EXECUTE ON FUNCTION {name}() FROM PUBLIC" for name in functions]
    plain = f"plain_{postgres_url.rpartition('_')[2]}"
    tables = f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {plain}"
    for order in (*closed, f"CREATE ROLE {plain} LOGIN", tables):
        await database.write(lambda connection, order=order: connection.execute(text(order)))  # type: ignore[misc]
    guest = Database(postgres_url.replace("postgres@", f"{plain}@"), SystemClock())
    head = await SqlJournal(guest).head()
    await write(database, "1")
    assert [one.object for one in (await SqlJournal(guest).after(head, 10)).lines] == ["1"]
    await guest.close()
    for order in (f"DROP OWNED BY {plain}", f"DROP ROLE {plain}"):
        await database.write(lambda connection, order=order: connection.execute(text(order)))  # type: ignore[misc]
    await database.close()
