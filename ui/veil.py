"""A grey veil with a sentence over what can still be read and used but is no longer the present."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.theme import Theme


class Veil(QWidget):
    """Lets every click through: what lies below is old, not forbidden."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Lie over the host with this sentence; without one, go."""
        self.text = text
        self.setAccessibleName(text)
        if not text:
            self.hide()
            return
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        self.update()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

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
