"""Bringing a database to this program's schema, one numbered step after the other, by one program at a time.

Alembic is loaded only where there are steps to run: a third of a second that a database in order need not cost.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, inspect, select, text

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import CoreError, ReadOnlyRecord
from backend_core.storage.journal import FORMAT
from backend_core.storage.schema.journal import schema_info

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST_STEP = "0007_journal_times"
"""The last of the migrations' steps: what this program knows."""
MIN_READER, MIN_WRITER, MIN_CORE = 4, 4, 5
"""The lowest step that a program must know to read, to write and to lead on this schema. A step that only adds leaves
them as they are; one that takes away raises them two releases after the one that added."""
_LOCK = 4712


def step_number(step: str | None) -> int:
    """`0004_sharing` is step 4; no step is 0."""
    found = re.match(r"\d+", step or "")
    return int(found[0]) if found else 0


KNOWN = step_number(NEWEST_STEP)


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which step the database stands at, which this program knows, and whom a newer schema still lets in."""

    present: str | None
    needed: str
    is_empty: bool
    min_reader: int = 0
    min_writer: int = 0

    @property
    def is_current(self) -> bool:
        return self.present == self.needed

    @property
    def is_older(self) -> bool:
        return step_number(self.present) < KNOWN

    @property
    def may_read(self) -> bool:
        """Whether this program understands what stands there: its own schema, or a newer one that still lets it."""
        return self.is_current or (self._is_newer and self.min_reader <= KNOWN)

    @property
    def may_write(self) -> bool:
        return self.is_current or (self._is_newer and self.min_writer <= KNOWN)

    @property
    def why_not(self) -> CoreError:
        """Why this program does not open the database, and what to do."""
        if self._is_newer:
            return CoreError(
                f"The database has schema {self.present}, newer than this program's {self.needed}.",
                "Install the newer Linekeeper on this machine.",
            )
        return CoreError(
            f"The database has schema {self.present or 'none'}, this program needs {self.needed}.",
            "Run 'linekeeper db upgrade --config FILE' once, when no older console is at work.",
        )

    @property
    def why_read_only(self) -> ReadOnlyRecord | None:
        """Why this program only looks, when it may not write."""
        if self.may_write:
            return None
        return ReadOnlyRecord(
            f"The database has schema {self.present}, which this program ({self.needed}) may read but not change.",
            "Install the newer Linekeeper on this machine.",
        )

    @property
    def _is_newer(self) -> bool:
        return step_number(self.present) > KNOWN


def state(connection: Connection) -> SchemaState:
    """Compare the database with this program."""
    tables = inspect(connection).get_table_names()
    noted = connection.execute(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    present = noted.scalar() if noted else None
    reader, writer = _demands(connection, present) if "schema_info" in tables else (step_number(present),) * 2
    return SchemaState(present, NEWEST_STEP, not tables, reader, writer)


def _demands(connection: Connection, present: str | None) -> tuple[int, int]:
    """What the schema asks of its readers and writers; a note that speaks of another step counts for nothing."""
    number = step_number(present)
    asked = select(schema_info.c.version, schema_info.c.min_reader, schema_info.c.min_writer)
    row = connection.execute(asked).one_or_none()
    return (number, number) if row is None or row.version != number else (row.min_reader, row.min_writer)


def upgrade(connection: Connection, step: str = NEWEST_STEP) -> SchemaState:
    """Run the missing steps up to this one within the caller's transaction; a second program waits for the first."""
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    found = state(connection)
    if found.is_current:
        return found
    if found.present is not None and step_number(found.present) > KNOWN:
        raise found.why_not
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, step)
    if step == NEWEST_STEP:
        _note(connection)
    return state(connection)


def lay(connection: Connection, step: str) -> None:
    """Make the tables of an older step in an empty database, for a restore that is upgraded afterwards."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, step)


def require_current(connection: Connection) -> SchemaState:
    """Refuse, in words, a database whose schema this program does not understand."""
    found = state(connection)
    if not found.may_read:
        raise found.why_not
    return found


def known_steps() -> list[str]:
    """Every step of this program, the newest first."""
    from alembic.script import ScriptDirectory

    return [step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()]


def _note(connection: Connection) -> None:
    row = {
        "role": "schema",
        "version": KNOWN,
        "min_reader": MIN_READER,
        "min_writer": MIN_WRITER,
        "min_core": MIN_CORE,
        "journal_format": FORMAT,
        "migrated_by": socket.gethostname()[:128],
        "at": SystemClock().now(),
    }
    connection.execute(delete(schema_info))
    connection.execute(insert(schema_info), [row])


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
