"""The alarm rules in a window: a draft, checked, undone and saved as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from backend_core.alarms.model import (
    AlarmRule,
    Level,
    Priority,
    RuleEdit,
    RuleFault,
    RulesChangedMeanwhile,
    RulesRefused,
    RulesSaved,
)
from console.features.alarm_rules import words
from console.features.alarm_rules.feature import create
from console.features.alarm_rules.panel import AlarmRulesPanel
from console.features.contract import PanelContext, Workspace
from tests.console.support.frames import frame
from tests.console.support.screen import NOON, FakeLink, make_context

HI = AlarmRule("T1.loading_percent", Level.HI, 100.0, priority=Priority.HIGH, revision=1)
HIHI = AlarmRule("T1.loading_percent", Level.HIHI, 120.0, priority=Priority.CRITICAL, revision=1)


@pytest.fixture
def link() -> FakeLink:
    return FakeLink({"alarms.rules": (HI, HIHI)})


@pytest.fixture
def context(qtbot: Any, link: FakeLink) -> PanelContext:
    host = QWidget()
    qtbot.addWidget(host)
    return make_context(host, link, workspace=Workspace.ALARMS)


@pytest.fixture
def rules(qtbot: Any, context: PanelContext) -> AlarmRulesPanel:
    made = create(context)
    assert isinstance(made, AlarmRulesPanel)
    qtbot.addWidget(made)
    made.show_snapshot(frame())
    return made


def test_a_change_of_a_rule_is_a_draft_until_it_is_saved(
    rules: AlarmRulesPanel, context: PanelContext, link: FakeLink
) -> None:
    link.answers["alarms.preview_rules"] = RuleEdit()
    rules._table.select(HI.key)
    rules._form.set_values({"limit": "95"})
    rules._apply.click()
    assert context.head.scope == "0 added · 1 changed · 0 removed"
    assert link.called("alarms.save_rules") == []


def test_saving_orders_the_whole_edit_and_begins_anew(
    rules: AlarmRulesPanel, context: PanelContext, link: FakeLink
) -> None:
    edit = RuleEdit(removed=(HI,))
    link.answers |= {"alarms.preview_rules": edit, "alarms.save_rules": RulesSaved(edit)}
    rules._table.select(HI.key)
    rules.remove()
    link.answers["alarms.rules"] = (HIHI,)
    rules.save()
    assert link.called("alarms.save_rules") == [(edit,)]
    assert context.head.scope == words.UNCHANGED
    assert rules._table.model.rowCount() == 1


def test_what_the_core_finds_wrong_stands_above_and_at_the_rule(rules: AlarmRulesPanel, link: FakeLink) -> None:
    fault = RuleFault("T1.loading_percent HIHI", "HI 130 must lie below HIHI 120.")
    link.answers["alarms.preview_rules"] = RulesRefused((fault,))
    rules._table.select(HI.key)
    rules._form.set_values({"limit": "130"})
    rules._apply.click()
    assert rules._banner.accessibleName() == fault.sentence
    row = rules._table.model.row_of(HIHI.key)
    assert row is not None
    assert row.fault == fault.sentence


def test_a_rule_changed_by_somebody_else_is_told_with_the_name(rules: AlarmRulesPanel, link: FakeLink) -> None:
    other = replace(HI, limit=90.0, revision=2)
    link.answers |= {
        "alarms.preview_rules": RuleEdit(),
        "alarms.save_rules": RulesChangedMeanwhile(other, HI.key, "omar", NOON),
        "alarms.rules": (other, HIHI),
    }
    rules._table.select(HI.key)
    rules._form.set_values({"limit": "95"})
    rules._apply.click()
    rules.save()
    assert "changed by omar" in rules._banner.accessibleName()


def test_a_limit_that_is_no_number_cannot_be_applied(rules: AlarmRulesPanel) -> None:
    rules._table.select(HI.key)
    rules._form.set_values({"limit": "hot"})
    assert not rules._apply.isEnabled()
    rules._form.set_values({"limit": "", "level": "OFFLINE"})
    assert rules._apply.isEnabled()


def test_undo_takes_the_last_change_back(rules: AlarmRulesPanel, context: PanelContext, link: FakeLink) -> None:
    link.answers["alarms.preview_rules"] = RuleEdit()
    rules._table.select(HI.key)
    rules.remove()
    rules.undo()
    assert context.head.scope == words.UNCHANGED
