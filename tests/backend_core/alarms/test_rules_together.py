"""Which rule speaks for a point, and which rules are refused."""

from __future__ import annotations

import pytest

from backend_core.alarms.model import AlarmRule, Level
from backend_core.alarms.rules.editing import applied, difference
from backend_core.alarms.rules.ladder import faults_of
from backend_core.alarms.rules.matching import RuleIndex, matches
from tests.backend_core.alarms.desk import rule


@pytest.mark.parametrize(
    ("pattern", "point", "named"),
    [
        ("T1.loading_percent", "T1.loading_percent", True),
        ("T1.loading_percent", "T11.loading_percent", False),
        ("*.loading_percent", "T1.loading_percent", True),
        ("BUS-*.voltage", "BUS-002.voltage", True),
        ("BUS-*.voltage", "xBUS-002.voltage", False),
        ("*", "a.b.c.voltage", True),
        ("a.b*", "a-b.voltage", False),
    ],
)
def test_a_star_stands_for_any_text_and_a_dot_for_a_dot(pattern: str, point: str, named: bool) -> None:
    assert matches(pattern, point) is named


def test_a_points_own_rule_speaks_before_a_pattern() -> None:
    rules = [
        rule(limit=100.0, point="*.loading_percent"),
        rule(limit=90.0),
        rule(limit=95.0, point="T*.loading_percent"),
    ]
    assert [found.limit for found in RuleIndex(rules).resolve("T1.loading_percent")] == [90.0]


def test_a_narrower_pattern_speaks_before_a_wider_one() -> None:
    rules = [rule(limit=95.0, point="T*.loading_percent"), rule(limit=100.0, point="*.loading_percent")]
    assert [found.limit for found in RuleIndex(rules).resolve("T1.loading_percent")] == [95.0]


def test_levels_that_the_own_rule_does_not_name_come_from_the_pattern() -> None:
    rules = [rule(limit=90.0), rule(Level.HIHI, 120.0, point="*.loading_percent")]
    assert [(found.level, found.limit) for found in RuleIndex(rules).resolve("T1.loading_percent")] == [
        (Level.HI, 90.0),
        (Level.HIHI, 120.0),
    ]


def sentence(*rules: AlarmRule, points: tuple[str, ...] = ()) -> str:
    """The one thing that is wrong."""
    (fault,) = faults_of(rules, points)
    return fault.sentence


def test_limits_out_of_order_are_refused() -> None:
    assert "HI 120 on T1.loading_percent must lie below HIHI 100" in sentence(
        rule(limit=120.0), rule(Level.HIHI, 100.0)
    )


def test_equal_limits_are_refused() -> None:
    assert "must lie below" in sentence(rule(limit=100.0), rule(Level.HIHI, 100.0))


def test_a_low_limit_above_a_high_one_is_refused() -> None:
    assert "LO 110 on T1.loading_percent must lie below HI 100" in sentence(rule(limit=100.0), rule(Level.LO, 110.0))


@pytest.mark.parametrize(("deadband", "accepted"), [(9.9, True), (10.0, False)])
def test_a_deadband_must_stay_under_half_the_gap(deadband: float, accepted: bool) -> None:
    rules = (rule(limit=100.0, deadband=deadband), rule(Level.HIHI, 120.0))
    assert (faults_of(rules) == ()) is accepted


def test_a_pattern_and_a_points_own_rule_must_agree_at_that_point() -> None:
    rules = (rule(limit=130.0), rule(Level.HIHI, 120.0, point="*.loading_percent"))
    assert "HI 130 on T1.loading_percent must lie below HIHI 120 on *.loading_percent" in sentence(*rules)


def test_two_patterns_must_agree_at_every_point_that_is_known() -> None:
    rules = (rule(limit=130.0, point="T*.loading_percent"), rule(Level.HIHI, 120.0, point="*1.loading_percent"))
    assert faults_of(rules) == ()
    assert "must lie below" in sentence(*rules, points=("T1.loading_percent",))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (rule(limit=None), "HI needs a limit that is a number."),
        (rule(limit=float("nan")), "HI needs a limit that is a number."),
        (rule(deadband=-1.0), "The deadband must be a number of 0 or more."),
        (rule(delays_s=(-1.0, 0.0)), "The on-delay must lie between 0 and 86400 s."),
        (rule(point="T1 loading"), "'T1 loading' names no points"),
        (rule(Level.OFFLINE, 120.0, point="sensor_1.voltage"), "OFFLINE is about devices"),
        (rule(Level.OFFLINE, 0.0, point="*.online"), "OFFLINE is limited in seconds of silence"),
    ],
)
def test_a_rule_wrong_by_itself_is_refused_in_a_sentence(wrong: AlarmRule, said: str) -> None:
    assert said in sentence(wrong)


@pytest.mark.parametrize("point", ["*", "*.online", "sensor_1.online", "sensor_*.online"])
def test_offline_is_written_for_devices(point: str) -> None:
    assert faults_of([rule(Level.OFFLINE, None, point=point)]) == ()


def test_an_edit_applied_gives_what_was_wanted() -> None:
    present = (rule(limit=100.0), rule(Level.HIHI, 120.0), rule(Level.LO, 1.0))
    wanted = (rule(limit=90.0), rule(Level.HIHI, 120.0), rule(limit=8.0, point="*.thd"))
    edit = difference(present, wanted)
    assert (len(edit.added), len(edit.changed), len(edit.removed)) == (1, 1, 1)
    assert difference(applied(present, edit), wanted).is_empty
