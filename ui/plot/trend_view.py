"""A trend: lanes of curves over one time axis that follows the present until the operator takes hold of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from ui.plot.lane_stack import ZOOM_STEP, LaneStack
from ui.plot.legend import Legend
from ui.plot.trace import Pen, Trace
from ui.theme import Theme
from ui.values import format_number, show_value

SHORTEST_S, LONGEST_S = 0.05, 20 * 366 * 86400.0
_PAN_SHARE = 0.1
_CALM_MS = 250


@dataclass(frozen=True, slots=True)
class Span:
    """What the time axis shows, in seconds since 1970."""

    left: float
    right: float

    @property
    def length(self) -> float:
        return self.right - self.left


class TrendView(QWidget):
    """Give it pens and samples; once its range has come to rest it asks for the past by `history_wanted`."""

    history_wanted = Signal(float, float, int)
    following_changed = Signal(bool)
    span_changed = Signal()
    cursors_moved = Signal()
    pen_removed = Signal(str)

    def __init__(self, theme: Theme, zone: tzinfo = UTC, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._traces: dict[str, Trace] = {}
        self._span = Span(0.0, 3600.0)
        self._now: float | None = None
        self._now_word = "now"
        self._ahead_s = 0.0
        self._follows = True
        self._cursors: list[float] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.stack = LaneStack(theme, zone, self)
        self.legend = Legend(theme)
        self.legend.removed.connect(self.pen_removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.stack, 1)
        row.addWidget(self.legend)
        self._calm = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._calm.timeout.connect(self.ask_for_history)
        theme.changed.connect(self.stack.restyle)
        self.stack.restyle()

    @property
    def span(self) -> Span:
        return self._span

    @property
    def follows(self) -> bool:
        return self._follows

    @property
    def cursors(self) -> Sequence[float]:
        return tuple(self._cursors)

    @property
    def pens(self) -> list[Pen]:
        return [trace.pen for trace in self._traces.values()]

    @property
    def traces(self) -> list[Trace]:
        return list(self._traces.values())

    def trace(self, key: str) -> Trace | None:
        return self._traces.get(key)

    def show_pens(self, pens: Sequence[Pen]) -> None:
        """Draw these curves; those that stay keep their samples."""
        self._traces = {pen.key: self._kept(pen) for pen in pens}
        self.stack.show_traces(self._traces.values())
        self.stack.show_times(self._span.left, self._span.right)
        self.legend.show_pens(pens)
        self.refresh()

    def show_range(self, left: float, right: float, *, follow: bool = False) -> None:
        """Show a stretch of time; `follow` lets it move on with the present."""
        length = min(LONGEST_S, max(SHORTEST_S, right - left))
        self._span = Span(right - length, right)
        if follow != self._follows:
            self._follows = follow
            self.following_changed.emit(follow)
        self.stack.show_times(self._span.left, self._span.right)
        self.span_changed.emit()
        self._calm.start()
        self.refresh()

    def go_live(self, length_s: float | None = None, ahead_s: float | None = None) -> None:
        """Follow the present with so much of the past, and so much of the future for a forecast."""
        self._ahead_s = self._ahead_s if ahead_s is None else ahead_s
        length = length_s or self._span.length
        right = (self._now or self._span.right) + max(self._ahead_s, 0.02 * length)
        self.show_range(right - length, right, follow=True)

    def move_to_now(self, now: float) -> None:
        """The present has moved on; the range moves by whole pixels, so that thinned columns stay the same."""
        self._now = now
        if not self._follows:
            self.refresh()
            return
        pixel = self._span.length / self.stack.columns
        right = now + max(self._ahead_s, 0.02 * self._span.length)
        if abs(steps := (right - self._span.right) / pixel) >= 1.0:
            right = self._span.right + int(steps) * pixel
            self._span = Span(right - self._span.length, right)
            self.stack.show_times(self._span.left, self._span.right)
        self.refresh()

    def show_now_as(self, word: str) -> None:
        """What the line at the edge of time is called: the present, or another moment that the curves end at."""
        self._now_word = word
        self.refresh()

    def ask_for_history(self) -> None:
        """Ask for the past of what is seen; happens by itself once the range has come to rest."""
        if self._traces and self.isVisible():
            self.history_wanted.emit(self._span.left, self._span.right, self.stack.columns)

    def refresh(self) -> None:
        """Draw what has come in; once a frame, whatever the number of samples."""
        for lane in self.stack.lanes.values():
            lane.refresh(self._span.left, self._span.right, self.stack.columns)
            lane.show_marks(self._now, self._cursors, self._now_word)

    def show_live_values(self, now: float) -> None:
        """Write the newest values into the legend with their trust and age."""
        for key, trace in self._traces.items():
            pen, newest = trace.pen, trace.newest()
            if pen.is_ghost or newest is None:
                self.legend.show_value(key, show_value(trace.curve().value_at(now), pen.unit, pen.decimals))
                continue
            age = now - newest[0]
            trust = max(newest[2], 2 if age > pen.longest_pause_s and not pen.is_stepped else 0)
            shown = show_value(newest[1], pen.unit, pen.decimals, trust=trust, age_s=age, tone=_tone(pen, newest[1]))
            self.legend.show_value(key, shown)

        self._write_cursor_values()

    def toggle_cursors(self) -> None:
        if self._cursors:
            self._set_cursors([])
        else:
            left, length = self._span.left, self._span.length
            self._set_cursors([left + 0.55 * length, left + 0.75 * length])

    def move_cursor(self, index: int, moment: float) -> None:
        if index < len(self._cursors):
            moment = min(self._span.right, max(self._span.left, moment))
            self._set_cursors([moment if i == index else old for i, old in enumerate(self._cursors)])

    def difference(self, key: str) -> float | None:
        """The value at the second cursor less the value at the first."""
        trace = self._traces.get(key)
        if trace is None or len(self._cursors) < 2:
            return None
        first, second = (trace.curve().value_at(moment) for moment in self._cursors)
        return None if first is None or second is None else second - first

    def covered_share(self) -> float | None:
        """The share of the visible past for which good data is drawn, over all pens; nothing without pens."""
        traces = [trace for trace in self._traces.values() if not trace.pen.is_ghost]
        right = min(self._span.right, self._now or self._span.right)
        if not traces or right <= self._span.left:
            return None
        return sum(trace.curve().covered_share(self._span.left, right) for trace in traces) / len(traces)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Make the range longer or shorter; while following, the present stays where it is."""
        length = min(LONGEST_S, max(SHORTEST_S, self._span.length * factor))
        if self._follows:
            self.go_live(length)
            return
        fixed = around if around is not None else (self._span.left + self._span.right) / 2
        share = (fixed - self._span.left) / self._span.length
        self.show_range(fixed - share * length, fixed + (1 - share) * length)

    def pan(self, seconds: float) -> None:
        self.show_range(self._span.left + seconds, self._span.right + seconds)

    def take_focus(self) -> None:
        """The pointer was pressed in the curves: keys are meant for them now."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        way = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0}.get(key)
        if way and (shift or control) and self._cursors:
            index = 1 if control else 0
            self.move_cursor(index, self._cursors[index] + way * self._span.length / 200)
        elif way:
            self.pan(way * _PAN_SHARE * self._span.length)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Up):
            self.zoom(1 / ZOOM_STEP)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Down):
            self.zoom(ZOOM_STEP)
        elif key is Qt.Key.Key_End:
            self.go_live()
        elif key is Qt.Key.Key_C or (key is Qt.Key.Key_Escape and self._cursors):
            self.toggle_cursors()
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._calm.start()
        QTimer.singleShot(0, self.refresh)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _kept(self, pen: Pen) -> Trace:
        if old := self._traces.get(pen.key):
            old.pen = pen
            return old
        return Trace(pen)

    def _set_cursors(self, moments: list[float]) -> None:
        self._cursors = moments
        self._write_cursor_values()
        self.refresh()
        self.cursors_moved.emit()

    def _write_cursor_values(self) -> None:
        for key, trace in self._traces.items():
            values = [trace.curve().value_at(moment) for moment in self._cursors]
            self.legend.show_cursors(key, _cursor_text(trace.pen, values))


def _tone(pen: Pen, value: float) -> str:
    """The tone of the last limit, in the order they are listed, that a value has passed."""
    passed = [limit for limit in pen.limits if limit.is_passed_by(value)]
    return passed[-1].tone if passed else "normal"


def _cursor_text(pen: Pen, values: list[float | None]) -> str:
    if len(values) < 2:
        return ""
    first, second = ("n/a" if v is None else format_number(v, pen.decimals) for v in values)
    if values[0] is None or values[1] is None:
        return f"{first} → {second}"
    difference = values[1] - values[0]
    sign = "+" if difference > 0 else ""
    return f"{first} → {second}   Δ {sign}{format_number(difference, pen.decimals)}"
