"""Every action of the program, by name: what the command palette lists and what the keys call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


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
    """Knows actions by id (`alarms.acknowledge`); an entry leaves with the widget that owns it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, list[ActionEntry]] = {}

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
        self._entries.setdefault(action_id, []).append(ActionEntry(action_id, title, action))
        self.changed.emit()
        return action

    def entries(self) -> list[ActionEntry]:
        """One entry an id. Two panels of a kind register the same action: the one in sight answers."""
        return [entry for known in self._entries.values() if (entry := self._in_sight(known)) is not None]

    def find(self, action_id: str) -> QAction | None:
        entry = self._in_sight(self._entries.get(action_id, []))
        return entry.action if entry else None

    @staticmethod
    def _in_sight(known: list[ActionEntry]) -> ActionEntry | None:
        # A panel that was closed took its actions with it; what is left of them here is only a shell.
        known[:] = [entry for entry in known if isValid(entry.action)]
        for entry in known:
            owner = entry.action.parent()
            if isinstance(owner, QWidget) and owner.isVisible():
                return entry
        return known[-1] if known else None
