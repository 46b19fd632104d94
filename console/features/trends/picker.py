"""Finds points by typing: a field, and the points whose names hold all its words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout
from typing_extensions import override

from backend_core.gateway.readings import PointInfo
from backend_core.kernel.identities import PointId
from console.features.trends import words
from ui.theme import Theme

_POINT = Qt.ItemDataRole.UserRole
_TYPING_MS = 120
_MOST_SHOWN = 200


class PointPicker(QFrame):
    """Enter or a click puts a point into the trend or takes it out; the field keeps the focus for the next one."""

    toggled = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._infos: Sequence[PointInfo] = ()
        self._chosen: frozenset[str] = frozenset()
        self.setProperty("role", "side")
        self.setFixedWidth(theme.px(264))
        self._field = QLineEdit(placeholderText=words.SEARCH)
        self._field.setAccessibleName(words.SEARCH_NAME)
        self._field.setClearButtonEnabled(True)
        self._matches = QListWidget()
        self._matches.setUniformItemSizes(True)
        self._matches.setAccessibleName(words.MATCHES_NAME)
        self._matches.setDragEnabled(False)
        self._none = QLabel(words.NO_MATCH)
        self._none.setProperty("role", "secondary")
        self._none.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addWidget(self._none)
        column.addWidget(self._matches, 1)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._search)
        self._field.textChanged.connect(lambda _: self._typing.start())
        self._field.returnPressed.connect(self._take_first)
        self._matches.itemActivated.connect(self._take)
        self._matches.itemClicked.connect(self._take)

    def show_points(self, infos: Sequence[PointInfo], chosen: Sequence[PointId]) -> None:
        self._infos, self._chosen = infos, frozenset(chosen)
        self._search()

    def begin(self) -> None:
        self._field.setFocus()
        self._field.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() == Qt.Key.Key_Down:
            self._matches.setFocus()
            self._matches.setCurrentRow(max(0, self._matches.currentRow()))
        else:
            super().keyPressEvent(event)

    def _search(self) -> None:
        wanted = self._field.text().lower().split()
        found = [i for i in self._infos if all(w in f"{i.title} {i.point}".lower() for w in wanted)][:_MOST_SHOWN]
        found.sort(key=lambda info: info.point not in self._chosen)
        self._matches.clear()
        for info in found:
            mark = "✓  " if info.point in self._chosen else ""
            item = QListWidgetItem(f"{mark}{info.title}  {info.unit}")
            item.setData(_POINT, info.point)
            item.setToolTip(info.point)
            self._matches.addItem(item)
        self._none.setVisible(not found)

    def _take_first(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self._search()
        if item := self._matches.currentItem() or self._matches.item(0):
            self._take(item)

    def _take(self, item: QListWidgetItem) -> None:
        self.toggled.emit(item.data(_POINT))
