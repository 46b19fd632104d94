"""A ruler of time with a hand: what happened stands on it as marks, of what nothing is known is hatched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.marks import Mark, paint_mark
from ui.theme import Theme
from ui.time_ticks import tick_step, tick_text

ZOOM_STEP = 1.5
_CALM_MS = 180
_HEIGHT, _MARK, _FOOT = 46, 13, 16
_NEAR_MARK = 5
_STEPS_S = {
    Qt.Key.Key_Left: -1.0,
    Qt.Key.Key_Right: 1.0,
    Qt.Key.Key_PageDown: -60.0,
    Qt.Key.Key_PageUp: 60.0,
}


@dataclass(frozen=True, slots=True)
class RulerMark:
    """Something that happened, with a priority of 1 to 4."""

    at_s: float
    priority: int
    title: str


@dataclass(frozen=True, slots=True)
class RulerSpan:
    """What the ruler shows, in seconds since 1970."""

    left: float
    right: float

    @property
    def length(self) -> float:
        return self.right - self.left


class TimeRuler(QWidget):
    """Dragging moves the hand at once and asks for its moment when the hand rests; the wheel asks for another span."""

    chosen = Signal(float)
    stepped = Signal(float)
    mark_wanted = Signal(bool)
    play_wanted = Signal()
    span_wanted = Signal(float, float)

    def __init__(self, theme: Theme, name: str, silence: str, zone: tzinfo = UTC) -> None:
        """`silence` is the word on a stretch of which nothing is known."""
        super().__init__()
        self._theme = theme
        self._zone = zone
        self._name, self._silence = name, silence
        self._span = RulerSpan(0.0, 3600.0)
        self._known = RulerSpan(0.0, 3600.0)
        self._hand: float | None = None
        self._held: float | None = None
        self._marks: Sequence[RulerMark] = ()
        self._gaps: Sequence[RulerSpan] = ()
        self._calm = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._calm.timeout.connect(self._choose_held)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme.changed.connect(self.updateGeometry)

    @property
    def span(self) -> RulerSpan:
        return self._span

    @property
    def hand(self) -> float | None:
        """Where the hand stands, or is being held."""
        return self._hand if self._held is None else self._held

    def show_span(self, left: float, right: float, known: RulerSpan) -> None:
        """Show a stretch of time; outside of what is `known` there is nothing to go to."""
        self._span, self._known = RulerSpan(left, max(right, left + 1.0)), known
        self.update()

    def show_marks(self, marks: Sequence[RulerMark], gaps: Sequence[RulerSpan]) -> None:
        self._marks, self._gaps = tuple(marks), tuple(gaps)
        self.update()

    def show_hand(self, at_s: float | None) -> None:
        self._hand = at_s
        if at_s is not None:
            self.setAccessibleDescription(self._said(at_s))
        self.update()

    def moment_at(self, x: float) -> float:
        """The whole second under a pixel, within what is known."""
        at_s = self._span.left + x / max(1, self.width()) * self._span.length
        return float(ceil(min(self._known.right, max(self._known.left, at_s))))

    def x_of(self, at_s: float) -> float:
        return (at_s - self._span.left) / self._span.length * self.width()

    # --- gestures ---------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            near = self._mark_near(event.position().x())
            self._hold(self.moment_at(event.position().x()) if near is None else float(ceil(near.at_s)))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._hold(self.moment_at(event.position().x()))
            return
        near = self._mark_near(event.position().x())
        at_s = self.moment_at(event.position().x()) if near is None else near.at_s
        self.setToolTip(self._said(at_s) if near is None else f"{near.title}\n{self._said(at_s)}")

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._calm.stop()
        self._choose_held()
        self._held = None
        self.update()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120.0
        if steps:
            self.zoom(ZOOM_STEP ** (-steps), self._span.left + event.position().x() / self.width() * self._span.length)
        event.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif (step := _STEPS_S.get(key)) is not None:
            self.stepped.emit(step)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.mark_wanted.emit(key is Qt.Key.Key_Down)
        elif key is Qt.Key.Key_Space:
            self.play_wanted.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(ZOOM_STEP if key is Qt.Key.Key_Minus else 1.0 / ZOOM_STEP)
        elif key is Qt.Key.Key_Home:
            self.chosen.emit(self._known.left)
        elif key is Qt.Key.Key_End:
            self.chosen.emit(self._known.right)
        else:
            super().keyPressEvent(event)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Ask for a longer or shorter span; what stands under the pointer, or the hand, stays where it is."""
        fixed = around if around is not None else self._hand if self._hand is not None else self._span.right
        share = (fixed - self._span.left) / self._span.length
        length = max(60.0, self._span.length * factor)
        self.span_wanted.emit(fixed - share * length, fixed + (1.0 - share) * length)

    def _hold(self, at_s: float) -> None:
        if at_s != self._held:
            self._held = at_s
            self._calm.start()
            self.update()

    def _choose_held(self) -> None:
        if self._held is not None and self._held != self._hand:
            self.chosen.emit(self._held)

    def _mark_near(self, x: float) -> RulerMark | None:
        reach = self._theme.px(_NEAR_MARK)
        near = [mark for mark in self._marks if abs(self.x_of(mark.at_s) - x) <= reach]
        return min(near, key=lambda mark: (mark.priority, abs(self.x_of(mark.at_s) - x)), default=None)

    def _said(self, at_s: float) -> str:
        return f"{datetime.fromtimestamp(at_s, UTC).astimezone(self._zone):%Y-%m-%d %H:%M:%S}"

    # --- painting ---------------------------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(300), self._theme.px(_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(_HEIGHT))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band = QRectF(0, self._theme.px(1), self.width(), self.height() - self._theme.px(_FOOT) - self._theme.px(1))
        painter.fillRect(band, self._theme.color("bg0"))
        known = QRectF(self.x_of(self._known.left), band.top(), 0, band.height())
        known.setRight(self.x_of(self._known.right))
        painter.fillRect(known.intersected(band), self._theme.color("bg2"))
        self._paint_gaps(painter, band)
        self._paint_ticks(painter, band)
        self._paint_marks(painter, band)
        self._paint_hand(painter, band)
        painter.setPen(self._theme.pen("sel" if self.hasFocus() else "line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(band.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _paint_gaps(self, painter: QPainter, band: QRectF) -> None:
        painter.setFont(self._theme.font("small"))
        for gap in self._gaps:
            left, right = max(0.0, self.x_of(gap.left)), min(float(self.width()), self.x_of(gap.right))
            if right <= left:
                continue
            box = QRectF(left, band.top(), max(2.0, right - left), band.height())
            painter.fillRect(box, self._theme.color("bg0"))
            painter.fillRect(box, QBrush(self._theme.color("dead"), Qt.BrushStyle.BDiagPattern))
            if box.width() >= painter.fontMetrics().horizontalAdvance(self._silence):
                painter.setPen(self._theme.color("t1"))
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, self._silence)

    def _paint_ticks(self, painter: QPainter, band: QRectF) -> None:
        step = tick_step(self._span.length, self.width())
        at = datetime.fromtimestamp(self._span.left, UTC).astimezone(self._zone)
        shift = at.utcoffset()
        offset = shift.total_seconds() if shift else 0.0
        first = ceil((self._span.left + offset) / step) * step - offset
        painter.setFont(self._theme.font("small"))
        for number in range(int((self._span.right - first) / step) + 1):
            moment = first + number * step
            x = self.x_of(moment)
            painter.setPen(self._theme.pen("hair"))
            painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom()))
            painter.setPen(self._theme.color("t2"))
            text = QRectF(x - self._theme.px(50), band.bottom(), self._theme.px(100), self._theme.px(_FOOT))
            if text.left() > -self._theme.px(30) and text.right() < self.width() + self._theme.px(30):
                painter.drawText(text, Qt.AlignmentFlag.AlignCenter, tick_text(moment, step, self._zone))

    def _paint_marks(self, painter: QPainter, band: QRectF) -> None:
        """Urgent ones last: where many share a pixel the most urgent is seen."""
        side = self._theme.px(_MARK)
        seen: set[tuple[int, int]] = set()
        for mark in sorted(self._marks, key=lambda mark: -mark.priority):
            x = self.x_of(mark.at_s)
            place = (round(x), mark.priority)
            if 0 <= x <= self.width() and place not in seen:
                seen.add(place)
                paint_mark(painter, self._theme, QRectF(x - side / 2, band.top() + 1, side, side), Mark(mark.priority))

    def _paint_hand(self, painter: QPainter, band: QRectF) -> None:
        if (hand := self.hand) is None:
            return
        x, wing = self.x_of(hand), self._theme.px(6)
        painter.setPen(self._theme.pen("sel", 2.0))
        painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("sel"))
        foot = band.bottom()
        corners = [QPointF(x - wing, foot + wing), QPointF(x + wing, foot + wing), QPointF(x, foot - wing / 2)]
        painter.drawPolygon(QPolygonF(corners))
