"""The alarm list and the rules in a window: what they show, and what they order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QWidget

from backend_core.alarms.model import (
    Acknowledged,
    Acknowledgement,
    Base,
    Priority,
    StaleOccurrence,
)
from console.features.alarms import words
from console.features.alarms.feature import create
from console.features.alarms.panel import AlarmsPanel
from console.features.contract import PanelContext, Workspace
from console.features.targets import AlarmsTarget, DiagramTarget, GuidanceTarget, TrendTarget
from tests.console.support.frames import alarm, changed, frame, health
from tests.console.support.screen import NOON, FakeLink, RecordingNavigator, make_context


@pytest.fixture
def link() -> FakeLink:
    return FakeLink({"readings.points": (), "alarms.journal": ()})


@pytest.fixture
def context(qtbot: Any, link: FakeLink) -> PanelContext:
    host = QWidget()
    qtbot.addWidget(host)
    return make_context(host, link, workspace=Workspace.ALARMS)


@pytest.fixture
def panel(qtbot: Any, context: PanelContext) -> AlarmsPanel:
    made = create(context)
    assert isinstance(made, AlarmsPanel)
    qtbot.addWidget(made)
    made.resize(1400, 700)
    made.show()
    return made


def states(panel: AlarmsPanel) -> list[str]:
    return [row.state for row in panel._table.model.rows()]


def test_an_alarm_of_a_frame_stands_in_the_list(panel: AlarmsPanel, context: PanelContext) -> None:
    panel.show_frame(frame(alarms=changed(alarm())))
    assert states(panel) == [words.UNACKNOWLEDGED]
    assert context.head.freshness == "1 unacknowledged · 1 active · 1 critical"


def test_acknowledging_orders_the_occurrence_shown_and_waits_for_the_event(panel: AlarmsPanel, link: FakeLink) -> None:
    link.answers["alarms.acknowledge"] = Acknowledged(alarm())
    panel.show_frame(frame(alarms=changed(alarm(occurrence=3))))
    panel._table.select(alarm().id)
    link.hold()
    assert panel.acknowledge()
    assert states(panel) == [words.PENDING]
    link.release()
    assert link.called("alarms.acknowledge") == [(alarm().id, 3)]
    assert states(panel) == [words.UNACKNOWLEDGED]
    seen = replace(alarm(), base=Base.ACKNOWLEDGED, acknowledgement=Acknowledgement("amira", NOON, 3), occurrence=3)
    panel.show_frame(frame(2, alarms=changed(seen)))
    assert states(panel)[0].startswith("amira")


def test_several_selected_are_acknowledged_at_once_but_never_those_already_seen(
    panel: AlarmsPanel, link: FakeLink
) -> None:
    link.answers["alarms.acknowledge"] = Acknowledged(alarm())
    panel.show_frame(frame(alarms=changed(alarm("A"), alarm("B"), alarm("C", base=Base.ACKNOWLEDGED))))
    panel._table.view.selectAll()
    assert panel.acknowledge()
    assert len(link.called("alarms.acknowledge")) == 2


def test_with_nothing_to_acknowledge_the_key_is_left_to_the_shell(panel: AlarmsPanel) -> None:
    assert not panel.acknowledge()


def test_a_refused_acknowledgement_is_told_in_a_sentence(
    panel: AlarmsPanel, context: PanelContext, link: FakeLink
) -> None:
    link.answers["alarms.acknowledge"] = StaleOccurrence(4)
    panel.show_frame(frame(alarms=changed(alarm())))
    panel._table.select(alarm().id)
    panel.acknowledge()
    assert words.refusal(StaleOccurrence(4), "T1").startswith("T1 has come again")
    assert states(panel) == [words.UNACKNOWLEDGED]


def test_a_snapshot_replaces_the_list(panel: AlarmsPanel, link: FakeLink) -> None:
    panel.show_frame(frame(alarms=changed(alarm("GONE"))))
    link.answers["alarms.standing"] = (alarm("HERE"),)
    panel.show_snapshot(frame(2))
    assert [row.where for row in panel._table.model.rows()] == ["HERE"]


def test_a_frame_that_lost_alarms_makes_the_panel_ask_for_all(panel: AlarmsPanel, link: FakeLink) -> None:
    link.answers["alarms.standing"] = (alarm("HERE"),)
    panel.show_frame(frame(reload=frozenset({"alarms"})))
    assert [row.where for row in panel._table.model.rows()] == ["HERE"]


def test_an_empty_list_says_whether_that_is_sure(panel: AlarmsPanel) -> None:
    panel.show_snapshot(frame(health=health()))
    assert panel._empty.accessibleName().startswith(words.CALM)
    panel.show_frame(frame(2, health=health(data_age_p95_s=90.0)))
    assert panel._empty.accessibleName().startswith(words.NOT_SURE)


def test_one_key_each_to_diagram_and_trend(panel: AlarmsPanel, context: PanelContext) -> None:
    panel.show_frame(frame(alarms=changed(alarm())))
    panel._table.select(alarm().id)
    subject = panel.subject()
    assert subject is not None
    assert (subject.element, subject.points, subject.alarm_id) == ("T1", ("T1.loading_percent",), alarm().id)
    panel._to_diagram()
    panel._to_trend()
    assert isinstance(context.navigate, RecordingNavigator)
    assert context.navigate.went == [DiagramTarget("T1"), TrendTarget(("T1.loading_percent",), NOON)]


def test_the_chosen_alarm_is_told_in_full_with_its_guidance(panel: AlarmsPanel) -> None:
    panel.show_frame(frame(alarms=changed(alarm("A"), alarm())))
    panel.go_to(GuidanceTarget(alarm().id))
    card = panel._card
    assert card is not None
    assert card._title.text() == "T1 · Loading high-high"
    assert "parallel" in card._guidance[words.ACT].text()
    assert card._facts[words.SEEN].text() == words.NOBODY


def test_the_most_urgent_is_told_in_full_without_a_gesture(panel: AlarmsPanel, link: FakeLink) -> None:
    link.answers["alarms.standing"] = (alarm("B", priority=Priority.LOW), alarm("A"))
    panel.show_snapshot(frame())
    assert panel._table.current_key() == alarm("A").id
    assert link.called("alarms.journal") == [(alarm("A").id,)]


def test_the_journal_is_read_again_when_its_alarm_changes(panel: AlarmsPanel, link: FakeLink) -> None:
    panel.show_frame(frame(alarms=changed(alarm())))
    panel._table.select(alarm().id)
    before = len(link.called("alarms.journal"))
    panel.show_frame(frame(2, alarms=changed(alarm(occurrence=2))))
    assert len(link.called("alarms.journal")) == before + 1


def test_a_jump_filters_the_list(panel: AlarmsPanel) -> None:
    panel.show_frame(frame(alarms=changed(alarm("T1"), alarm("BUS-002", "voltage"))))
    panel.go_to(AlarmsTarget("BUS"))
    assert panel._table.model.rowCount() == 1


def test_beside_the_diagram_the_list_stands_alone(qtbot: Any, link: FakeLink) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    context = make_context(host, link)
    made = create(context)
    qtbot.addWidget(made)
    assert isinstance(made, AlarmsPanel)
    assert made._card is None
    assert [action.text() for action in context.head.actions] == ["acknowledge", "silence", "diagram", "trend"]


def test_rows_do_not_move_under_the_pointer(panel: AlarmsPanel) -> None:
    panel.show_frame(frame(alarms=changed(alarm("OLD", priority=Priority.LOW))))
    viewport = panel._table.view.viewport()
    QApplication.sendEvent(viewport, QEnterEvent(QPointF(9, 9), QPointF(9, 9), QPointF(9, 9)))
    panel.show_frame(frame(2, alarms=changed(*(alarm(f"NEW{i}") for i in range(20)))))
    assert panel._table.model.key_at(0) == alarm("OLD").id
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert panel._table.model.key_at(0) != alarm("OLD").id
