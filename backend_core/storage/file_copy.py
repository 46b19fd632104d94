"""A sound copy of an SQLite database, kept beside it before its schema is changed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from backend_core.kernel.errors import CoreError


def keep_copy(url: URL, step: str) -> Path | None:
    """Copy the file as it is before an upgrade from this step; nothing where there is no file."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    path = Path(url.database).expanduser()
    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.before-upgrade-from-{step}")
    unfinished = kept.with_name(f"{kept.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path, timeout=5.0)) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        with closing(sqlite3.connect(unfinished)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise _not_copied(path, str(error)) from error
    if found != "ok":
        raise _not_copied(path, f"the copy is damaged: {found}")
    os.replace(unfinished, kept)
    return kept


def _not_copied(path: Path, why: str) -> CoreError:
    return CoreError(
        f"The database file {path.name} was not upgraded: no sound copy could be kept first ({why}).",
        "Free space beside it, or restore it from a backup, and start again.",
    )
