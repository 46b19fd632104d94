"""Every action of the program, by name: what the command palette lists and what the keys call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """One line of the palette: `Alarms: acknowledge selected (F8)`."""

    id: str
    title: str
    action: QAction

    @property
    def key(self) -> str:
        return self.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


class ActionRegistry(QObject):
    """Knows actions by id (`alarms.acknowledge`); an entry leaves when the widget that owns it does."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, ActionEntry] = {}

    def add(
        self,
        owner: QWidget,
        action_id: str,
        title: str,
        run: Callable[[], object],
        *,
        key: str = "",
        window_wide: bool = False,
    ) -> QAction:
        """Register an action; its key works while `owner` has the focus, or in the whole window if asked."""
        action = QAction(title, owner)
        if key:
            action.setShortcut(QKeySequence(key))
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut if window_wide else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.triggered.connect(lambda *_: run())
        owner.addAction(action)
        self._entries[action_id] = ActionEntry(action_id, title, action)
        action.destroyed.connect(lambda *_: self._forget(action_id, action))
        self.changed.emit()
        return action

    def entries(self) -> list[ActionEntry]:
        return list(self._entries.values())

    def find(self, action_id: str) -> QAction | None:
        entry = self._entries.get(action_id)
        return entry.action if entry else None

    def _forget(self, action_id: str, action: QAction) -> None:
        # The same action may have been registered anew by a second panel of its kind; that one stays.
        if (entry := self._entries.get(action_id)) and entry.action is action:
            del self._entries[action_id]
            self.changed.emit()
