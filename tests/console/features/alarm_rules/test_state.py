"""Alarm rules while they are edited."""

from __future__ import annotations

from dataclasses import replace

from backend_core.alarms.model import AlarmRule, Level, Priority, RuleFault
from console.features.alarm_rules import words
from console.features.alarm_rules.state import RuleDraft

HI = AlarmRule("T1.loading_percent", Level.HI, 100.0, priority=Priority.HIGH, revision=3)
HIHI = AlarmRule("T1.loading_percent", Level.HIHI, 120.0, priority=Priority.CRITICAL, revision=1)


def draft() -> RuleDraft:
    made = RuleDraft()
    made.load([HI, HIHI])
    return made


def changes(of: RuleDraft) -> dict[Level, str]:
    return {row.rule.level: row.change for row in of.rows()}


def test_nothing_is_changed_at_first() -> None:
    assert draft().edit().is_empty
    assert not draft().can_undo


def test_a_change_carries_the_rule_as_it_was_seen() -> None:
    edited = draft()
    edited.put(replace(HI, limit=95.0), HI.key)
    ((before, after),) = edited.edit().changed
    assert (before.revision, after.limit) == (3, 95.0)
    assert changes(edited) == {Level.HI: words.CHANGED, Level.HIHI: ""}


def test_a_renamed_rule_is_one_removed_and_one_added() -> None:
    edited = draft()
    edited.put(replace(HI, point="T2.loading_percent"), HI.key)
    edit = edited.edit()
    assert (len(edit.added), len(edit.changed), len(edit.removed)) == (1, 0, 1)


def test_a_removed_rule_stays_in_sight_and_can_be_brought_back() -> None:
    edited = draft()
    edited.remove([HI.key])
    assert changes(edited)[Level.HI] == words.REMOVED
    edited.remove([HI.key])
    assert edited.edit().is_empty


def test_every_step_can_be_undone_and_done_again() -> None:
    edited = draft()
    edited.put(replace(HI, limit=95.0))
    edited.remove([HIHI.key])
    edited.undo()
    assert changes(edited) == {Level.HI: words.CHANGED, Level.HIHI: ""}
    edited.undo()
    assert edited.edit().is_empty
    edited.redo()
    edited.redo()
    assert changes(edited) == {Level.HI: words.CHANGED, Level.HIHI: words.REMOVED}


def test_discarding_is_a_step_that_can_be_undone() -> None:
    edited = draft()
    edited.put(replace(HI, limit=95.0))
    edited.discard()
    assert not edited.is_changed
    edited.undo()
    assert edited.is_changed


def test_what_others_saved_meanwhile_does_not_lose_the_draft() -> None:
    edited = draft()
    edited.put(replace(HI, limit=95.0))
    edited.load([HI, replace(HIHI, limit=130.0, revision=2)])
    (change,) = edited.edit().changed
    assert change[1].limit == 95.0
    assert {row.rule.limit for row in edited.rows()} == {95.0, 130.0}


def test_a_fault_stands_at_the_rule_that_it_names() -> None:
    edited = draft()
    edited.blame([RuleFault("T1.loading_percent HIHI", "HI 130 must lie below HIHI 120.")])
    assert {row.rule.level: row.fault for row in edited.rows()} == {
        Level.HI: "",
        Level.HIHI: "HI 130 must lie below HIHI 120.",
    }
