"""Bringing a database to this program's schema, one numbered step after the other, by one program at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from backend_core.kernel.errors import CoreError

_LOCK = 4712


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which step the database stands at, and which this program needs."""

    present: str | None
    needed: str
    is_empty: bool

    @property
    def is_current(self) -> bool:
        return self.present == self.needed


def state(connection: Connection) -> SchemaState:
    """Compare the database with this program."""
    script = ScriptDirectory.from_config(_config())
    present = MigrationContext.configure(connection).get_current_revision()
    needed = script.get_current_head()
    assert needed is not None
    return SchemaState(present, needed, is_empty=not inspect(connection).get_table_names())


def upgrade(connection: Connection) -> SchemaState:
    """Run the missing steps within the caller's transaction; a second program waits for the first."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return state(connection)


def require_current(connection: Connection) -> None:
    """Refuse, in words, a database of another schema."""
    found = state(connection)
    if found.is_current:
        return
    known = {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found.present is not None and found.present not in known:
        raise CoreError(
            f"The database has schema {found.present}, newer than this program's {found.needed}.",
            "Install the newer Linekeeper on this machine.",
        )
    raise CoreError(
        f"The database has schema {found.present or 'none'}, this program needs {found.needed}.",
        "Run 'linekeeper db upgrade --config FILE' once, when no older console is at work.",
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
