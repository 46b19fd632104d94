"""The window as an operator works it: keys, banner, silence, layouts."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from backend_core.alarms.model import Base, Priority
from backend_core.gateway.readings import PointInfo
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import LiveValue
from console.features.contract import Area, Placement, Workspace
from console.features.targets import AlarmsTarget, DiagramTarget, TrendTarget
from console.shell.mode import Mode
from console.shell.panel_memory import ScreenMemory
from console.shell.workspace_bar import WorkspaceBar
from tests.console.support.frames import alarm, changed, frame, health
from tests.console.support.windows import Desk, recording_feature


class Console:
    """A desk with three recording features."""

    def __init__(self, qtbot, memory: ScreenMemory | None = None) -> None:
        right = Placement(Workspace.OPERATIONS, Area.RIGHT)
        self.overview, self.overviews = recording_feature("overview")
        self.alarms, self.alarm_lists = recording_feature(
            "alarms", right, Placement(Workspace.ALARMS), answers=(AlarmsTarget,)
        )
        self.diagram, self.diagrams = recording_feature(
            "diagram", Placement(Workspace.NETWORK), answers=(DiagramTarget,)
        )
        self.desk = Desk([self.overview, self.alarms, self.diagram], memory)
        self.window = self.desk.window
        qtbot.addWidget(self.window)
        self.window.resize(1280, 720)
        self.window.show()


@pytest.fixture
def console(qtbot) -> Console:
    return Console(qtbot)


def test_workspaces_are_made_when_they_are_first_looked_at(console: Console):
    assert len(console.overviews) == 1
    assert console.diagrams == []
    console.desk.press("workspace.network")
    assert len(console.diagrams) == 1


def test_only_the_workspace_in_front_is_given_frames(console: Console):
    console.desk.press("workspace.network")
    console.desk.show(frame(1, health=health()))
    assert console.diagrams[0].frames == [1]
    assert console.overviews[0].frames == []


def test_f4_shows_the_most_urgent_alarm_on_the_diagram_in_one_key(console: Console):
    console.desk.show(frame(1, health=health(), alarms=changed(alarm("T1"))))
    QTest.keyClick(console.window, Qt.Key.Key_F4)
    assert console.diagrams[0].went == [DiagramTarget("T1")]


def test_escape_goes_back_to_where_one_was(console: Console):
    console.window.navigate.to_diagram("T1")
    assert console.window.current.workspace is Workspace.NETWORK
    QTest.keyClick(console.window, Qt.Key.Key_Escape)
    assert console.window.current.workspace is Workspace.OPERATIONS


def test_navigation_stays_in_a_workspace_that_can_answer(console: Console):
    console.window.navigate.to_alarms("T1")
    assert console.window.current.workspace is Workspace.OPERATIONS
    assert console.alarm_lists[0].went == [AlarmsTarget("T1")]


def test_a_target_that_no_panel_answers_is_told_in_words(console: Console):
    console.window.navigate.go(TrendTarget(("T1.loading_percent",)))
    assert console.window.notices.log == ["No panel can show this: trend."]


def test_f8_acknowledges_the_occurrence_that_the_banner_showed(console: Console):
    console.desk.show(frame(1, health=health(), alarms=changed(alarm("T1", occurrence=3))))
    QTest.keyClick(console.window, Qt.Key.Key_F8)
    assert console.desk.link.called("alarms.acknowledge") == [("T1.loading_percent/high", 3)]


def test_f8_without_an_unacknowledged_alarm_says_so(console: Console):
    QTest.keyClick(console.window, Qt.Key.Key_F8)
    assert console.window.notices.log == ["There is no unacknowledged alarm."]


def test_f9_silences_the_sound_of_alarms(console: Console):
    QTest.keyClick(console.window, Qt.Key.Key_F9)
    assert console.desk.silenced == 1


def test_the_banner_puts_the_unacknowledged_and_the_urgent_first(console: Console):
    seen = alarm("T2", base=Base.ACKNOWLEDGED)
    low, high = alarm("B1", priority=Priority.LOW), alarm("B2", priority=Priority.HIGH)
    console.desk.show(frame(1, health=health(), alarms=changed(seen, low, high)))
    shown = [entry.subject.element for entry in console.window.head.banner._entries if not entry.isHidden()]
    assert shown == ["B2", "B1", "T2"]


def test_the_banner_writes_values_with_the_names_and_units_of_their_points(console: Console):
    info = PointInfo(PointId("T1.loading_percent"), "T1 loading", "%", 1, None)
    console.desk.link.answers["readings.points"] = (info,)
    console.desk.show(frame(1, health=health(), alarms=changed(alarm("T1", value=102.84))))
    console.desk.show(frame(2, alarms=changed(alarm("T1", value=102.84, occurrence=2))))
    assert "T1 loading 102.8 %" in console.window.head.banner._entries[0].accessibleName()


def test_the_banner_tells_how_things_stand_now_and_marks_what_is_no_longer_heard(console: Console):
    info = PointInfo(PointId("T1.loading_percent"), "T1 loading", "%", 1, None)
    console.desk.link.answers["readings.points"] = (info,)
    console.desk.show(frame(1, health=health(), alarms=changed(alarm("T1", value=102.84))))
    heard_s = console.desk.clock.monotonic()
    value = LiveValue(107.2, Quality.GOOD, 0, 0, heard_s, 1.0)
    console.desk.show(frame(2, health=health(), values={PointId("T1.loading_percent"): value}))
    entry = console.window.head.banner._entries[0]
    assert "T1 loading 107.2 %" in entry.accessibleName()
    console.desk.clock.advance(60.0)
    console.desk.show(frame(3, health=health()))
    assert "[ 107.2 % ]" in entry.accessibleName()


def test_a_silent_core_is_hatched_over_within_six_seconds_and_comes_back(console: Console):
    console.desk.show(frame(1, health=health()))
    assert console.window.covers.hatch.isHidden()
    console.desk.clock.advance(6)
    console.desk.board.look()
    assert console.window.covers.hatch.isVisible()
    assert "NOT LIVE" in console.window.covers.hatch.accessibleName()
    console.desk.show(frame(2, health=health()))
    assert console.window.covers.hatch.isHidden()


def test_study_cannot_be_mistaken_for_live_and_refuses_control(console: Console):
    console.desk.press("workspace.study")
    assert console.window.mode.mode is Mode.STUDY
    assert not console.window.mode.allows_control
    assert console.window.covers.frame.isVisible()
    console.desk.press("workspace.operations")
    assert console.window.mode.allows_control
    assert not console.window.covers.frame.isVisible()


def test_every_action_is_found_in_the_palette_by_a_few_letters(console: Console):
    palette = console.window.palette_sheet
    palette.open()
    for wanted, letters in (("Switch between day and night", "daynight"), ("Go to Diagnostics", "go diag")):
        palette._line.setText(letters)
        assert palette.titles()[0] == wanted


def test_no_two_actions_of_the_window_share_a_key(console: Console):
    keys = [entry.key for entry in console.window.actions_known.entries() if entry.key]
    assert len(keys) == len(set(keys))


def test_no_order_leaves_a_window_that_is_not_live(console: Console):
    console.desk.show(frame(1, health=health(), alarms=changed(alarm("T1"))))
    console.desk.clock.advance(6)
    console.desk.board.look()
    QTest.keyClick(console.window, Qt.Key.Key_F8)
    assert console.desk.link.called("alarms.acknowledge") == []
    assert "Refused: what you see is not live." in console.window.banner.text


@pytest.mark.parametrize("mode", [Mode.HISTORY, Mode.STUDY, Mode.TRAINING])
def test_no_order_leaves_a_window_that_shows_another_time_or_world(console: Console, mode: Mode):
    console.desk.show(frame(1, health=health(), alarms=changed(alarm("T1"))))
    console.window.mode.enter(mode)
    QTest.keyClick(console.window, Qt.Key.Key_F8)
    assert console.desk.link.called("alarms.acknowledge") == []
    assert f"this window shows {mode.name}" in console.window.banner.text


@pytest.mark.qt_log_ignore("This plugin does not support setting window masks")
def test_a_detached_window_is_hatched_and_framed_like_the_main_one(console: Console):
    docks = console.window.current.docks
    docks.detach("alarms")
    covers = docks._contents["alarms"].covers
    console.desk.show(frame(1, health=health()))
    console.window.mode.enter(Mode.HISTORY)
    assert covers.hatch.isHidden()
    assert not covers.frame.isHidden()
    console.desk.clock.advance(6)
    console.desk.board.look()
    assert not covers.hatch.isHidden()
    assert "NOT LIVE" in covers.hatch.accessibleName()


@pytest.mark.qt_log_ignore("This plugin does not support setting window masks")
def test_the_keys_of_the_window_hold_in_a_detached_one_too(console: Console):
    docks = console.window.current.docks
    docks.detach("alarms")
    head = docks._contents["alarms"].window_head
    assert {action.text() for action in console.window.actions()} <= {action.text() for action in head.actions()}


@pytest.mark.qt_log_ignore("This plugin does not support setting window masks")
def test_a_detached_panel_carries_strip_and_banner_in_its_own_window(console: Console):
    docks = console.window.current.docks
    docks.detach("alarms")
    head = docks._contents["alarms"].window_head
    assert head is not None
    assert head.strip.accessibleName() == "Liveness"
    docks.reset_layout()
    assert docks._contents["alarms"].window_head is None


def test_a_layout_comes_back_after_a_restart(qtbot):
    memory = ScreenMemory(None)
    first = Console(qtbot, memory)
    first.window.current.docks._docks["alarms"].closeDockWidget()
    first.window.close()
    second = Console(qtbot, memory)
    assert second.window.current.docks._docks["alarms"].isClosed()


def test_a_layout_kept_by_name_is_in_the_palette_of_the_next_run(qtbot):
    memory = ScreenMemory(None)
    first = Console(qtbot, memory)
    first.window.current.docks._docks["alarms"].closeDockWidget()
    first.desk.press("layout.keep")
    first.window.current.docks.reset_layout()
    first.window.close()
    second = Console(qtbot, memory)
    assert not second.window.current.docks._docks["alarms"].isClosed()
    second.desk.press("perspective.operations.Operations 1")
    assert second.window.current.docks._docks["alarms"].isClosed()


def test_a_layout_kept_by_name_can_be_forgotten(qtbot):
    memory = ScreenMemory(None)
    console = Console(qtbot, memory)
    console.desk.press("layout.keep")
    console.desk.press("layout.keep")
    assert [name for _, name in console.window.perspectives()] == ["Operations 1", "Operations 2"]
    console.desk.press("perspective.operations.Operations 1.forget")
    assert [name for _, name in console.window.perspectives()] == ["Operations 2"]
    console.desk.press("layout.keep")
    assert [name for _, name in console.window.perspectives()] == ["Operations 2", "Operations 1"]


def test_a_narrow_bar_says_shorter_words_or_the_digits_of_the_keys_and_never_half_a_word(qtbot):
    host, bar = QWidget(), WorkspaceBar("", lambda workspace: None)
    qtbot.addWidget(host)
    bar.setParent(host)
    bar.show_counts({Workspace.ALARMS: 3})
    bar.set_compact(True)
    host.show()
    bar.resize(2000, 40)
    needed = bar.layout().sizeHint().width()
    said = []
    for width in (needed, needed - 1, needed // 4):
        bar.resize(width, 40)
        said.append(bar._buttons[Workspace.ALARMS].text())
    assert said == ["Alarms 3", "Alarm 3", "3"]
    assert bar._buttons[Workspace.ALARMS].accessibleName() == "Alarms"


def test_a_broken_memory_of_layouts_is_no_reason_not_to_start(qtbot):
    memory = ScreenMemory(None)
    memory.set("layouts", "operations last", "not a layout")
    console = Console(qtbot, memory)
    assert not console.window.current.docks._docks["alarms"].isClosed()


@pytest.mark.allow_log_errors
def test_a_panel_that_fails_becomes_a_card_that_opens_it_again(console: Console):
    console.overviews[0].fails = True
    for number in range(1, 4):
        console.desk.show(frame(number, health=health()))
    assert console.window.current.panel("overview") is None
    console.window.current._try_again(console.overview)
    console.desk.show(frame(4, health=health()))
    assert console.overviews[1].frames == [4]


def test_a_failure_is_told_in_a_banner_that_covers_nothing(console: Console):
    console.window.tell("Acknowledge T1: the database is away.", "Try again when it is back.")
    assert console.window.banner.text == "Acknowledge T1: the database is away."
