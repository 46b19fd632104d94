"""Alarm rules as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend_core.alarms.csv_rules import COLUMNS, read, write
from backend_core.alarms.model import AlarmRule, Level, Priority, RuleFault
from backend_core.alarms.rules.ladder import faults_of
from backend_core.alarms.rules.matching import RuleIndex

HEADER = ",".join(COLUMNS)
SHIPPED = Path(__file__).parents[3] / "sample_data" / "alarm_rules" / "default.csv"


def faults(*lines: str, header: str = HEADER) -> list[tuple[str, str]]:
    """Where and what is wrong with these lines."""
    return [(f.where, f.sentence) for f in read("\n".join([header, *lines])) if isinstance(f, RuleFault)]


def rules(text: str) -> tuple[AlarmRule, ...]:
    """The rules of a file that must be right."""
    found = read(text)
    assert not any(isinstance(item, RuleFault) for item in found), found
    return found  # type: ignore[return-value]


def test_a_file_read_and_written_is_the_same_file() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert write(rules(text)) == text


def test_the_shipped_rules_make_sense_together() -> None:
    points = ("T1.loading_percent", "BUS-002.voltage", "BUS-002.frequency", "sensor_1.voltage", "CONV-001.temperature")
    assert faults_of(rules(SHIPPED.read_text(encoding="utf-8")), points) == ()


def test_an_overloaded_transformer_is_of_high_priority_from_the_first_run() -> None:
    shipped = rules(SHIPPED.read_text(encoding="utf-8"))
    overload = next(rule for rule in RuleIndex(shipped).resolve("T1.loading_percent") if rule.level is Level.HI)
    assert (overload.limit, overload.priority) == (100.0, Priority.HIGH)


def test_what_a_cell_leaves_open_has_its_default() -> None:
    (rule,) = rules("point,level,limit\nT1.loading_percent,hi,100\n")
    assert rule == AlarmRule("T1.loading_percent", Level.HI, 100.0)


def test_a_byte_order_mark_and_spaces_do_no_harm() -> None:
    assert len(rules("\ufeff" + HEADER + "\r\n T1.loading_percent , HI , 100 , 0, 0, 0, 2 \r\n")) == 1


def test_silence_without_a_limit_means_the_setting() -> None:
    (rule,) = rules(HEADER + "\n*.online,OFFLINE,,0,0,0,3\n")
    assert rule.limit is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("T1.loading_percent,HIGH,100,0,0,0,2", "'HIGH' is no level"),
        ("T1.loading_percent,HI,hot,0,0,0,2", "The limit 'hot' is no number."),
        ("T1.loading_percent,HI,,0,0,0,2", "The limit '' is no number."),
        ("T1.loading_percent,HI,inf,0,0,0,2", "HI needs a limit that is a number."),
        ("T1.loading_percent,HI,100,0,0,0,5", "'5' is no priority"),
        ("T1.loading_percent,HI,100,-1,0,0,2", "The deadband must be a number of 0 or more."),
        ("T1.loading_percent,HI,100,0,0,0,2,9", "The line has more than 7 cells."),
        ("T1 loading,HI,100,0,0,0,2", "names no points"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(line: str, said: str) -> None:
    ((where, sentence),) = faults("*.thd,HI,8,0,0,0,4", line)
    assert where == "line 3"
    assert said in sentence


def test_every_wrong_line_is_told_at_once() -> None:
    assert [where for where, _ in faults("a.b,HI,x,0,0,0,1", "*.thd,HI,8,0,0,0,4", "a.b,LO,y,0,0,0,1")] == [
        "line 2",
        "line 4",
    ]


def test_the_same_limit_twice_is_refused_with_its_first_line() -> None:
    ((where, sentence),) = faults("*.thd,HI,8,0,0,0,4", "*.thd,HI,9,0,0,0,4")
    assert where == "line 3"
    assert "stands already in line 2" in sentence


@pytest.mark.parametrize("header", ["point,level", "point,level,limit,colour", "", "T1.loading_percent,HI,100,0,0,0,2"])
def test_a_wrong_header_is_refused_with_the_right_one(header: str) -> None:
    ((where, sentence),) = faults(header=header)
    assert where == "line 1"
    assert HEADER in sentence
