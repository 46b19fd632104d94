"""The overview as an operator meets it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.features.contract import Workspace
from console.features.overview import words
from console.features.overview.feature import create
from console.features.overview.panel import OverviewPanel
from console.features.targets import DiagramTarget, DoctorTarget, SwitchTarget, TrendTarget
from tests.console.features.outages import street
from tests.console.features.overview.plant import a_frame, a_link, value
from tests.console.support.frames import alarm, changed, frame, health
from tests.console.support.screen import RecordingNavigator, TestClock, make_context
from ui.figures import Figure


class Desk:
    def __init__(self, qtbot: QtBot, size: tuple[int, int] = (720, 960)) -> None:
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.link, self.clock = a_link(), TestClock()
        self.context = make_context(self.host, self.link, self.clock, Workspace.NETWORK)
        made = create(self.context)
        assert isinstance(made, OverviewPanel)
        qtbot.addWidget(made)
        self.panel = made
        made.resize(*size)
        made.show()

    def figure(self, key: str) -> Figure:
        return self.panel._strip._tiles[key].figure

    def said(self, key: str) -> tuple[str, str]:
        return self.figure(key).value.text, self.figure(key).unit

    @property
    def attention(self) -> list[str]:
        return [row.what for row in self.panel._list.model.rows()]

    @property
    def went(self) -> list[object]:
        assert isinstance(self.context.navigate, RecordingNavigator)
        return list(self.context.navigate.went)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_it_opens_with_the_seven_figures(desk):
    desk.panel.show_snapshot(a_frame())
    assert desk.said("frequency") == ("49.982", "Hz")
    assert desk.said("load") == ("880.0", "MW")
    assert desk.said("losses") == ("34.8", "MW · 3.8 %")
    assert desk.said("voltage") == ("0.834", "pu · BUS-002")
    assert desk.said("devices") == ("31 / 32", "online")
    assert desk.context.head.scope == "Glover 5-bus · live"


def test_until_the_grid_is_solved_nothing_is_claimed(desk):
    desk.panel.show_snapshot(frame(health=health()))
    assert desk.said("load") == ("n/a", words.STARTING)
    assert desk.said("voltage") == ("n/a", words.STARTING)


def test_old_values_stand_in_brackets_with_their_age(desk):
    desk.panel.show_snapshot(a_frame())
    desk.clock.advance(20)
    desk.panel.tick()
    assert desk.said("frequency") == ("[ 49.982 ]", "Hz · 20 s")
    assert desk.said("load") == ("[ 880.0 ]", "MW · 20 s")


def test_a_sum_that_lacks_an_input_says_so(desk):
    desk.panel.show_snapshot(a_frame(LD3__active_power=value(80.0, age_s=60.0)))
    assert desk.said("load") == ("880.0 ?", "MW · 2/3 good")


def test_colour_and_mark_come_with_an_alarm_and_go_with_it(desk):
    desk.panel.show_snapshot(a_frame())
    assert desk.figure("voltage").mark is None
    desk.panel.show_frame(frame(2, alarms=changed(alarm("BUS-002", "voltage", value=0.834))))
    mark = desk.figure("voltage").mark
    assert mark is not None
    assert (mark.priority, desk.figure("voltage").value.tone) == (1, "critical")


def test_an_outage_is_told_with_its_beginning(desk):
    desk.panel.show_snapshot(a_frame())
    outage = street.an_outage("a", "b", "c")
    desk.panel.show_frame(frame(2, board=street.a_board(street.dark("a"), outage=outage)))
    assert desk.figure("outage").value.text == "3 of 4"
    assert "Outage: 3 of 4 smart switches dark" in desk.attention


def test_nothing_to_do_is_said_only_while_the_data_is_fresh(desk):
    desk.panel.show_snapshot(a_frame())
    assert desk.panel._calm.accessibleName().startswith(words.CALM)
    desk.panel.show_frame(frame(2, health=health(data_age_p95_s=90.0)))
    desk.panel.tick()
    assert desk.panel._calm.accessibleName().startswith(words.NOT_SURE)


def test_enter_on_a_line_leads_to_its_place(desk):
    desk.panel.show_snapshot(a_frame())
    desk.panel.show_frame(frame(2, alarms=changed(alarm())))
    desk.panel._list.activated.emit(alarm().id)
    assert desk.went == [DiagramTarget("T1")]


def test_the_keys_act_on_the_figure_in_focus(desk, qtbot):
    desk.panel.show_snapshot(a_frame())
    tile = desk.panel._strip._tiles["voltage"]
    tile.setFocus()
    qtbot.waitUntil(tile.hasFocus)
    subject = desk.panel.subject()
    assert subject is not None
    assert subject.element == "BUS-002"
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert isinstance(desk.went[-1], TrendTarget)
    assert "BUS-002.voltage" in desk.went[-1].points


def test_devices_lead_to_the_diagnostics_and_the_outage_to_the_switches(desk):
    desk.panel._strip.activated.emit("devices")
    desk.panel._strip.activated.emit("outage")
    assert desk.went == [DoctorTarget(""), SwitchTarget("")]


def test_beside_the_diagram_there_are_only_the_figures(qtbot):
    desk = Desk(qtbot, (720, 100))
    desk.panel.show_snapshot(a_frame())
    assert not desk.panel._attention.isVisible()
    desk.panel.resize(720, 400)
    assert desk.panel._attention.isVisible()
    assert not desk.panel._elements.isVisible()
    desk.panel.resize(720, 100)
    assert not desk.panel._attention.isVisible()


def test_a_narrow_place_gets_more_rows_of_figures(qtbot):
    desk = Desk(qtbot, (470, 120))
    desk.panel.show_snapshot(a_frame())
    qtbot.waitUntil(lambda: desk.panel._strip.rows == 2)


def test_a_place_that_is_narrow_and_low_keeps_every_figure_in_one_row(qtbot):
    desk = Desk(qtbot, (470, 56))
    desk.panel.show_snapshot(a_frame())
    qtbot.waitUntil(lambda: desk.panel._strip.rows == 1)
    desk.panel.resize(470, 600)
    qtbot.waitUntil(lambda: desk.panel._strip.rows == 2)


def test_a_core_that_does_not_answer_is_asked_again(qtbot):
    from backend_core.kernel.errors import CoreError

    desk = Desk(qtbot)
    desk.link.answers["grid.network"] = CoreError("The core did not answer.", "Wait.")
    desk.panel.show_snapshot(a_frame())
    assert desk.said("load") == ("n/a", words.STARTING)
    desk.link.answers["grid.network"] = a_link().answers["grid.network"]
    desk.panel.tick()
    assert desk.said("load") == ("880.0", "MW")
