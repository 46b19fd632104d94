"""Frames reach what is visible; what is hidden costs nothing and catches up."""

import pytest
from PySide6.QtWidgets import QStackedWidget

from console.bridge.frame_pump import FramePump
from tests.console.support.frames import frame, health
from tests.console.support.screen import FakeLink, RecordingPanel, TestClock


class Screen:
    """Two panels behind one another, and a pump driven by hand."""

    def __init__(self, qtbot) -> None:
        self.link, self.clock = FakeLink(), TestClock()
        self.frames: list = []
        self.stack = QStackedWidget()
        self.pump = FramePump(lambda: self.frames.pop(0) if self.frames else None, self.link, self.clock)
        self.pump.setParent(self.stack)
        self.front, self.back = RecordingPanel(), RecordingPanel()
        for panel, name in ((self.front, "front"), (self.back, "back")):
            self.stack.addWidget(panel)
            self.pump.add(panel, name)
        qtbot.addWidget(self.stack)
        self.stack.show()

    def hand_out(self, *numbers: int) -> None:
        for number in numbers:
            self.frames.append(frame(number, health=health()))
            self.pump.pump()


@pytest.fixture
def screen(qtbot) -> Screen:
    return Screen(qtbot)


def test_hidden_panels_cost_nothing_and_catch_up_when_shown(screen: Screen):
    screen.hand_out(1, 2)
    assert (screen.front.frames, screen.back.frames, screen.back.snapshots) == ([1, 2], [], [])
    screen.link.answers["snapshot"] = frame(2)
    screen.stack.setCurrentWidget(screen.back)
    screen.hand_out(3)
    assert (screen.back.snapshots, screen.back.frames) == ([2], [3])
    assert screen.front.frames == [1, 2]


def test_frames_that_come_before_the_snapshot_wait_and_only_newer_ones_follow_it(screen: Screen):
    screen.link.hold()
    screen.stack.setCurrentWidget(screen.back)
    screen.hand_out(5, 6, 7)
    assert screen.back.frames == []
    screen.link.answers["snapshot"] = frame(6)
    screen.link.release()
    assert (screen.back.snapshots, screen.back.frames) == ([6], [7])


def test_an_empty_frame_is_not_handed_out(screen: Screen):
    screen.frames.append(frame(1))
    screen.pump.pump()
    assert screen.front.frames == []
    assert screen.pump.figures.empty == 1


def test_a_frame_that_says_reload_makes_the_panel_ask_for_everything_again(screen: Screen):
    screen.link.answers["snapshot"] = frame(9)
    screen.frames.append(frame(9, reload=frozenset({"values"})))
    screen.pump.pump()
    assert screen.front.snapshots[-1] == 9


@pytest.mark.allow_log_errors
@pytest.mark.qt_log_ignore(".*")
def test_a_panel_that_fails_three_times_is_ended_and_the_others_go_on(screen: Screen, qtbot):
    other = RecordingPanel()
    qtbot.addWidget(other)
    other.show()
    screen.pump.add(other, "other")
    ended = []
    screen.pump.on_broken = lambda panel, error: ended.append(panel)
    screen.front.fails = True
    screen.hand_out(1, 2, 3, 4)
    assert ended == [screen.front]
    assert other.frames == [1, 2, 3, 4]


def test_the_panel_that_takes_longest_is_named(screen: Screen):
    screen.front.show_frame = lambda _: screen.clock.advance(0.030)
    screen.hand_out(1)
    assert screen.pump.figures.slowest_panel == "front"
    assert screen.pump.figures.interval_ms == 66


def test_only_visible_panels_are_ticked(screen: Screen):
    screen.pump._tick()
    assert (screen.front.ticks, screen.back.ticks) == (1, 0)
