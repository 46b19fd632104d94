"""A trend the size of a word, beside the number it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Theme


def paint_sparkline(
    painter: QPainter, theme: Theme, box: QRectF, values: Sequence[float | None], pen: str = "cond"
) -> None:
    """Fits the values to the box; nothing (None) leaves a gap, never a bridge."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return
    low, high = min(known), max(known)
    # A calm value must look calm: noise of a thousandth of the value is not blown up to the whole height.
    span = max(high - low, abs(high) * 1e-3, 1e-9)
    middle = (low + high) / 2
    step = box.width() / (len(values) - 1)
    path = QPainterPath()
    drawing = False
    for i, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        point = QPointF(box.left() + i * step, box.center().y() - (value - middle) / span * box.height() * 0.9)
        if drawing:
            path.lineTo(point)
        else:
            path.moveTo(point)
        drawing = True
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.pen(pen, 1.2))
    painter.drawPath(path)
    painter.restore()


class Sparkline(QWidget):
    """Call `show_values` with the newest last; drawing is all it does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, pen: str = "cond") -> None:
        super().__init__(parent)
        self._theme = theme
        self._pen = pen
        self._values: Sequence[float | None] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)

    def show_values(self, values: Sequence[float | None], pen: str | None = None) -> None:
        self._values = tuple(values)
        self._pen = pen or self._pen
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(100), self._theme.px(24))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(32), self._theme.px(16))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_sparkline(painter, self._theme, QRectF(self.rect()).adjusted(1, 2, -1, -2), self._values, self._pen)
        painter.end()
