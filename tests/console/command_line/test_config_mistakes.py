"""Every kind of mistake in a config file ends in one sentence that names the place and the remedy, and exit 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.command_line.desk import Desk, one_sentence

MISTAKES = {
    "no TOML": ("this is no toml", ["TOML"]),
    "a line broken off": ("[mqtt\nurl = 1", ["TOML"]),
    "a key twice": ('[mqtt]\nurl = "mqtt://a"\nurl = "mqtt://b"', ["TOML"]),
    "a key outside": ('url = "mqtt://a"', ["url", "section"]),
    "a number for a text": ("[mqtt]\nurl = 5", ["[mqtt] url", "text in quotes"]),
    "a text for a number": ('[smart_switches]\ninterval_s = "often"', ["[smart_switches] interval_s", "a number"]),
    "a number for a truth": ("[mqtt]\naccept_unknown = 1", ["[mqtt] accept_unknown", "true or false"]),
    "a text for a list": ('[mqtt]\ntopics = "grid/#"', ["[mqtt] topics", "list"]),
    "a list of numbers": ("[mqtt]\ntopics = [1]", ["[mqtt] topics", "list"]),
    "no topics": ("[mqtt]\ntopics = []", ["[mqtt] topics"]),
    "a broken filter": ('[mqtt]\ntopics = ["grid/#/x"]', ["[mqtt] topics", "grid/#/x"]),
    "too small": ("[smart_switches]\ninterval_s = 0.0", ["[smart_switches] interval_s", "between"]),
    "too large": ("[outage]\nthreshold = 1.5", ["[outage] threshold", "between"]),
    "not a number": ("[outage]\nthreshold = nan", ["[outage] threshold", "between"]),
    "an unknown choice": ('[mqtt]\nprotocol = "4"', ["[mqtt] protocol", "3.1.1"]),
    "an unknown database": ('[database]\nurl = "mysql://h/d"', ["[database] url", "mysql", "sqlite"]),
    "no database address": ('[database]\nurl = "nonsense"', ["[database] url", "postgresql://"]),
    "no broker address": ('[mqtt]\nurl = "localhost"', ["[mqtt] url", "mqtt://"]),
    "a port that is none": ('[mqtt]\nurl = "mqtt://h:99999"', ["[mqtt] url", "port"]),
    "a password in the database's address": (
        '[database]\nurl = "postgresql://u:geheim@h/d"',
        ["[database] url", "password_file"],
    ),
    "a password in the broker's address": ('[mqtt]\nurl = "mqtt://u:geheim@h"', ["[mqtt] url", "password_file"]),
    "a password as a key": ('[mqtt]\npassword = "geheim"', ["[mqtt] password", "password_file"]),
    "a password file that is not there": ('[mqtt]\npassword_file = "/nowhere/x"', ["password_file", "/nowhere/x"]),
    "an authority that is not there": (
        '[mqtt]\nurl = "mqtts://h"\nca_file = "/nowhere/ca"',
        ["ca_file", "/nowhere/ca"],
    ),
    "a network that is not there": ('[grid]\nnetwork = "/nowhere/net.json"', ["net.json", "Check its path"]),
    "an impossible period": ('[points]\n"BUS-001.voltage" = "1 s"', ["[points]", "BUS-001.voltage", "seconds"]),
    "periods that are no table": ("points = 3", ["[points]"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_sentence_with_its_place_and_remedy(desk: Desk, mistake: str):
    text, expected = MISTAKES[mistake]
    if "[database]" not in text:
        text += f'\n[database]\nurl = "sqlite:///{desk.folder}/x.db"'
    desk.write(text)
    outcome = desk.ask("core")
    assert outcome.code == 2
    assert one_sentence(outcome.complained), outcome.complained
    for words in expected:
        assert words in outcome.complained
    assert "geheim" not in outcome.complained


def test_a_file_that_is_missing_or_no_text_is_told(desk: Desk):
    assert "no config file" in desk.run("core", "--config", str(desk.folder / "none.toml")).complained
    assert "folder" in desk.run("core", "--config", str(desk.folder)).complained
    desk.config.write_bytes(b"\xff\xfe[mqtt]")
    assert "UTF-8" in desk.ask("core").complained
    assert desk.ask("core").code == 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LINEKEEPER_OUTAGE__THRESHOLD", "half"),
        ("LINEKEEPER_OUTAGE__THRESHOLD", "2"),
        ("LINEKEEPER_MQTT__ACCEPT_UNKNOWN", "perhaps"),
        ("LINEKEEPER_MQTT__PROTOCOL", "6"),
        ("LINEKEEPER_MQTT__URL", "mqtt://u:geheim@h:x"),
        ("BROKER_PORT", "many"),
        ("DB_DSN", "oracle://u:geheim@h/d"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable_or_setting_and_no_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
):
    desk.write(f'[database]\nurl = "sqlite:///{desk.folder}/x.db"')
    monkeypatch.setenv(variable, value)
    outcome = desk.ask("core")
    assert outcome.code == 2
    assert variable in outcome.complained or "] url" in outcome.complained
    assert "geheim" not in outcome.complained


def test_an_unknown_key_is_a_warning_with_the_nearest_known_one(desk: Desk):
    desk.write(f'[database]\nurl = "sqlite:///{desk.folder}/x.db"\n[mqtt]\nprotokol = "5"\n[colour]\nx = 1')
    outcome = desk.ask("db", "upgrade")
    assert outcome.code == 0
    assert "Did you mean 'mqtt.protocol'?" in outcome.complained
    assert "colour.x" in outcome.complained


def test_the_environment_wins_over_the_file_and_its_password_is_masked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    desk.write('[database]\nurl = "sqlite:////nowhere/at/all.db"')
    monkeypatch.setenv("DB_DSN", "postgresql://op:geheim@127.0.0.1:1/grid")
    outcome = desk.ask("doctor")
    assert "geheim" not in outcome.printed + outcome.complained
    monkeypatch.setenv("LINEKEEPER_DATABASE__URL", f"sqlite:///{tmp_path}/env.db")
    assert desk.ask("db", "upgrade").code == 0
    assert (tmp_path / "env.db").exists()
