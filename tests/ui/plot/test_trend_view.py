"""The trend as an operator handles it: it follows the present until taken hold of, by pointer or by keys."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from ui.dragging import mime_of, names_in
from ui.plot import Limit, Pen, TrendView
from ui.plot.export import save_picture
from ui.theme import Mode, Theme

NOW = 1_795_269_807.0


@pytest.fixture
def view(qtbot):
    theme = Theme()
    view = TrendView(theme)
    theme.setParent(view)
    qtbot.addWidget(view)
    view.resize(900, 300)
    view.show_pens([Pen("a", "T1 loading", "%", limits=(Limit(100.0, "T1 limit 100 %"),)), Pen("f", "Frequency", "Hz")])
    view.move_to_now(NOW)
    view.go_live(600.0)
    view.show()
    times = np.arange(NOW - 500, NOW - 10)
    view.trace("a").show_samples(times, 90 + (times - NOW) / 100)
    for second in range(10):
        view.trace("a").append(NOW - 10 + second, 95.0)
    view.refresh()
    return view


def press(qtbot, view, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(view, key, modifier)


def test_curves_of_different_units_get_lanes_of_their_own(view):
    assert [lane.unit for lane in view.stack.lanes.values()] == ["%", "Hz"]


def test_it_follows_the_present(view):
    before = view.span
    view.move_to_now(NOW + 30)
    assert view.span.right > before.right + 25
    assert view.span.length == pytest.approx(before.length)


def test_panning_by_key_holds_the_range_and_end_goes_back_to_live(view, qtbot):
    press(qtbot, view, Qt.Key.Key_Left)
    held = view.span
    view.move_to_now(NOW + 60)
    assert view.span == held
    assert not view.follows
    press(qtbot, view, Qt.Key.Key_End)
    assert view.follows


def test_zooming_while_live_keeps_the_present_in_view(view, qtbot):
    press(qtbot, view, Qt.Key.Key_Plus)
    assert view.follows
    assert view.span.length < 600
    assert view.span.left < NOW < view.span.right


def test_two_cursors_measure_time_and_value(view, qtbot):
    press(qtbot, view, Qt.Key.Key_C)
    view.move_cursor(0, NOW - 400)
    view.move_cursor(1, NOW - 200)
    assert view.cursors == (NOW - 400, NOW - 200)
    assert view.difference("a") == pytest.approx(2.0)
    press(qtbot, view, Qt.Key.Key_Escape)
    assert view.cursors == ()


def test_shift_and_control_with_arrows_move_one_cursor_each(view, qtbot):
    press(qtbot, view, Qt.Key.Key_C)
    first, second = view.cursors
    press(qtbot, view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(qtbot, view, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert view.cursors[0] > first
    assert view.cursors[1] < second


def test_the_legend_shows_the_newest_value_and_brackets_it_when_it_is_old(view):
    view.show_live_values(NOW)
    entry = view.legend._entries["a"]
    assert entry._value.text() == "95.0 %"
    view.show_live_values(NOW + 180)
    assert entry._value.text() == "[ 95.0 % ] 3 min"


def test_it_asks_for_history_once_the_range_has_come_to_rest(view, qtbot):
    asked = []
    view.history_wanted.connect(lambda left, right, columns: asked.append((left, right, columns)))
    for _ in range(5):
        press(qtbot, view, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: bool(asked), timeout=15000)
    assert len(asked) == 1
    assert asked[0][0] == view.span.left


def test_a_changed_theme_changes_the_picture(view):
    night = view.grab().toImage().pixelColor(200, 5)
    view.stack._theme.set_mode(Mode.DAY)
    assert view.grab().toImage().pixelColor(200, 5) != night


def test_saving_writes_png_and_svg(view, tmp_path):
    save_picture(view, tmp_path / "trend.png")
    save_picture(view, tmp_path / "trend.svg")
    assert QImage(str(tmp_path / "trend.png")).width() == 900
    assert "<svg" in (tmp_path / "trend.svg").read_text()
    with pytest.raises(OSError, match="could not be opened"):
        save_picture(view, tmp_path / "no such folder" / "trend.png")


def test_pens_that_stay_keep_their_samples(view):
    view.show_pens([Pen("a", "T1 loading", "%")])
    assert len(view.trace("a").ring) == 10
    assert view.trace("f") is None


def test_names_of_curves_travel_by_drag():
    assert names_in(mime_of(["T1.loading_percent", "BUS-002.voltage"])) == ["T1.loading_percent", "BUS-002.voltage"]
