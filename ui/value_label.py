"""A live value as a label: the text, its tone and slant, and nothing redrawn that has not changed."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from ui.styling import restyle
from ui.theme import Theme
from ui.values import Shown


class ValueLabel(QLabel):
    """Keeps the widest it has been, so that neighbours do not dance when a digit comes or goes."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None, *, role: str = "body") -> None:
        super().__init__("n/a", parent)
        self._theme = theme
        self._role = role
        self._name = name
        self._shown: Shown | None = None
        self._widest = 0
        theme.changed.connect(self._dress)
        self.show_value(Shown("n/a", "tertiary"))

    def show_value(self, shown: Shown) -> None:
        """Write it, if it is not already there."""
        if shown == self._shown:
            return
        redress = self._shown is None or (shown.bold, shown.italic) != (self._shown.bold, self._shown.italic)
        self._shown = shown
        self.setText(shown.text)
        self.setAccessibleName(f"{self._name}: {shown.text}")
        restyle(self, tone=shown.tone)
        if redress:
            self._dress()

    def minimumSizeHint(self) -> QSize:
        wanted = super().minimumSizeHint()
        self._widest = max(self._widest, wanted.width())
        return QSize(self._widest, wanted.height())

    def _dress(self) -> None:
        self._widest = 0
        shown = self._shown
        bold = bool(shown and shown.bold) or self._role == "figure"
        self.setFont(self._theme.font(self._role, bold=bold, italic=bool(shown and shown.italic)))
