"""The small picture beside a unit's figures: the current vector of a converter, or yield over what drives it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Theme

_SIDE, _LEAST_SIDE = 248, 184
_MARGIN = 28


@dataclass(frozen=True, slots=True)
class Picture:
    """A point and where it came from, oldest first; `polar` draws it as a vector from the middle."""

    trail: Sequence[tuple[float, float]] = ()
    now: tuple[float, float] | None = None
    polar: bool = True
    across: str = ""
    up: str = ""
    words: str = ""


def reach(values: Sequence[float]) -> float:
    """The end of a scale that holds all values: the next of 1, 2, 2.5, 5 times a power of ten."""
    most = max((abs(value) for value in values), default=0.0)
    if most <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if most <= step * power)


class PictureView(QWidget):
    """Show it a picture; drawing is all it does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = Picture()
        # A scale that breathed with every sample would make a steady current look alive: it grows, and is set anew
        # only by another unit.
        self._reach_x = self._reach_y = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        theme.changed.connect(self.update)

    def show_picture(self, picture: Picture, *, afresh: bool = False) -> None:
        points = [*picture.trail, *([picture.now] if picture.now else [])]
        if afresh:
            self._reach_x = self._reach_y = 0.0
        self._reach_x = max(self._reach_x, reach([x for x, _ in points]))
        self._reach_y = max(self._reach_y, reach([y for _, y in points]))
        if picture.polar:
            longest = max(self._reach_x, self._reach_y, reach([math.hypot(x, y) for x, y in points]))
            self._reach_x = self._reach_y = longest
        self._picture = picture
        self.setAccessibleDescription(picture.words)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_SIDE), self._theme.px(_SIDE))

    @override
    def minimumSizeHint(self) -> QSize:
        """On a small screen it is the picture that gives way, not a row of the tables above."""
        return QSize(self._theme.px(_LEAST_SIDE), self._theme.px(_LEAST_SIDE))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        margin = self._theme.px(_MARGIN)
        side = min(self.width(), self.height()) - 2 * margin
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.setFont(self._theme.font("small"))
        if self._picture.polar:
            self._paint_rose(painter, box)
        else:
            self._paint_axes(painter, box)
        self._paint_trail(painter, box)
        painter.end()

    def _place(self, box: QRectF, x: float, y: float) -> QPointF:
        if self._picture.polar:
            half = box.width() / 2
            return QPointF(box.center().x() + x / self._reach_x * half, box.center().y() - y / self._reach_y * half)
        return QPointF(box.left() + x / self._reach_x * box.width(), box.bottom() - y / self._reach_y * box.height())

    def _paint_rose(self, painter: QPainter, box: QRectF) -> None:
        theme, centre = self._theme, box.center()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.pen("hair"))
        for share in (0.5, 1.0):
            painter.drawEllipse(centre, box.width() / 2 * share, box.height() / 2 * share)
        painter.setPen(theme.pen("line"))
        painter.drawLine(QPointF(box.left(), centre.y()), QPointF(box.right(), centre.y()))
        painter.drawLine(QPointF(centre.x(), box.top()), QPointF(centre.x(), box.bottom()))
        painter.setPen(theme.color("t2"))
        text = theme.px(20)
        painter.drawText(QRectF(box.right(), centre.y() - text / 2, theme.px(_MARGIN), text), _MIDDLE, "d")
        painter.drawText(QRectF(centre.x() - text, box.top() - text, 2 * text, text), _MIDDLE, "q")
        for share in (0.5, 1.0):
            at = centre + QPointF(-1.0, 1.0) * (box.width() / 2 * share * math.sqrt(0.5))
            said = QRectF(at.x() - 2 * text, at.y() - text / 2, 4 * text, text)
            width = painter.fontMetrics().horizontalAdvance(label := f"{self._reach_x * share:,.4g} A") + theme.px(4)
            painter.fillRect(QRectF(at.x() - width / 2, said.top() + 2, width, text - 4), theme.color("bg1"))
            painter.drawText(said, _MIDDLE, label)

    def _paint_axes(self, painter: QPainter, box: QRectF) -> None:
        theme, text = self._theme, self._theme.px(18)
        for share in (0.5, 1.0):
            painter.setPen(theme.pen("hair"))
            across, up = box.left() + share * box.width(), box.bottom() - share * box.height()
            painter.drawLine(QPointF(across, box.top()), QPointF(across, box.bottom()))
            painter.drawLine(QPointF(box.left(), up), QPointF(box.right(), up))
            painter.setPen(theme.color("t2"))
            label = QRectF(across - 2 * text, box.bottom() + 2, 4 * text, text)
            painter.drawText(label, _MIDDLE, f"{self._reach_x * share:,.4g}")
            inside = QRectF(box.left() + 4, up + 1, 6 * text, text)
            painter.drawText(inside, Qt.AlignmentFlag.AlignLeft, f"{self._reach_y * share:,.4g} {self._picture.up}")
        painter.drawText(QRectF(box.left() - text, box.bottom() + 2, 5 * text, text), _START, self._picture.across)
        painter.setPen(theme.pen("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.drawLine(box.bottomLeft(), box.topLeft())

    def _paint_trail(self, painter: QPainter, box: QRectF) -> None:
        theme, picture = self._theme, self._picture
        painter.setPen(Qt.PenStyle.NoPen)
        count = len(picture.trail)
        for index, (x, y) in enumerate(picture.trail):
            painter.setBrush(theme.color("pen1", 0.10 + 0.35 * index / max(count, 1)))
            painter.drawEllipse(self._place(box, x, y), theme.px(2), theme.px(2))
        if picture.now is None:
            return
        end = self._place(box, *picture.now)
        if picture.polar:
            painter.setPen(theme.pen("pen1", 2.0))
            painter.drawLine(box.center(), end)
        painter.setPen(theme.pen("bg1", 1.0))
        painter.setBrush(theme.color("pen1"))
        painter.drawEllipse(end, theme.px(4.5), theme.px(4.5))


_MIDDLE = Qt.AlignmentFlag.AlignCenter
_START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
