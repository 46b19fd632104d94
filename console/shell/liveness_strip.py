"""The strip that proves the screen is alive: core, broker, database, data age, desk, and a clock whose hand moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from console.shell import words
from console.shell.liveness import Sign
from ui.styling import restyle
from ui.theme import Theme
from ui.tones import TONES

HAND_MS = 250
MOST_SIGNS = 7
HANDS_A_TURN = 60_000 // HAND_MS
_HAND, _ARROW = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor


class Dot(QWidget):
    """Round and grey while all is well; a tall diamond when not, so that shape speaks beside colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tone = "normal"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_tone(self, tone: str) -> None:
        if tone != self._tone:
            self._tone = tone
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(10), self._theme.px(12))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        calm = self._tone in ("normal", "tertiary")
        painter.setPen(self._theme.pen("cond" if calm else TONES[self._tone]))
        painter.setBrush(self._theme.color("dead" if calm else TONES[self._tone]))
        middle, radius = QRectF(self.rect()).center(), self._theme.px(3.5 if calm else 5)
        if calm:
            painter.drawEllipse(middle, radius, radius)
        else:
            x, y = middle.x(), middle.y()
            corners = ((0, -radius), (radius, 0), (0, radius), (-radius, 0))
            painter.drawPolygon([QPointF(x + dx, y + dy) for dx, dy in corners])
        painter.end()


class ClockFace(QWidget):
    """A small face beside the digits. The screen's own counter moves the hand: if the screen freezes, it stops."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._steps = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words.STATION_CLOCK)
        self._timer = QTimer(self, interval=HAND_MS)
        self._timer.timeout.connect(self._step)
        self._timer.start()

    def set_to(self, now: datetime) -> None:
        """Once at start, so that the hand stands where a clock's would."""
        self._steps = round((now.second + now.microsecond / 1e6) * 1000 / HAND_MS)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(20), self._theme.px(20))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(self.rect()).center()
        radius = self._theme.px(8.5)
        painter.setPen(self._theme.pen("t2", 1.2))
        painter.drawEllipse(middle, radius, radius)
        angle = 2 * pi * self._steps / HANDS_A_TURN - pi / 2
        painter.setPen(self._theme.pen("t0", 1.6))
        painter.drawLine(middle, middle + QPointF(cos(angle), sin(angle)) * radius * 0.8)
        painter.end()

    def _step(self) -> None:
        self._steps = (self._steps + 1) % HANDS_A_TURN
        self.update()


class PressableLabel(QLabel):
    """What a sign says; pressed by mouse, Enter or Space where there is more to show."""

    pressed = Signal()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
            return
        super().keyPressEvent(event)


class LivenessStrip(QWidget):
    """Stands in every window; the same object never in two, for a strip that is moved could be missed."""

    pressed = Signal(str)
    """The name of the sign that somebody wants to know more of."""

    def __init__(self, theme: Theme, desk: str) -> None:
        super().__init__()
        self.setAccessibleName(words.LIVENESS)
        self._theme = theme
        self._compact = False
        self._signs: Sequence[Sign] = ()
        self._entries: list[tuple[Dot, PressableLabel, PressableLabel]] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.px(4))
        for _ in range(MOST_SIGNS):
            self._add_entry()
        self._mode = QLabel()
        self._mode.setProperty("role", "title")
        self._mode.hide()
        self._layout.addWidget(self._mode)
        self._desk = QLabel(desk)
        self._desk.setProperty("tone", "secondary")
        self._layout.addWidget(self._desk)
        self._desk.setVisible(bool(desk))
        self.face = ClockFace(theme)
        self._layout.addWidget(self.face)
        self._time = QLabel("--:--:--")
        self._time.setProperty("role", "clock")
        self._layout.addWidget(self._time)

    def set_compact(self, compact: bool) -> None:
        """In a narrow window what is normal says its name only; what is not still says everything."""
        if compact != self._compact:
            self._compact = compact
            restyle(self._time, room="narrow" if compact else "wide")
            self._desk.setVisible(not compact and bool(self._desk.text()))
            self._show_entries()

    def show_signs(self, signs: Sequence[Sign], now: datetime) -> None:
        self._time.setText(now.astimezone().strftime("%H:%M:%S"))
        if list(signs) != list(self._signs):
            self._signs = tuple(signs)
            self._show_entries()

    def _show_entries(self) -> None:
        for (dot, name, value), sign in zip(self._entries, self._signs, strict=False):
            brief = self._compact and sign.tone == "normal"
            dot.show_tone(sign.tone)
            name.setText(sign.name)
            value.setText(sign.text)
            value.setAccessibleName(f"{sign.name}: {sign.text}")
            value.setVisible(not brief or sign.name == words.DATA_AGE)
            name.setVisible(not (self._compact and sign.name == words.DATA_AGE))
            for widget in (dot, name, value):
                widget.setToolTip(f"{sign.name}: {sign.text}")
            for label in (name, value):
                label.setCursor(_HAND if sign.name == words.CONSOLES else _ARROW)
            dot.show()
            restyle(value, tone=sign.tone)
            if brief and sign.name == words.CONSOLES:
                # The one entry that is no sign of life; the palette lists the consoles all the same.
                dot.hide()
                name.hide()
        for entry in self._entries[len(self._signs) :]:
            for widget in entry:
                widget.hide()

    def show_mode(self, tag: str, tone: str) -> None:
        self._mode.setText(tag)
        self._mode.setVisible(bool(tag))
        restyle(self._mode, tone=tone)

    def _add_entry(self) -> None:
        entry = (Dot(self._theme), PressableLabel(), PressableLabel())
        entry[1].setProperty("tone", "secondary")
        for label in entry[1:]:
            label.pressed.connect(lambda name=entry[1]: self.pressed.emit(name.text()))
        for widget in entry:
            self._layout.addWidget(widget)
        self._layout.addSpacing(self._theme.px(8))
        self._entries.append(entry)
