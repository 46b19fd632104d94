"""The life of an alarm against the table, cell by cell, in long random lives, and with the code wrong on purpose."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import booleans, sampled_from

from backend_core.alarms.model import (
    AcknowledgeFirst,
    Alarm,
    AlreadyAcknowledged,
    Base,
    Level,
    NothingLatched,
    NothingToAcknowledge,
    StaleOccurrence,
)
from backend_core.alarms.rules import life
from tests.backend_core.alarms.desk import START, alarm, stimulus
from tests.backend_core.alarms.mutants import MUTANTS, Meet
from tests.backend_core.alarms.table import EVENTS, expected


def disagreement(meet: Meet, event: str, before: Alarm) -> str | None:
    """Where this life leaves the table for one event, or nothing."""
    level = Level.HIHI if event in ("raise_priority", "cond_true") else Level.HI
    outcome = meet(before, stimulus(event, before, level))
    wanted = expected(event, before.base.value, latching=before.latching, ack_required=before.ack_required)
    after = outcome if isinstance(outcome, Alarm) else before
    if wanted.impossible:
        return None if after == before else f"{event} in {before.base}: cannot happen, and changed something"
    if wanted.refused != (not isinstance(outcome, Alarm)):
        return f"{event} in {before.base}: refused is {not wanted.refused}, the table says {wanted.refused}"
    occurrence = before.occurrence + wanted.new_occurrence
    if (after.base.value, after.occurrence) != (wanted.base, occurrence):
        return f"{event} in {before.base}: {after.base} {after.occurrence}, the table says {wanted.base} {occurrence}"
    return None


def disagreements(meet: Meet) -> list[str]:
    """Every cell of the table in which this life is wrong."""
    lives = product(EVENTS, Base, (False, True), (False, True))
    return [
        f"{wrong} (latching {latching}, acknowledgement required {ack})"
        for event, base, latching, ack in lives
        if (wrong := disagreement(meet, event, alarm(base, 3, latching=latching, ack_required=ack)))
    ]


def test_every_cell_of_the_table_is_kept() -> None:
    assert disagreements(life.meet) == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_life_wrong_in_one_way_is_noticed(name: str) -> None:
    assert disagreements(MUTANTS[name]) != []


class AlarmLives(RuleBasedStateMachine):
    """Random lives; a plain model walks the table beside the code."""

    meet: Meet = staticmethod(life.meet)

    def __init__(self) -> None:
        super().__init__()
        self.alarm = alarm()
        self.base, self.occurrence = "A", 0
        self.is_true = False
        self.last: tuple[str, Alarm, object] | None = None

    def happen(self, event: str, level: Level = Level.HI) -> None:
        before = self.alarm
        wanted = expected(event, self.base, latching=before.latching, ack_required=before.ack_required)
        assert not wanted.impossible
        outcome = self.meet(before, stimulus(event, before, level))
        self.alarm = outcome if isinstance(outcome, Alarm) else before
        assert wanted.refused == (not isinstance(outcome, Alarm))
        self.base, self.occurrence = wanted.base, self.occurrence + wanted.new_occurrence
        self.last = (event, before, outcome)

    @initialize(latching=booleans(), ack_required=booleans())
    def a_rule_is_written(self, latching: bool, ack_required: bool) -> None:
        self.alarm = alarm(latching=latching, ack_required=ack_required)

    @precondition(lambda self: not self.is_true)
    @rule(level=sampled_from([Level.HI, Level.HIHI]))
    def the_limit_is_broken(self, level: Level) -> None:
        self.happen("cond_true", level)
        self.is_true = True

    @precondition(lambda self: self.is_true)
    @rule()
    def the_limit_is_still_broken(self) -> None:
        self.happen("cond_true", self.alarm.present or Level.HI)

    @precondition(lambda self: self.is_true)
    @rule()
    def the_value_returns(self) -> None:
        self.happen("cond_false")
        self.is_true = False

    @precondition(lambda self: self.is_true and self.alarm.level is Level.HI)
    @rule()
    def it_gets_worse(self) -> None:
        self.happen("raise_priority", Level.HIHI)

    @precondition(lambda self: self.is_true and self.alarm.present is Level.HIHI)
    @rule()
    def it_gets_better(self) -> None:
        self.happen("lower_priority", Level.HI)

    @rule()
    def somebody_acknowledges(self) -> None:
        self.happen("ack_current")

    @rule()
    def somebody_acknowledges_what_was_shown_before(self) -> None:
        self.happen("ack_stale")

    @rule()
    def somebody_resets(self) -> None:
        self.happen("reset")

    @precondition(lambda self: self.base == "A")
    @rule(latching=booleans(), ack_required=booleans())
    def the_rule_is_edited(self, latching: bool, ack_required: bool) -> None:
        self.alarm = alarm(Base.NORMAL, self.occurrence, latching=latching, ack_required=ack_required)
        self.is_true, self.last = False, None

    @invariant()
    def it_stands_where_the_table_says(self) -> None:
        assert (self.alarm.base.value, self.alarm.occurrence) == (self.base, self.occurrence)

    @invariant()
    def an_unseen_active_alarm_left_only_by_a_person(self) -> None:
        if self.last and self.last[1].base is Base.UNACKNOWLEDGED and self.last[1].ack_required:
            assert self.alarm.base is not Base.NORMAL or self.last[0] in ("ack_current", "reset")

    @invariant()
    def acknowledging_changes_neither_condition_nor_value(self) -> None:
        if self.last and self.last[0].startswith("ack"):
            before = self.last[1]
            assert (self.alarm.present, self.alarm.value) == (before.present, before.value)
            assert self.alarm.base.is_active == before.base.is_active

    @invariant()
    def a_refused_event_changed_nothing_and_says_why(self) -> None:
        if self.last and not isinstance(self.last[2], Alarm):
            assert self.alarm == self.last[1]
            assert self.last[2] is not None

    @invariant()
    def it_is_active_exactly_while_its_condition_is(self) -> None:
        assert self.alarm.base.is_active == self.is_true == (self.alarm.present is not None)

    @invariant()
    def the_worst_of_an_occurrence_is_shown_until_it_is_acknowledged(self) -> None:
        if self.last and self.last[1].base.is_unacknowledged and self.last[1].occurrence == self.alarm.occurrence:
            assert self.last[0] == "ack_current" or self.alarm.level.rank >= self.last[1].level.rank


LONG = settings(max_examples=100, stateful_step_count=30, deadline=None)
UNSHRUNK = settings(LONG, max_examples=400, phases=[Phase.generate], derandomize=True, report_multiple_bugs=False)


def test_long_lives_keep_to_the_table() -> None:
    run_state_machine_as_test(AlarmLives, settings=LONG)


@pytest.mark.parametrize("name", MUTANTS)
def test_long_lives_notice_every_wrong_life(name: str) -> None:
    wrong = type("WrongLives", (AlarmLives,), {"meet": staticmethod(MUTANTS[name])})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(wrong, settings=UNSHRUNK)


def test_a_milder_return_does_not_hide_the_worse_that_nobody_has_seen() -> None:
    worst = life.meet(alarm(), stimulus("cond_true", alarm(), Level.HIHI))
    assert isinstance(worst, Alarm)
    milder = life.meet(worst, stimulus("lower_priority", worst, Level.HI))
    assert isinstance(milder, Alarm)
    assert (milder.level, milder.present) == (Level.HIHI, Level.HI)


def test_a_new_occurrence_is_of_its_own_level() -> None:
    returned = alarm(Base.RETURNED, 2, level=Level.HIHI)
    again = life.meet(returned, stimulus("cond_true", returned, Level.HI))
    assert isinstance(again, Alarm)
    assert (again.occurrence, again.level, again.limit) == (3, Level.HI, 100.0)


def test_an_acknowledged_alarm_follows_to_the_milder_level() -> None:
    seen = alarm(Base.ACKNOWLEDGED, 1, level=Level.HIHI)
    milder = life.meet(seen, stimulus("lower_priority", seen, Level.HI))
    assert isinstance(milder, Alarm)
    assert (milder.base, milder.level, milder.present) == (Base.ACKNOWLEDGED, Level.HI, Level.HI)


def test_rising_again_to_a_level_that_is_still_unseen_is_no_new_occurrence() -> None:
    worst = alarm(Base.UNACKNOWLEDGED, 4, level=Level.HIHI)
    milder = life.meet(worst, stimulus("lower_priority", worst, Level.HI))
    assert isinstance(milder, Alarm)
    again = life.meet(milder, stimulus("raise_priority", milder, Level.HIHI))
    assert isinstance(again, Alarm)
    assert (again.occurrence, again.present) == (4, Level.HIHI)


def test_acknowledging_twice_is_refused_with_the_first_name() -> None:
    seen = life.meet(alarm(Base.UNACKNOWLEDGED, 1), stimulus("ack_current", alarm(Base.UNACKNOWLEDGED, 1), by="amira"))
    assert isinstance(seen, Alarm)
    assert life.meet(seen, stimulus("ack_current", seen, by="omar")) == AlreadyAcknowledged("amira", START)


def test_the_first_name_is_told_even_when_the_alarm_is_normal_again() -> None:
    returned = alarm(Base.RETURNED, 2)
    seen = life.meet(returned, stimulus("ack_current", returned, by="amira"))
    assert isinstance(seen, Alarm)
    assert seen.base is Base.NORMAL
    assert life.meet(seen, stimulus("ack_current", seen, by="omar")) == AlreadyAcknowledged("amira", START)


def test_an_acknowledgement_of_what_was_shown_before_names_the_present_occurrence() -> None:
    come_again = alarm(Base.UNACKNOWLEDGED, 5)
    assert life.meet(come_again, stimulus("ack_stale", come_again)) == StaleOccurrence(5)


@pytest.mark.parametrize(
    ("event", "base", "refusal"),
    [
        ("ack_current", Base.NORMAL, NothingToAcknowledge()),
        ("reset", Base.UNACKNOWLEDGED, NothingLatched()),
        ("reset", Base.LATCHED_UNACKNOWLEDGED, AcknowledgeFirst()),
    ],
)
def test_a_refusal_says_what_is_in_the_way(event: str, base: Base, refusal: object) -> None:
    target = alarm(base, 1)
    assert life.meet(target, stimulus(event, target)) == refusal


def test_every_change_has_its_own_revision() -> None:
    raised = life.meet(alarm(), stimulus("cond_true", alarm()))
    assert isinstance(raised, Alarm)
    assert raised.revision == alarm().revision + 1
