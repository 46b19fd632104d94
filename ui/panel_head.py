"""What stands in a panel's title bar, as data: what, scope, freshness, and the panel's actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu


class PanelHead(QObject):
    """A panel fills it; whoever frames the panel (a dock, a popup) draws it. Cheap to change, drawn once a frame."""

    changed = Signal()

    def __init__(self, title: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.scope = ""
        self.freshness = ""
        self.freshness_tone = "secondary"
        self.origin = ""
        self.origin_tone = "tertiary"
        self.actions: list[QAction] = []

    def set_title(self, title: str) -> None:
        if title != self.title:
            self.title = title
            self.changed.emit()

    def set_scope(self, text: str) -> None:
        """What is shown of all there is: `Glover 5-bus · live`, `all areas · unacknowledged first`."""
        if text != self.scope:
            self.scope = text
            self.changed.emit()

    def set_freshness(self, text: str, tone: str = "secondary") -> None:
        """How old it is, or a short sum: `1 s`, `11 of 12 answer · no outage`."""
        if (text, tone) != (self.freshness, self.freshness_tone):
            self.freshness, self.freshness_tone = text, tone
            self.changed.emit()

    def set_origin(self, text: str, tone: str = "tertiary") -> None:
        """Where it came from and how old that is: `live · 0.8 s`. The frame's owner says it, the same way for all."""
        if (text, tone) != (self.origin, self.origin_tone):
            self.origin, self.origin_tone = text, tone
            self.changed.emit()

    def clear(self) -> None:
        """Forget scope and actions, for a panel that is made anew."""
        for action in self.actions:
            action.deleteLater()
        self.actions = []
        self.scope = self.freshness = ""
        self.changed.emit()

    def add_action(self, word: str, run: Callable[[], object], *, key: str = "", help_text: str = "") -> QAction:
        """A word at the right of the bar; with a key it reads `F8 acknowledge`."""
        action = self._append(word, help_text)
        if key:
            # Shown here, obeyed where the palette's registry put it: two owners of one key would silence both.
            action.setProperty("keyText", QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText))
        action.triggered.connect(lambda *_: run())
        return action

    def add_toggle(
        self, word: str, run: Callable[[bool], object], *, checked: bool = False, help_text: str = ""
    ) -> QAction:
        action = self._append(word, help_text)
        action.setCheckable(True)
        action.setChecked(checked)
        action.toggled.connect(run)
        return action

    def add_choice(self, choices: Sequence[str], run: Callable[[str], object], *, chosen: str = "") -> QAction:
        """A word that opens the list of its alternatives: `last 2 h`."""
        action = self._append(chosen or choices[0], "")
        menu = QMenu()
        group = QActionGroup(menu)
        for choice in choices:
            entry = menu.addAction(choice)
            entry.setCheckable(True)
            entry.setChecked(choice == action.text())
            group.addAction(entry)

        def choose(entry: QAction) -> None:
            action.setText(entry.text())
            run(entry.text())

        group.triggered.connect(choose)
        action.setMenu(menu)
        # Python owns a menu that is nobody's child; it must live as long as its action.
        action.setProperty("ownedMenu", menu)
        action.destroyed.connect(menu.deleteLater)
        return action

    def show_choice(self, action: QAction, chosen: str) -> None:
        """Another of its alternatives holds now, whoever chose it."""
        action.setText(chosen)
        for entry in cast(QMenu, action.menu()).actions():
            entry.setChecked(entry.text() == chosen)

    def _append(self, word: str, help_text: str) -> QAction:
        action = QAction(word, self)
        action.setToolTip(help_text or word)
        self.actions.append(action)
        self.changed.emit()
        return action
