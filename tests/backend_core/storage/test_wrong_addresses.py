"""An address that leads nowhere is told in words, and its password never."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import BadConfig, CoreError, DependencyAway
from backend_core.runtime.toml_config import load
from backend_core.storage.database import Database
from backend_core.storage.engine import mask, parse_url
from tests.support.processes import free_port


def refusal(url: str) -> CoreError:
    database = Database(url, SystemClock())
    try:
        with pytest.raises(CoreError) as told:
            database.look(lambda connection: connection.exec_driver_sql("SELECT 1"))
        return told.value
    finally:
        database.abandon()


@pytest.mark.parametrize("port", ["99999", "0", "many"])
def test_a_port_that_is_none_is_a_mistake_of_the_config(port: str):
    with pytest.raises(BadConfig, match=r"\[database\] url"):
        parse_url(f"postgresql://linekeeper@127.0.0.1:{port}/linekeeper")


def test_a_host_that_has_no_address_and_one_that_does_not_listen_are_away():
    assert isinstance(refusal("postgresql://linekeeper@no-such-host.invalid/linekeeper"), DependencyAway)
    assert isinstance(refusal(f"postgresql://linekeeper@127.0.0.1:{free_port()}/linekeeper"), DependencyAway)


def test_a_file_that_is_no_database_is_a_mistake_of_the_config(tmp_path: Path):
    other = tmp_path / "notes.txt"
    other.write_text("Not a database at all, but long enough to look at.\n" * 40)
    assert "no SQLite database" in refusal(f"sqlite:///{other}").what


def test_a_right_or_a_table_that_was_taken_away_is_the_databases_fault_and_not_that_of_a_row(postgres_url: str):
    database = Database(postgres_url, SystemClock())
    try:
        with pytest.raises(DependencyAway, match=r'refuses this \(relation "nothing" does not exist\)'):
            database.look(lambda connection: connection.exec_driver_sql("SELECT 1 FROM nothing"))
    finally:
        database.abandon()


def test_an_option_that_postgresql_does_not_know_is_named(postgres_url: str):
    told = refusal(f"{postgres_url}?colour=blue")
    assert isinstance(told, BadConfig)
    assert '"colour"' in told.what


def test_a_password_among_the_options_is_refused_in_the_file_and_masked_elsewhere(tmp_path: Path):
    url = "postgresql://linekeeper@127.0.0.1/linekeeper?sslpassword=geheim&password=geheim&sslmode=require"
    (tmp_path / "site.toml").write_text(f'[database]\nurl = "{url}"\n')
    with pytest.raises(BadConfig, match="password_file"):
        load(tmp_path / "site.toml", {})
    assert "geheim" not in mask(url)
    assert mask(url).endswith("&sslmode=require")
