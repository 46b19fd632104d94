"""A hatch over everything with a word and a time: what lies below can be read but not believed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.overlay import Overlay
from ui.theme import Theme

STEP = 44


class HatchOverlay(Overlay):
    """Painted by whoever owns the event loop and nobody else; lets clicks fall on itself, not through."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host)
        self._word = ""
        self._detail = ""

    def say(self, word: str, detail: str) -> None:
        self._word, self._detail = word, detail
        self.setAccessibleName(f"{word}. {detail}")
        self.cover()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("bg0", 0.25))
        painter.setPen(theme.pen("high", 2))
        painter.setOpacity(0.4)
        step = theme.px(STEP)
        for x in range(-self.height(), self.width(), step):
            painter.drawLine(x, self.height(), x + self.height(), 0)
        painter.setOpacity(1.0)
        box = QRectF(0, 0, theme.px(420), theme.px(92))
        box.moveCenter(QRectF(self.rect()).center())
        painter.setPen(theme.pen("high", 2))
        painter.setBrush(theme.color("bg0"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.color("high"))
        painter.setFont(theme.font("figure", bold=True))
        upper = box.adjusted(0, theme.px(12), 0, -theme.px(44))
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, self._word)
        painter.setPen(theme.color("t0"))
        painter.setFont(theme.font("body"))
        lower = box.adjusted(theme.px(12), theme.px(46), -theme.px(12), -theme.px(8))
        painter.drawText(lower, int(Qt.AlignmentFlag.AlignCenter) | Qt.TextFlag.TextWordWrap, self._detail)
        painter.end()
