"""What stands where there is nothing to show: what it would be, why it is empty, and the next step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget


class EmptyState(QWidget):
    """Three sentences and at most one button."""

    def __init__(
        self,
        what: str,
        why: str = "",
        next_step: str = "",
        *,
        action: str = "",
        run: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(4)
        layout.addStretch()
        self._what = self._line("title")
        self._why = self._line("")
        self._why.setProperty("tone", "secondary")
        self._next = self._line("")
        self._next.setProperty("tone", "secondary")
        for label in (self._what, self._why, self._next):
            layout.addWidget(label)
        if action and run is not None:
            button = QPushButton(action)
            button.clicked.connect(lambda *_: run())
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            layout.addSpacing(8)
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        self.say(what, why, next_step)

    def say(self, what: str, why: str = "", next_step: str = "") -> None:
        for label, text in ((self._what, what), (self._why, why), (self._next, next_step)):
            label.setText(text)
            label.setVisible(bool(text))
        self.setAccessibleName(" ".join(text for text in (what, why, next_step) if text))

    @staticmethod
    def _line(role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        return label
