"""A live value as a label: the text, its tone and slant, and nothing redrawn that has not changed."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from ui.styling import restyle
from ui.theme import Theme
from ui.values import Shown


class ValueLabel(QLabel):
    """Keeps the widest it has been, so that neighbours do not dance when a digit comes or goes."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None, *, role: str = "body") -> None:
        super().__init__("n/a", parent)
        self._name = name
        self._shown: Shown | None = None
        self._widest = 0
        self.setProperty("role", role)
        theme.changed.connect(self._forget_width)
        self.show_value(Shown("n/a", "tertiary"))

    def show_value(self, shown: Shown) -> None:
        """Write it, if it is not already there."""
        if shown == self._shown:
            return
        self._shown = shown
        self.setText(shown.text)
        self.setAccessibleName(f"{self._name}: {shown.text}")
        weight = "bold" if shown.bold else "plain"
        restyle(self, tone=shown.tone, weight=weight, slant="italic" if shown.italic else "upright")

    @override
    def minimumSizeHint(self) -> QSize:
        wanted = super().minimumSizeHint()
        self._widest = max(self._widest, wanted.width())
        return QSize(self._widest, wanted.height())

    def _forget_width(self) -> None:
        self._widest = 0
        self.updateGeometry()
