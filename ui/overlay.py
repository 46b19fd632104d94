"""What lies over another widget, as large as that one is at any time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.theme import Theme


class Overlay(QWidget):
    """Hidden until it `cover`s its host."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        host.installEventFilter(self)
        self.hide()

    def cover(self) -> None:
        self.fit()
        self.show()
        self.raise_()
        self.update()

    def fit(self) -> None:
        """Take the host's size; called again whenever that changes."""
        self.setGeometry(self._host.rect())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.fit()
        return False
