"""The schema that the program states is the schema that its migrations make, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import CoreError, ReadOnlyRecord
from backend_core.storage import upgrade
from backend_core.storage.database import Database
from backend_core.storage.engine import parse_url
from backend_core.storage.file_copy import keep_copy
from backend_core.storage.journal import Line, Topic, append
from backend_core.storage.schema import metadata
from tests.support.databases import lay_tables

AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_migrations_make_what_the_schema_states(database_url: str):
    database = Database(database_url, SystemClock())

    def differences(connection):
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours, "compare_type": False})
        return compare_metadata(context, metadata)

    assert database.look(differences) == []
    database.abandon()


def _is_ours(thing: object, name: str, kind: str, reflected: bool, compare_to: object) -> bool:
    return not (kind == "table" and (name == "alembic_version" or name.startswith(("readings_", "rollups_5m_"))))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_columns_have_the_types_that_the_schema_states(kind: str, request: pytest.FixtureRequest):
    database = Database(request.getfixturevalue(f"{kind}_url"), SystemClock())

    def wrong(connection):
        found = inspect(connection)
        return [
            (table.name, column.name, str(stated), str(present))
            for table in metadata.sorted_tables
            for column, present in zip(table.columns, (c["type"] for c in found.get_columns(table.name)), strict=True)
            if (stated := column.type.compile(connection.dialect)) != present.compile(connection.dialect)
        ]

    assert database.look(wrong) == []
    database.abandon()


def test_a_database_without_tables_or_with_those_of_another_version_is_refused_in_words(bare_sqlite_url: str):
    database = Database(bare_sqlite_url, SystemClock())
    with pytest.raises(CoreError, match="db upgrade"):
        database.look(upgrade.require_current)
    lay_tables(bare_sqlite_url)
    database.look(upgrade.require_current)
    database.run(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'")))
    with pytest.raises(CoreError, match="newer"):
        database.look(upgrade.require_current)
    database.abandon()


def test_the_newest_step_is_the_one_the_program_needs():
    assert upgrade.known_steps()[0] == upgrade.NEWEST_STEP


def test_upgrading_twice_changes_nothing(database_url: str):
    lay_tables(database_url)
    database = Database(database_url, SystemClock())
    assert database.look(upgrade.state).is_current
    database.abandon()


NEWER = "UPDATE alembic_version SET version_num = '9999_later'"


@pytest.mark.parametrize(
    ("reader", "writer", "reads", "writes"),
    [(1, 1, True, True), (1, 9999, True, False), (9999, 9999, False, False)],
    ids=["still lets us work", "lets us look", "lets us in no more"],
)
def test_a_newer_schema_says_whom_it_lets_in(database_url: str, reader: int, writer: int, reads: bool, writes: bool):
    database = Database(database_url, SystemClock())
    demands = f"UPDATE schema_info SET version = 9999, min_reader = {reader}, min_writer = {writer}"
    database.run(lambda connection: [connection.execute(text(line)) for line in (NEWER, demands)])
    found = database.look(upgrade.state)
    assert (found.may_read, found.may_write, found.is_current) == (reads, writes, False)
    if reads and not writes:
        database.read_only = found.why_read_only
        with pytest.raises(ReadOnlyRecord, match="may read but not change"):
            database.run(lambda connection: connection.execute(text("DELETE FROM counters")))
        assert database.look(lambda c: c.execute(text("SELECT count(*) FROM counters")).scalar()) == 0
    database.abandon()


def test_what_another_step_demanded_counts_for_nothing(database_url: str):
    """A newer schema whose note was never written lets nobody in on the strength of the old note."""
    database = Database(database_url, SystemClock())
    database.run(lambda connection: connection.execute(text(NEWER)))
    assert not database.look(upgrade.state).may_read
    database.abandon()


def test_a_newer_schema_is_never_touched(database_url: str):
    database = Database(database_url, SystemClock())
    database.run(lambda connection: connection.execute(text(NEWER)))
    with pytest.raises(CoreError, match="newer than this program's"):
        database.run(upgrade.upgrade)
    database.abandon()


def test_the_alarms_own_journal_goes_on_in_the_one_journal(bare_database_url: str):
    database = Database(bare_database_url, SystemClock())
    database.run(lambda connection: upgrade.upgrade(connection, "0003_outages"))
    database.run(lambda connection: connection.execute(text("UPDATE alarm_head SET seq = 41, rules_revision = 3")))
    database.run(upgrade.upgrade)
    line = Line(AT, Topic.ALARM, "a", "amira", "desk 1")
    assert database.run(lambda connection: append(connection, [line])) == 41
    assert database.look(lambda c: c.execute(text("SELECT rules_revision FROM alarm_head")).scalar()) == 3
    assert database.look(upgrade.state).is_current
    database.abandon()


def test_a_file_is_copied_soundly_before_it_is_upgraded(bare_sqlite_url: str):
    database = Database(bare_sqlite_url, SystemClock())
    assert keep_copy(database.url, "empty") is None
    database.run(lambda connection: upgrade.upgrade(connection, "0003_outages"))
    kept = keep_copy(database.url, "0003_outages")
    assert kept is not None
    database.run(upgrade.upgrade)
    copy = Database(f"sqlite:///{kept}", SystemClock())
    assert copy.look(upgrade.state).present == "0003_outages"
    copy.abandon()
    database.abandon()


def test_a_file_that_cannot_be_copied_is_not_upgraded_and_the_sentence_says_why(tmp_path: Path):
    broken = tmp_path / "linekeeper.db"
    broken.write_bytes(b"SQLite format 3\x00" + bytes(200))
    with pytest.raises(CoreError, match="no sound copy could be kept"):
        keep_copy(parse_url(f"sqlite:///{broken}"), "0003_outages")
