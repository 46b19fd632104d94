"""Short messages at the lower edge that go by themselves; what matters longer belongs in a banner."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

SHOWN_MS = 5_000
AT_ONCE = 3
MARGIN = 16


class Toast(QFrame):
    def __init__(self, text: str, tone: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "toast")
        self.setAccessibleName(text)
        label = QLabel(text, wordWrap=True)
        label.setProperty("tone", tone)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(label)


class Notices(QWidget):
    """Stacks toasts over its host; clicks pass through to what lies below."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._toasts: list[Toast] = []
        self.log: list[str] = []
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str, tone: str = "normal") -> None:
        """Show a sentence for five seconds; the oldest leaves when a fourth comes."""
        self.log = [*self.log[-49:], text]
        while len(self._toasts) >= AT_ONCE:
            self._drop(self._toasts[0])
        toast = Toast(text, tone, self)
        self._toasts.append(toast)
        self._layout.addWidget(toast)
        # The timer is the toast's child and ends with it.
        timer = QTimer(toast, singleShot=True, interval=SHOWN_MS)
        timer.timeout.connect(lambda: self._drop(toast))
        timer.start()
        self.show()
        self._place()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _drop(self, toast: Toast) -> None:
        self._toasts.remove(toast)
        self._layout.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        if not self._toasts:
            self.hide()
        else:
            self._place()

    def _place(self) -> None:
        width = min(480, self._host.width() - 2 * MARGIN)
        self.setFixedWidth(max(120, width))
        self.adjustSize()
        self.move(self._host.width() - self.width() - MARGIN, self._host.height() - self.height() - MARGIN)
        self.raise_()
