"""The priority mark: a shape, a digit and a colour, so that none of them has to speak alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Theme
from ui.tones import PRIORITY_TONES, TONES

MARK_SIZE = 16
PRIORITY_WORDS = {1: "critical", 2: "high", 3: "medium", 4: "low"}


@dataclass(frozen=True, slots=True)
class Mark:
    """`hollow`: the condition is gone but nobody has seen it; `pulsing`: unacknowledged, blinks at 1 Hz;
    `studied`: only a study says so, hollow with the outline of studies.
    """

    priority: int
    hollow: bool = False
    pulsing: bool = False
    studied: bool = False


def paint_mark(painter: QPainter, theme: Theme, box: QRectF, mark: Mark) -> None:
    """Square, triangle, diamond or circle with its digit, filling `box`."""
    token = TONES[PRIORITY_TONES[mark.priority]]
    hollow = mark.hollow or mark.studied
    painter.save()
    # The dark half of a blink stays filled: hollow means something else.
    painter.setOpacity(0.45 if mark.pulsing and not theme.pulse else 1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.pen("est" if mark.studied else token, 1.5) if hollow else theme.pen("t0", 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush if hollow else theme.color(f"{token}_fill"))
    _draw_shape(painter, box.adjusted(0.75, 0.75, -0.75, -0.75), mark.priority)
    painter.setPen(theme.color(token if hollow else f"{token}_ink"))
    font = theme.font("small", bold=True)
    font.setPixelSize(max(6, round(box.height() * 0.62)))
    painter.setFont(font)
    lowered = box.adjusted(0, box.height() * 0.18, 0, 0) if mark.priority == 2 else box
    painter.drawText(lowered, Qt.AlignmentFlag.AlignCenter, str(mark.priority))
    painter.restore()


def _draw_shape(painter: QPainter, box: QRectF, priority: int) -> None:
    if priority == 1:
        painter.drawRoundedRect(box, 2, 2)
    elif priority == 2:
        points = [QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]
        painter.drawPolygon(QPolygonF(points))
    elif priority == 3:
        middle = box.center()
        grown = box.adjusted(-1, -1, 1, 1)
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(middle.x(), grown.top()),
                    QPointF(grown.right(), middle.y()),
                    QPointF(middle.x(), grown.bottom()),
                    QPointF(grown.left(), middle.y()),
                ]
            )
        )
    else:
        painter.drawEllipse(box)


class PriorityMark(QWidget):
    """The mark as a widget, for banners and faceplates."""

    def __init__(self, theme: Theme, mark: Mark, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mark = mark
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.pulsed.connect(self._on_pulse)
        theme.changed.connect(self.updateGeometry)
        self.show_mark(mark)

    def show_mark(self, mark: Mark) -> None:
        self._mark = mark
        self.setAccessibleName(f"priority {mark.priority}, {PRIORITY_WORDS[mark.priority]}")
        self.update()

    @override
    def sizeHint(self) -> QSize:
        side = self._theme.px(MARK_SIZE) + 2
        return QSize(side, side)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_mark(painter, self._theme, QRectF(self.rect()).adjusted(1, 1, -1, -1), self._mark)
        painter.end()

    def _on_pulse(self, _: bool) -> None:
        if self._mark.pulsing and self.isVisible():
            self.update()
