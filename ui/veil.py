"""A grey veil with a sentence over what can still be read and used but is no longer the present."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.overlay import Overlay
from ui.theme import Theme


class Veil(Overlay):
    """Lets every click through: what lies below is old, not forbidden."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host)
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def say(self, text: str) -> None:
        """Lie over the host with this sentence; without one, go."""
        self.text = text
        self.setAccessibleName(text)
        if text:
            self.cover()
        else:
            self.hide()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg1", 0.55))
        box = QRectF(0, self.height() - theme.px(32), self.width(), theme.px(32))
        painter.fillRect(box, theme.color("bg0"))
        painter.setPen(theme.color("high"))
        painter.setFont(theme.font("body"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter) | Qt.TextFlag.TextWordWrap, self.text)
        painter.end()
