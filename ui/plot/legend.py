"""The legend beside a trend: one entry per pen with its live value, and its values at the cursors."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.plot.trace import Pen
from ui.styling import restyle
from ui.theme import Theme
from ui.values import Shown


class _Swatch(QWidget):
    """A piece of the line, drawn as in the plot."""

    def __init__(self, pen: Pen, theme: Theme) -> None:
        super().__init__()
        self._pen, self._theme = pen, theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(24), self._theme.px(12))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QPen(self._theme.color("t2" if self._pen.is_ghost else self._pen.colour), 2.0)
        if self._pen.is_ghost:
            line.setDashPattern([4.0, 2.0])
        painter.setPen(line)
        middle = QRectF(self.rect()).center().y()
        painter.drawLine(0, round(middle), self.width(), round(middle))
        painter.end()


class LegendEntry(QFrame):
    """Delete or Backspace takes the pen out of the plot."""

    removed = Signal(str)

    def __init__(self, pen: Pen, theme: Theme) -> None:
        super().__init__()
        self.pen = pen
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName("legendEntry")
        self.setToolTip(f"{pen.label}. Press Delete to take it out of the trend.")
        self._name = QLabel(pen.label)
        self._name.setProperty("tone", "secondary")
        self._value = QLabel("n/a")
        self._value.setProperty("role", "title")
        self._cursors = QLabel()
        self._cursors.setProperty("role", "small")
        self._cursors.setProperty("tone", "secondary")
        self._cursors.hide()
        texts = QVBoxLayout()
        texts.setSpacing(0)
        for label in (self._name, self._value, self._cursors):
            texts.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(_Swatch(pen, theme), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)

    def show_value(self, shown: Shown) -> None:
        if self._value.text() != shown.text:
            self._value.setText(shown.text)
            self.setAccessibleName(f"{self.pen.label} {shown.text}")
        restyle(self._value, tone=shown.tone)

    def show_cursors(self, text: str) -> None:
        if text == self._cursors.text():
            return
        self._cursors.setText(text)
        self._cursors.setVisible(bool(text))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self.pen.key)
        else:
            super().keyPressEvent(event)


class Legend(QScrollArea):
    """Scrolls when there are more pens than room."""

    removed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: dict[str, LegendEntry] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(theme.px(216))
        self.viewport().setAutoFillBackground(False)
        inner = QWidget()
        inner.setAutoFillBackground(False)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(8, 4, 8, 4)
        self._column.setSpacing(4)
        self._column.addStretch()
        self._foot = QLabel()
        self._foot.setProperty("role", "small")
        self._foot.setProperty("tone", "secondary")
        self._foot.setWordWrap(True)
        self._column.addWidget(self._foot)
        self.setWidget(inner)

    def show_pens(self, pens: Sequence[Pen]) -> None:
        for entry in self._entries.values():
            entry.hide()
            entry.deleteLater()
        self._entries = {}
        for i, pen in enumerate(pens):
            entry = self._entries[pen.key] = LegendEntry(pen, self._theme)
            entry.removed.connect(self.removed)
            self._column.insertWidget(i, entry)

    def show_value(self, key: str, shown: Shown) -> None:
        if entry := self._entries.get(key):
            entry.show_value(shown)

    def show_cursors(self, key: str, text: str) -> None:
        if entry := self._entries.get(key):
            entry.show_cursors(text)

    def show_foot(self, text: str) -> None:
        if self._foot.text() != text:
            self._foot.setText(text)
