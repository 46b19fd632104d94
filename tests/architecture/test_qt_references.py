"""PySide6 6.12.0 loses references of None and True on Python 3.11 until the process aborts; ours must not."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

ROUNDS = 1000
SLACK = 50  # pytest and the interpreter keep a few of their own


class Bell(QObject):
    rung = Signal(bool)


@pytest.mark.parametrize("singleton", [None, True], ids=["None", "True"])
def test_reference_counts_stay_flat_over_a_thousand_calls(qtbot, singleton: object):
    widget, bell = QWidget(), Bell()
    qtbot.addWidget(widget)
    calls: list[Callable[[], object]] = [
        lambda: widget.setEnabled(True),
        lambda: widget.setToolTip(""),
        lambda: bell.rung.emit(True),
        lambda: bell.killTimer(bell.startTimer(60_000)),
        lambda: QTimer.singleShot(0, bell, bell.objectName),
    ]
    for call in calls:
        call()
        before = sys.getrefcount(singleton)
        for _ in range(ROUNDS):
            call()
        assert abs(sys.getrefcount(singleton) - before) < SLACK
