"""The study's start, its changes and its verdict as an operator reads and edits them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from backend_core.grid.model import ElementId
from backend_core.simulation.model import StudyStart
from console.features.study import words
from console.features.study.state import Verdict
from ui.styling import restyle
from ui.theme import Theme
from ui.values import format_age

DOUBTS_NAMED = 4
SCALE_MOST = 300.0


def heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "title")
    label.setContentsMargins(12, 8, 12, 4)
    return label


def _sentence() -> QLabel:
    label = QLabel(wordWrap=True)
    label.setProperty("tone", "secondary")
    label.hide()
    return label


class StartCard(QWidget):
    """From which moment the study starts and how far that may be trusted."""

    def __init__(self, take_again: Callable[[], object]) -> None:
        super().__init__()
        self._line = QLabel(words.NO_START, wordWrap=True)
        self._doubts, self._assumed = _sentence(), _sentence()
        again = QPushButton(words.TAKE_AGAIN)
        again.setProperty("tone", "quiet")
        again.setToolTip(words.TAKE_AGAIN_HELP)
        again.clicked.connect(lambda *_: take_again())
        title = QHBoxLayout()
        title.addWidget(heading(words.START))
        title.addWidget(self._line, stretch=1)
        title.addWidget(again)
        texts = QVBoxLayout()
        texts.setContentsMargins(12, 0, 12, 4)
        texts.setSpacing(4)
        for label in (self._doubts, self._assumed):
            texts.addWidget(label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(title)
        layout.addLayout(texts)

    def show_start(self, start: StudyStart, name_of: Callable[[ElementId], str]) -> None:
        oldest = "n/a" if start.oldest_age_s is None else format_age(start.oldest_age_s)
        self._line.setText(words.start(start.taken_at, start.good, start.wanted, oldest))
        restyle(self._line, tone="normal" if start.good == start.wanted else "high")
        named = [str(point) for point in start.doubtful[:DOUBTS_NAMED]]
        _say(self._doubts, words.doubts(named, len(start.doubtful) - len(named)) if named else "")
        dark = [name_of(load) for load in sorted(start.assumed)]
        _say(self._assumed, words.assumed(dark) if dark else "")


class ChangeForm(QWidget):
    """Below the table: the loads, the steps so far, and what may be done with them."""

    run_wanted = Signal()
    undo_wanted = Signal()
    clear_wanted = Signal()
    change_wanted = Signal()
    all_scaled = Signal(float)
    one_scaled = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._all = _percent(words.ALL_LOADS)
        self._one = _percent(words.ONE_LOAD)
        self._one_label = QLabel(words.ONE_LOAD)
        self._steps = QLabel(words.NO_STEPS, wordWrap=True)
        self._change = _button(words.CHANGE, words.CHANGE_HELP)
        self._undo = _button(words.UNDO, words.ACTION_UNDO)
        self._clear = _button(words.CLEAR, words.ACTION_CLEAR)
        self._run = _button(words.RUN, words.RUN_HELP)
        self._run.setProperty("tone", "primary")
        for box in (self._all, self._one):
            box.setFixedWidth(theme.px(92))
        self._build()
        self._all.editingFinished.connect(lambda: self.all_scaled.emit(self._all.value()))
        self._one.editingFinished.connect(lambda: self.one_scaled.emit(self._one.value()))
        for button, signal in (
            (self._change, self.change_wanted),
            (self._undo, self.undo_wanted),
            (self._clear, self.clear_wanted),
            (self._run, self.run_wanted),
        ):
            button.clicked.connect(lambda *_, told=signal: told.emit())

    def show_steps(self, steps: list[str], *, can_undo: bool) -> None:
        self._steps.setText(words.listed(steps) or words.NO_STEPS)
        restyle(self._steps, tone="estimated" if steps else "secondary")
        self._undo.setEnabled(can_undo)
        self._clear.setEnabled(bool(steps))

    def show_scale(self, percent: float) -> None:
        _show(self._all, percent)

    def show_chosen(self, load: str, percent: float) -> None:
        self._one.setEnabled(bool(load))
        self._one_label.setText(words.one_load(load) if load else words.ONE_LOAD)
        self._one.setToolTip("" if load else words.ONE_LOAD_HELP)
        _show(self._one, percent)

    def allow_change(self, allowed: bool) -> None:
        self._change.setEnabled(allowed)

    def edit_load(self) -> None:
        self._one.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._one.selectAll()

    def set_busy(self, busy: bool) -> None:
        self._run.setEnabled(not busy)

    def _build(self) -> None:
        loads = QHBoxLayout()
        for widget in (QLabel(words.ALL_LOADS), self._all, self._one_label, self._one):
            loads.addWidget(widget)
        loads.addStretch()
        loads.addWidget(self._change)
        buttons = QHBoxLayout()
        buttons.addWidget(self._undo)
        buttons.addWidget(self._clear)
        buttons.addStretch()
        buttons.addWidget(self._run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(loads)
        layout.addWidget(self._steps)
        layout.addLayout(buttons)


class ResultCard(QFrame):
    """The verdict in words above the tables."""

    def __init__(self) -> None:
        super().__init__()
        self._what = QLabel(wordWrap=True)
        self._what.setProperty("role", "title")
        self._remedy, self._outdated = _sentence(), _sentence()
        self._outdated.setText(words.OUTDATED)
        restyle(self._outdated, tone="high")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 8)
        layout.setSpacing(4)
        title = heading(words.RESULT)
        title.setContentsMargins(0, 8, 0, 4)
        for part in (title, self._outdated, self._what, self._remedy):
            layout.addWidget(part)

    def show_verdict(self, verdict: Verdict) -> None:
        self._what.setText(verdict.what)
        restyle(self._what, tone=verdict.tone)
        _say(self._remedy, verdict.remedy)
        self.setAccessibleName(f"{verdict.what} {verdict.remedy}".strip())

    def show_outdated(self, is_outdated: bool) -> None:
        self._outdated.setVisible(is_outdated)


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button


def _percent(name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox(suffix=" %", decimals=0, minimum=0.0, maximum=SCALE_MOST, singleStep=5.0, value=100.0)
    box.setAccessibleName(name)
    box.setKeyboardTracking(False)
    return box


def _show(box: QDoubleSpinBox, percent: float) -> None:
    """Without telling anybody: a value shown is no change made."""
    box.blockSignals(True)
    box.setValue(percent)
    box.blockSignals(False)
