"""The schema that the program states is the schema that its migrations make, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import CoreError
from backend_core.storage import upgrade
from backend_core.storage.database import Database
from backend_core.storage.schema import metadata
from tests.support.databases import lay_tables


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
