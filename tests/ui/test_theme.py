"""One stylesheet from tokens, switched live, with figures that do not dance."""

import re

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel

from ui.resources import resource
from ui.theme import Mode, Theme
from ui.theme.stylesheet import fill
from ui.theme.tokens import DAY, NIGHT


def test_switching_to_day_changes_colours_and_says_so(theme: Theme, qtbot):
    night = theme.color("bg0").name()
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(Mode.DAY)
    assert (night, theme.color("bg0").name().upper()) == (NIGHT.bg0.lower(), DAY.bg0)


def test_the_zoom_reaches_labels_that_are_already_shown(theme: Theme, qtbot):
    label = QLabel("102.8")
    label.setProperty("role", "figure")
    qtbot.addWidget(label)
    label.show()
    assert label.font().pixelSize() == 22
    theme.set_zoom(1.5)
    assert label.font().pixelSize() == 33


@pytest.mark.parametrize("role", ["small", "body", "title", "figure"])
def test_all_figures_have_the_same_width(theme: Theme, role: str):
    metrics = QFontMetricsF(theme.font(role))
    widths = {metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}
    assert len(widths) == 1


def test_a_label_dressed_by_the_stylesheet_keeps_equal_figures(theme: Theme, qtbot):
    label = QLabel("1")
    label.setProperty("role", "title")
    qtbot.addWidget(label)
    label.show()
    metrics = QFontMetricsF(label.font())
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_no_stylesheet_names_a_colour_by_its_value():
    for path in resource("styles").glob("*.qss"):
        assert not re.search(r"#[0-9A-Fa-f]{6}\b|rgb", path.read_text(encoding="utf-8")), path.name


def test_lengths_grow_with_the_zoom_and_comments_are_left_out():
    assert fill("a { width: 12dp; color: @t0; } /* @nothing */", {"t0": "#111111"}, 1.5) == (
        "a { width: 18px; color: #111111; } "
    )


def test_touch_mode_makes_rows_large_enough_for_a_finger(theme: Theme):
    theme.set_touch(True)
    assert theme.row_height >= 44
