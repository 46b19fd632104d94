"""A help page beside the work, not over it: one Markdown file in a sheet that Escape closes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QTextBrowser, QVBoxLayout, QWidget
from typing_extensions import override

from ui.panel_frame import PanelFrame
from ui.theme import Theme

CLOSE = "Close (Escape)"
WIDTH = 440


class HelpSheet(QFrame):
    """Stands at the right edge of its host."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self._page = QTextBrowser(openExternalLinks=False)
        self._page.setAccessibleName("Help")
        self._page.document().setDocumentMargin(12)
        self._frame = PanelFrame("Help", self._page)
        self._frame.head.add_action(CLOSE, self.hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._frame)
        self.hide()

    def show_page(self, title: str, markdown: str) -> None:
        self._frame.head.set_title(title)
        self._page.setFont(self._theme.font("body"))
        self._page.setMarkdown(markdown)
        width = min(self._theme.px(WIDTH), self._host.width())
        self.setGeometry(self._host.width() - width, 0, width, self._host.height())
        self.show()
        self.raise_()
        self._page.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)
