"""The newest rejections, and beside them the payload of the chosen one as it came."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from console.features.diagnostics import words
from console.features.diagnostics.payload_state import laid_out, readable
from console.features.diagnostics.state import RejectionLine
from console.features.diagnostics.table import rejection_columns
from ui.empty_state import EmptyState
from ui.table import Table
from ui.theme import Theme


class RejectionsView(QWidget):
    """A payload is shown as plain text only: nothing that a device sends is ever read as markup."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.table: Table[RejectionLine] = Table(
            theme,
            words.REJECTIONS,
            rejection_columns(),
            lambda line: line.id,
            order=lambda line: -line.received_us,
            empty=EmptyState(words.NO_REJECTIONS, words.NO_REJECTIONS_WHY),
        )
        self._title = QLabel(words.PAYLOAD, textFormat=Qt.TextFormat.PlainText)
        self._text = QPlainTextEdit(readOnly=True, placeholderText=words.CHOOSE_REJECTION)
        self._copy = QPushButton(words.COPY)
        self._viewer = QWidget()
        self._build(theme)

    def show_rejections(self, lines: Sequence[RejectionLine]) -> None:
        self.table.reset_rows(lines)
        self._viewer.setVisible(bool(lines))
        if lines and self.table.current_key() is None:
            self.table.select(lines[0].id)

    def chosen(self) -> RejectionLine | None:
        key = self.table.current_key()
        return self.table.model.row_of(key) if key is not None else None

    def copy(self) -> bool:
        """Put the payload into the clipboard, unchanged but for what no text can hold."""
        line = self.chosen()
        if line is not None:
            QGuiApplication.clipboard().setText(readable(line.payload, len(line.payload)))
        return line is not None

    def on_copy(self, run: object) -> None:
        self._copy.clicked.connect(run)

    def _build(self, theme: Theme) -> None:
        self.table.hide_foot()
        self._text.setAccessibleName(words.PAYLOAD)
        self._title.setProperty("role", "small")
        head = QHBoxLayout()
        head.addWidget(self._title, stretch=1)
        head.addWidget(self._copy)
        beside = QVBoxLayout(self._viewer)
        beside.setContentsMargins(theme.px(8), 0, theme.px(8), theme.px(8))
        beside.setSpacing(theme.px(4))
        beside.addLayout(head)
        beside.addWidget(self._text, stretch=1)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(self._viewer)
        parts.setStretchFactor(0, 62)
        parts.setStretchFactor(1, 38)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(parts)
        self._viewer.hide()
        self.table.current_changed.connect(self._show_payload)

    def _show_payload(self, key: Hashable | None) -> None:
        line = self.table.model.row_of(key) if key is not None else None
        self._copy.setEnabled(line is not None)
        if line is None:
            self._title.setText(words.PAYLOAD)
            self._text.clear()
            return
        self._title.setText(words.payload_of(line.topic, len(line.payload)))
        self._text.setPlainText(laid_out(line.payload))
