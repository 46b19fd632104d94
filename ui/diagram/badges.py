"""What stands beside an element: the mark of its most urgent condition, and tags as small boxed letters."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from ui.diagram.looks import Badge
from ui.marks import Mark, paint_mark
from ui.theme import Theme

MARK_PX, PITCH_PX = 16.0, 19.0
LEAST_MARK_PX = 15.0


class BadgeLayer(QGraphicsItem):
    """One painting item for all badges of a view; the marks that nobody has seen yet follow the theme's pulse."""

    def __init__(self, bounds: QRectF, places: Mapping[str, QPointF], theme: Theme) -> None:
        super().__init__()
        self.setZValue(6.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._bounds, self._places, self._theme = bounds, places, theme
        self._badges: Mapping[str, Badge] = {}

    def apply(self, badges: Mapping[str, Badge]) -> None:
        if badges != self._badges:
            for element in self._badges.keys() | badges.keys():
                self._update(element)
            self._badges = badges

    def pulse(self) -> None:
        for element, badge in self._badges.items():
            if badge.pulsing:
                self._update(element)

    @override
    def boundingRect(self) -> QRectF:
        return self._bounds

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        # A mark whose digit cannot be read is only a blot: in a small view it keeps its size and grows to the left.
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        grown = max(1.0, LEAST_MARK_PX / (MARK_PX * scale))
        for element, badge in self._badges.items():
            if (place := self._places.get(element)) is None:
                continue
            painter.save()
            painter.translate(place.x() + MARK_PX / 2, place.y())
            painter.scale(grown, grown)
            painter.translate(-place.x() - MARK_PX / 2, -place.y())
            x = place.x()
            if badge.priority:
                box = QRectF(x - MARK_PX / 2, place.y() - MARK_PX / 2, MARK_PX, MARK_PX)
                paint_mark(
                    painter, self._theme, box, Mark(badge.priority, pulsing=badge.pulsing, studied=badge.is_studied)
                )
            x -= PITCH_PX if badge.priority else 0.0
            for tag in badge.tags:
                self._paint_tag(painter, QPointF(x, place.y()), tag)
                x -= PITCH_PX
            painter.restore()

    def _paint_tag(self, painter: QPainter, middle: QPointF, letter: str) -> None:
        box = QRectF(middle.x() - 7.5, middle.y() - 7.5, 15, 15)
        font = self._theme.font("small", bold=True)
        font.setPixelSize(10)
        painter.setPen(QPen(self._theme.color("man"), 1.2))
        painter.setBrush(self._theme.color("bg1"))
        painter.drawRoundedRect(box, 2, 2)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)

    def _update(self, element: str) -> None:
        if (place := self._places.get(element)) is not None:
            self.update(QRectF(place.x() - 8 * PITCH_PX, place.y() - 2 * MARK_PX, 9 * PITCH_PX, 4 * MARK_PX))
