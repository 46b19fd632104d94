"""The diagram panel as an operator uses it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from backend_core.kernel.errors import CoreError
from backend_core.kernel.positions import Position
from console.features.diagram import words
from console.features.diagram.panel import DiagramPanel
from console.features.diagram.state import Overlay
from console.features.targets import AlarmsTarget, DiagramTarget, StudyTarget, TrendTarget
from console.shell.mode import Mode
from tests.console.features.diagram.grid import GLOVER, answers, frame, live, positions
from tests.console.support.frames import alarm, changed
from tests.console.support.screen import FakeLink, TestClock, make_context


class Desk:
    def __init__(self, qtbot, link):
        from PySide6.QtWidgets import QWidget

        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.clock, self.link = TestClock(), link
        self.context = make_context(self.host, link, self.clock)
        self.panel = DiagramPanel(self.context)
        qtbot.addWidget(self.panel)
        self.panel.resize(1180, 640)
        self.panel.show()
        self.panel.panel_shown()
        self.panel.show_snapshot(frame(self.clock, {"T1.loading_percent": live(63.0, self.clock)}, positions()))

    def facts(self):
        return {fact.name: fact.value.text for fact in self.panel.faceplate.card.facts}

    def button(self, word):
        return next(b for b in self.panel.faceplate.buttons if b.text() == word)


@pytest.fixture
def link():
    return FakeLink(answers())


@pytest.fixture
def desk(qtbot, link):
    return Desk(qtbot, link)


def test_it_names_its_grid_and_tells_how_many_values_are_good(desk):
    assert desk.context.head.scope == "Glover 5-bus · live"
    assert "1 of" in desk.context.head.freshness


def test_a_network_of_which_nothing_was_ever_heard_is_not_called_live(desk):
    desk.panel.show_snapshot(frame(desk.clock))
    assert desk.context.head.scope == "Glover 5-bus · no readings"


def test_a_network_chosen_elsewhere_is_followed_and_named(qtbot, link):
    names = [SimpleNamespace(name=n, title=t) for n, t in ((GLOVER.name, GLOVER.title), ("other", "Other grid"))]
    link.answers["grid.networks"] = tuple(names)
    desk = Desk(qtbot, link)
    link.answers["grid.network"] = replace(GLOVER, name="other", title="Other grid")
    desk.panel.show_frame(replace(frame(desk.clock), reload=frozenset({"network"})))
    assert desk.context.head.scope == "Other grid · live"
    assert [a.text() for a in desk.context.head.actions if a.menu()][-1] == "Other grid"


def test_choosing_a_network_is_an_order_that_may_be_refused(qtbot, link):
    names = [SimpleNamespace(name=n, title=t) for n, t in ((GLOVER.name, GLOVER.title), ("other", "Other grid"))]
    link.answers |= {"grid.networks": tuple(names), "grid.choose": CoreError("Not now.", "Wait.")}
    desk = Desk(qtbot, link)
    choice = next(a for a in desk.context.head.actions if a.menu() and a.text() == GLOVER.title)
    choice.menu().actions()[1].trigger()
    assert link.called("grid.choose") == [("other",)]
    assert link.told == [("Show Other grid: Not now.", "Wait.")]
    assert choice.text() == GLOVER.title


def test_without_a_core_it_says_why_it_is_empty(qtbot):
    failing = FakeLink({**answers(), "grid.network": CoreError("The core does not answer.", "Wait, or restart it.")})
    desk = Desk(qtbot, failing)
    assert desk.panel.canvas.sheet_scene is None
    assert "The core does not answer." in desk.panel._empty.accessibleName()


def test_selecting_opens_the_faceplate_with_values_quality_and_origin(desk):
    desk.panel.canvas.select("T1")
    assert desk.panel.faceplate.isVisible()
    assert desk.facts()["loading"] == "63.0 %"
    assert desk.facts()["fed from"] == "G1, G3"
    remark = next(f.remark for f in desk.panel.faceplate.card.facts if f.name == "loading")
    assert remark == "good, 0 s"


def test_the_faceplate_ages_with_the_clock(desk):
    desk.panel.canvas.select("T1")
    desk.clock.advance(200)
    desk.panel.tick()
    remark = next(f.remark for f in desk.panel.faceplate.card.facts if f.name == "loading")
    assert remark == "stale, 3 min"


def test_the_faceplate_lists_the_alarms_of_the_element(desk):
    desk.panel.show_frame(frame(desk.clock, alarms=changed(alarm())))
    desk.panel.canvas.select("T1")
    assert "loading very high" in desk.panel.faceplate.card.remarks[0].text


def test_the_faceplate_never_covers_the_element_it_speaks_of(desk):
    for element in ("G1", "G3", "LD2", "CB-L2-4-B4"):
        desk.panel.canvas.select(element)
        spot = desk.panel.canvas.spot_of(element).toPoint()
        assert not desk.panel.faceplate.geometry().contains(spot)


def test_t_leads_to_the_trend_and_a_to_the_alarms_of_the_element(desk, qtbot):
    desk.panel.canvas.select("T1")
    desk.panel.canvas.setFocus()
    desk.context.actions.find("diagram.trend").trigger()
    desk.context.actions.find("diagram.alarms").trigger()
    trend, alarms = desk.context.navigate.went
    assert isinstance(trend, TrendTarget)
    assert "T1.loading_percent" in trend.points
    assert alarms == AlarmsTarget("T1")


def test_the_subject_is_what_is_selected(desk):
    assert desk.panel.subject() is None
    desk.panel.canvas.select("T1")
    assert desk.panel.subject().element == "T1"


def test_coming_from_an_alarm_selects_the_element(desk):
    desk.panel.go_to(DiagramTarget("BUS-002"))
    assert desk.panel.canvas.selection == "BUS-002"


def test_what_if_takes_the_breakers_other_position_into_a_study_and_orders_nothing(desk):
    desk.panel.canvas.select("CB-LD3")
    desk.button("What if").click()
    assert desk.context.navigate.went == [StudyTarget(opened=("CB-LD3",))]
    assert not desk.link.called("simulator.operate")


def test_opening_a_breaker_asks_first_and_the_symbol_waits_for_the_report(desk):
    panel = desk.panel
    panel.canvas.select("CB-LD3")
    desk.button("Open").click()
    assert not desk.link.called("simulator.operate")
    panel.faceplate._confirm._yes.click()
    assert desk.link.called("simulator.operate") == [("CB-LD3", Position.OPEN)]
    key = next(s.key for s in panel.canvas.sheet_scene.sheet.symbols if s.element == "CB-LD3")
    assert panel.canvas.sheet_scene.look_of(key).state == "closed"
    assert panel.faceplate.card.remarks[0].text == words.WAITING
    panel.show_frame(frame(desk.clock, where=positions(CB_LD3=Position.OPEN)))
    panel.tick()
    assert panel.canvas.sheet_scene.look_of(key).state == "open"
    assert panel.faceplate.card.remarks[0].text == words.NO_ALARMS


def test_after_the_report_the_button_offers_the_way_back(desk):
    desk.panel.canvas.select("CB-LD3")
    desk.panel.show_frame(frame(desk.clock, where=positions(CB_LD3=Position.OPEN)))
    desk.panel.tick()
    assert desk.button("Close").isEnabled()


def test_a_refused_order_is_told_in_words(desk):
    desk.link.answers["simulator.operate"] = "The switch is locked."
    desk.panel.canvas.select("CB-LD3")
    desk.panel._order("CB-LD3", close=False)
    assert desk.panel.faceplate.card.remarks[0].text == words.NO_ALARMS


def test_orders_are_given_from_the_live_view_only(desk):
    desk.context.mode.enter(Mode.STUDY, "if CB-LD3 opens")
    desk.panel.canvas.select("CB-LD3")
    assert not desk.button("Open").isEnabled()


def test_a_study_beside_the_live_values_is_framed(desk):
    before = desk.panel.canvas.grab().toImage()
    desk.panel.show_overlay(Overlay("if CB-LD3 opens", {}, {"CB-LD3": Position.OPEN}))
    assert desk.panel.canvas.grab().toImage() != before


def test_the_list_says_every_element_in_words(desk, qtbot):
    desk.panel.toggle_list()
    lines = [desk.panel._list.model().index(row).data() for row in range(desk.panel._list.model().rowCount())]
    assert any(line.startswith("Transformer T1, transformer, energised") for line in lines)
    assert any("closed" in line for line in lines if line.startswith("CB-T1-HV"))


def test_escape_lets_the_element_go(desk, qtbot):
    desk.panel.canvas.select("T1")
    qtbot.keyClick(desk.panel.canvas, Qt.Key.Key_Escape)
    assert not desk.panel.faceplate.isVisible()


def focused():
    return QApplication.focusWidget()


def test_the_faceplate_is_worked_by_keyboard_alone(desk, qtbot):
    panel = desk.panel
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.canvas.setFocus()
    panel.canvas.select("CB-LD3")
    qtbot.waitUntil(lambda: desk.button("Open").isVisible())
    reached = []
    for _ in range(5):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        reached.append(focused().text() if isinstance(focused(), QPushButton) else focused())
    assert reached == ["Esc", "Open", words.TREND_BUTTON, words.ALARMS_BUTTON, "What if"]
    desk.button("Open").setFocus()
    QTest.keyClick(focused(), Qt.Key.Key_Space)
    assert focused().text() == "Cancel", "Enter alone must not open a breaker"
    QTest.keyClick(focused(), Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert desk.link.called("simulator.operate") == [("CB-LD3", Position.OPEN)]
    panel.show_frame(frame(desk.clock, where=positions(CB_LD3=Position.OPEN)))
    panel.tick()
    assert focused().text() == "Close", "the way back is under the hand"
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is panel.canvas
