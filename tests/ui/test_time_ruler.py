"""The ruler of time: its hand, its marks, its gestures, and what it says aloud."""

from datetime import UTC

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.theme import Theme
from ui.time_ruler import RulerMark, RulerSpan, TimeRuler

NOON = 1_795_262_400.0


@pytest.fixture
def ruler(qtbot, theme: Theme) -> TimeRuler:
    made = TimeRuler(theme, "moment", "nothing", UTC)
    qtbot.addWidget(made)
    made.resize(720, 46)
    made.show()
    made.show_span(NOON, NOON + 3600, RulerSpan(NOON + 600, NOON + 3000))
    return made


def drag(ruler: TimeRuler, x: int) -> None:
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))


def test_a_click_asks_for_the_whole_second_under_it(ruler: TimeRuler, qtbot):
    with qtbot.waitSignal(ruler.chosen) as asked:
        drag(ruler, 360)
    assert asked.args == [NOON + 1800]


@pytest.mark.parametrize(("x", "second"), [(1, 600), (719, 3000)])
def test_beyond_what_is_known_there_is_nothing_to_go_to(ruler: TimeRuler, qtbot, x: int, second: int):
    with qtbot.waitSignal(ruler.chosen) as asked:
        drag(ruler, x)
    assert asked.args == [NOON + second]


def test_a_click_on_a_mark_goes_to_the_second_after_it(ruler: TimeRuler, qtbot):
    ruler.show_marks([RulerMark(NOON + 1803.4, 1, "T1 HIHI")], [])
    with qtbot.waitSignal(ruler.chosen) as asked:
        drag(ruler, 358)
    assert asked.args == [NOON + 1804]


@pytest.mark.parametrize(
    ("key", "step"),
    [(Qt.Key.Key_Left, -1.0), (Qt.Key.Key_Right, 1.0), (Qt.Key.Key_PageDown, -60.0), (Qt.Key.Key_PageUp, 60.0)],
)
def test_arrow_and_page_keys_step_in_time(ruler: TimeRuler, qtbot, key: Qt.Key, step: float):
    with qtbot.waitSignal(ruler.stepped) as stepped:
        QTest.keyClick(ruler, key)
    assert stepped.args == [step]


def test_up_and_down_ask_for_the_next_mark_and_space_plays(ruler: TimeRuler, qtbot):
    with qtbot.waitSignal(ruler.mark_wanted) as wanted:
        QTest.keyClick(ruler, Qt.Key.Key_Down)
    assert wanted.args == [True]
    with qtbot.waitSignal(ruler.mark_wanted) as wanted:
        QTest.keyClick(ruler, Qt.Key.Key_Up)
    assert wanted.args == [False]
    with qtbot.waitSignal(ruler.play_wanted):
        QTest.keyClick(ruler, Qt.Key.Key_Space)


def test_the_wheel_asks_for_a_shorter_span_around_the_pointer(ruler: TimeRuler, qtbot):
    turn = QWheelEvent(
        QPointF(180, 10), QPointF(180, 10), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    with qtbot.waitSignal(ruler.span_wanted) as wanted:
        QApplication.sendEvent(ruler, turn)
    left, right = wanted.args
    assert right - left == pytest.approx(2400)
    assert (NOON + 900 - left) / (right - left) == pytest.approx(0.25)


def test_the_hand_is_said_aloud(ruler: TimeRuler):
    ruler.show_hand(NOON + 5)
    assert (ruler.accessibleName(), ruler.accessibleDescription()) == ("moment", "2026-11-21 12:00:05")


def test_a_silence_looks_other_than_what_was_recorded(ruler: TimeRuler):
    before = ruler.grab().toImage()
    ruler.show_marks([], [RulerSpan(NOON + 1200, NOON + 2400)])
    after = ruler.grab().toImage()
    inside, outside = [QPoint(x, y) for x in (300, 330) for y in range(4, 20)], QPoint(560, 10)
    assert any(before.pixelColor(point) != after.pixelColor(point) for point in inside)
    assert before.pixelColor(outside) == after.pixelColor(outside)
