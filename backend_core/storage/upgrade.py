"""Bringing a database to this program's schema, one numbered step after the other, by one program at a time.

Alembic is loaded only where there are steps to run: a third of a second that a database in order need not cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from backend_core.kernel.errors import CoreError

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST_STEP = "0003_outages"
"""The last of the migrations' steps."""
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
    tables = inspect(connection).get_table_names()
    noted = connection.execute(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    return SchemaState(noted.scalar() if noted else None, NEWEST_STEP, is_empty=not tables)


def upgrade(connection: Connection) -> SchemaState:
    """Run the missing steps within the caller's transaction; a second program waits for the first."""
    from alembic import command

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
    if found.present is not None and found.present not in known_steps():
        raise CoreError(
            f"The database has schema {found.present}, newer than this program's {found.needed}.",
            "Install the newer Linekeeper on this machine.",
        )
    raise CoreError(
        f"The database has schema {found.present or 'none'}, this program needs {found.needed}.",
        "Run 'linekeeper db upgrade --config FILE' once, when no older console is at work.",
    )


def known_steps() -> list[str]:
    """Every step of this program, the newest first."""
    from alembic.script import ScriptDirectory

    return [step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()]


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
