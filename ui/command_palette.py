"""Every action a few letters away: type parts of its name, see its key, press Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui.actions import ActionEntry, ActionRegistry
from ui.theme import Theme

HINT = "Type what you want to do"
ENTRY = Qt.ItemDataRole.UserRole
WIDTH = 560
ROWS = 12


def match_score(query: str, text: str) -> int | None:
    """How well the letters of a query fit a text, in order; nothing if they do not. Starts of words count most."""
    if not query:
        return 0
    text, score, at = text.lower(), 0, 0
    for letter in query.lower():
        if letter == " ":
            continue
        found = text.find(letter, at)
        if found < 0:
            return None
        starts_word = found == 0 or not text[found - 1].isalnum()
        score += 8 if starts_word else 5 if found == at and at > 0 else 1
        at = found + 1
    return score * 100 - len(text)


class _EntryDelegate(QStyledItemDelegate):
    """The name at left, the key at right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(200, max(self._theme.row_height, self._theme.px(28)))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        theme, box = self._theme, option.rect
        entry: ActionEntry = index.data(ENTRY)  # type: ignore[attr-defined]
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("bg1"))
            painter.fillRect(QRect(box.left(), box.top(), theme.px(3), box.height()), theme.color("sel"))
        inner = box.adjusted(theme.px(12), 0, -theme.px(12), 0)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("t0" if entry.action.isEnabled() else "dead"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, entry.title)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t1"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, entry.key)


class CommandPalette(QFrame):
    """A sheet over the host window, not a window of its own: nothing behind it stops."""

    def __init__(self, registry: ActionRegistry, theme: Theme, host: QWidget) -> None:
        super().__init__(host, objectName="commandPalette")
        self._registry = registry
        self._host = host
        self._before: QWidget | None = None
        self.setAccessibleName("Command palette")
        self._line = QLineEdit(placeholderText=HINT)
        self._line.setAccessibleName(HINT)
        self._list = QListWidget()
        self._list.setAccessibleName("Actions")
        self._list.setItemDelegate(_EntryDelegate(theme, self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._line)
        layout.addWidget(self._list)
        self._theme = theme
        self._line.textChanged.connect(self._search)
        self._line.installEventFilter(self)
        self._list.itemClicked.connect(self._run)
        self.hide()

    def open(self) -> None:
        self._before = self._host.focusWidget()
        width = min(self._theme.px(WIDTH), self._host.width() - 32)
        self.setGeometry((self._host.width() - width) // 2, self._theme.px(84), width, self._theme.px(28 * ROWS + 60))
        self._line.clear()
        self._search("")
        self.show()
        self.raise_()
        self._line.setFocus()

    def close_sheet(self) -> None:
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def titles(self) -> list[str]:
        """What is listed now, best first."""
        return [self._list.item(i).data(ENTRY).title for i in range(self._list.count())]

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_sheet()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if item := self._list.currentItem():
                self._run(item)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._list.setCurrentRow((self._list.currentRow() + step) % max(1, self._list.count()))
        else:
            return False
        return True

    def _search(self, query: str) -> None:
        scored = []
        for entry in self._registry.entries():
            score = match_score(query, entry.title)
            if score is not None:
                scored.append((-score if query else 0, entry.title.lower(), entry))
        self._list.clear()
        for _, _, entry in sorted(scored, key=lambda found: found[:2]):
            item = QListWidgetItem(self._list)
            item.setData(ENTRY, entry)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.title} {entry.key}".strip())
        self._list.setCurrentRow(0)

    def _run(self, item: QListWidgetItem) -> None:
        entry: ActionEntry = item.data(ENTRY)
        self.close_sheet()
        if entry.action.isEnabled():
            entry.action.trigger()
