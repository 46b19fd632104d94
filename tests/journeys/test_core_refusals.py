"""A core that cannot work on its database ends with one sentence; a service that logged for ever would hide it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.processes import linekeeper

pytestmark = pytest.mark.timeout(60)


def last_words(folder: Path, database_url: str) -> tuple[int, str]:
    """How `linekeeper core` ends on this database, and the last line that it wrote."""
    config = folder / "linekeeper.toml"
    config.write_text(f'[database]\nurl = "{database_url}"\n[mqtt]\nurl = "mqtt://127.0.0.1:1"\n')
    core = linekeeper("core", "--config", str(config), log=folder / "core.log")
    code = core.wait(30.0)
    assert "Traceback" not in core.output
    return code, core.output.splitlines()[-1]


def test_a_file_that_is_no_database_ends_the_core(tmp_path: Path):
    notes = tmp_path / "notes.txt"
    notes.write_text("Not a database at all, but long enough to look at.\n" * 40)
    told = "The file that [database] url names is no SQLite database. Name another, or a new one."
    assert last_words(tmp_path, f"sqlite:///{notes}") == (2, told)
    assert notes.read_text().startswith("Not a database")


def test_a_folder_in_the_place_of_a_file_ends_the_core(tmp_path: Path):
    code, told = last_words(tmp_path, f"sqlite:///{tmp_path}")
    assert code == 2
    assert "which is a folder" in told


@pytest.mark.parametrize(
    ("step", "remedy"), [("0001_record", "Run 'linekeeper db upgrade"), ("9999_later", "Install the newer Linekeeper")]
)
def test_a_server_with_another_schema_ends_the_core(tmp_path: Path, postgres_url: str, step: str, remedy: str):
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", (step,))
    code, told = last_words(tmp_path, postgres_url)
    assert code == 2
    assert step in told
    assert remedy in told
