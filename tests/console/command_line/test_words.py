"""What the command line says to a person: whole sentences, no shapes of the program's own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend_core.kernel.clock import SystemClock
from backend_core.storage.database import Database
from backend_core.storage.event_log import LogEntry, record
from tests.console.command_line.desk import Desk, one_sentence
from tests.support.processes import free_port


@pytest.fixture
def empty(desk: Desk, sqlite_url: str) -> Desk:
    desk.write(f'[database]\nurl = "{sqlite_url}"')
    return desk


def test_status_is_told_in_words(empty: Desk):
    told = empty.ask("status").printed
    assert "leader: none\n" in told
    assert "broker: not connected\n" in told
    assert "alarms: 0 active, 0 unacknowledged\n" in told
    assert not set("{}[]'") & set(told)


def test_status_of_a_database_that_is_away_knows_no_numbers(desk: Desk):
    desk.write(f'[database]\nurl = "postgresql://linekeeper@127.0.0.1:{free_port()}/linekeeper"')
    told = desk.ask("status").printed
    assert "readings stored: not known\n" in told
    assert "database: postgresql, not ok, schema none\n" in told


def test_a_dry_run_says_what_it_would_do(empty: Desk):
    rules = empty.folder / "rules.csv"
    rules.write_text("point,level,limit,deadband,on_delay_s,off_delay_s,priority\n*.voltage,HI,250,2,1,5,3\n")
    places = empty.folder / "places.csv"
    places.write_text("name,address,active\nMaple Street,192.0.2.1,true\n")
    told = empty.ask("alarms", "rules", "import", str(rules), "--dry-run").printed
    assert told == "Would add 1, change 0 and remove 0 rules.\n"
    told = empty.ask("smart-switches", "import", str(places), "--dry-run").printed
    assert told == "Would add 1, change 0 and leave 0 as they are.\n"


def test_rules_that_cannot_be_written_are_a_mistake_of_the_path(empty: Desk):
    outcome = empty.ask("alarms", "rules", "export", str(empty.folder / "nowhere" / "rules.csv"))
    assert outcome.code == 2
    assert one_sentence(outcome.complained)


def test_wrong_usage_ends_in_whole_sentences(empty: Desk):
    outcome = empty.ask("alarms", "ack", "a/high", "--occurrence", "one")
    assert outcome.complained.endswith(". See 'linekeeper --help'.\n")
    assert ".. " not in empty.ask("export", "readings", "--format", "xml").complained


def test_lines_of_the_log_that_were_merged_are_exported_with_their_count(empty: Desk, sqlite_url: str):
    at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    entry = LogEntry(at, "rejection", "core", "grid/sensors/s", "Quarantined (json): No JSON.", "desk", "key")

    async def write_three() -> None:
        database = Database(sqlite_url, SystemClock())
        await database.write(lambda connection: record(connection, entry, entry, entry))
        await database.close()

    asyncio.run(write_three())
    assert "No JSON. (3 times within the minute),desk" in empty.ask("export", "events").printed


@pytest.mark.parametrize("broker", ["nonsense", "http://u:geheim@h", "mqtt://u:geheim@h:many"])
def test_a_broker_to_simulate_for_must_be_an_address(desk: Desk, broker: str):
    outcome = desk.run("simulate", "--broker", broker, "--seconds", "1")
    assert outcome.code == 2
    assert one_sentence(outcome.complained)
    assert "geheim" not in outcome.complained


def test_a_simulation_that_no_broker_heard_has_failed(desk: Desk):
    outcome = desk.run("simulate", "--broker", f"mqtt://127.0.0.1:{free_port()}", "--seconds", "0.5")
    assert outcome.code == 3
    assert "took nothing" in outcome.complained


def test_a_network_file_is_counted_in_words(desk: Desk, tmp_path: Path):
    (tmp_path / "net.json").write_text("[1]")
    assert desk.run("network", "check", str(tmp_path / "net.json")).printed.endswith("errors 1, warnings 0.\n")
