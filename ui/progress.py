"""Work that takes longer than a second: what it does, how far it is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

CANCEL = "Cancel"
CANCELLING = "Stopping…"


class ProgressLine(QWidget):
    """Hidden while nothing runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cancel: Callable[[], object] | None = None
        self._text = QLabel()
        self._bar = QProgressBar(textVisible=False)
        self._stop = QPushButton(CANCEL)
        self._stop.setProperty("tone", "quiet")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(self._text)
        layout.addWidget(self._bar, stretch=1)
        layout.addWidget(self._stop)
        self._stop.clicked.connect(self._on_stop)
        self.hide()

    def begin(self, text: str, cancel: Callable[[], object] | None = None) -> None:
        self._cancel = cancel
        self._text.setText(text)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(text)
        self._stop.setText(CANCEL)
        self._stop.setEnabled(True)
        self._stop.setVisible(cancel is not None)
        self.show()

    def show_share(self, share: float, text: str = "") -> None:
        """From 0 to 1."""
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(min(1.0, max(0.0, share)) * 1000))
        if text:
            self._text.setText(text)

    def end(self) -> None:
        self._cancel = None
        self.hide()

    def _on_stop(self) -> None:
        self._stop.setText(CANCELLING)
        self._stop.setEnabled(False)
        if self._cancel is not None:
            self._cancel()
