"""The name of the program and the workspaces, as words in a row; the number keys go to them.

Where the words find no room they become shorter, and at last the digits of their keys: never words with a hole in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget
from typing_extensions import override

from console.features.contract import Workspace
from console.shell import words
from ui.styling import restyle


class WorkspaceBar(QWidget):
    """A count beside a word tells of unacknowledged alarms there."""

    def __init__(self, station: str, go: Callable[[Workspace], object]) -> None:
        super().__init__()
        self._buttons: dict[Workspace, QToolButton] = {}
        self._counts: Mapping[Workspace, int] = {}
        group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._name = QLabel(words.PRODUCT, objectName="productName")
        layout.addWidget(self._name)
        self._station = QLabel(station, objectName="stationName")
        layout.addWidget(self._station)
        layout.addSpacing(8)
        for number, workspace in enumerate(Workspace, start=1):
            button = QToolButton(text=words.WORKSPACES[workspace], checkable=True)
            button.setProperty("role", "workspace")
            button.setAccessibleName(words.WORKSPACES[workspace])
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(f"{words.open_workspace(words.WORKSPACES[workspace])} (Ctrl+{number % 10})")
            button.clicked.connect(lambda _=False, target=workspace: go(target))
            group.addButton(button)
            layout.addWidget(button)
            self._buttons[workspace] = button
        layout.addStretch()

    def mark(self, workspace: Workspace) -> None:
        self._buttons[workspace].setChecked(True)

    def set_compact(self, compact: bool) -> None:
        """In a narrow window the words of the workspaces need all the room there is."""
        self._station.setVisible(not compact and bool(self._station.text()))
        self._name.setVisible(not compact)
        for button in self._buttons.values():
            restyle(button, room="narrow" if compact else "wide")
        self._fit()

    def show_counts(self, counts: Mapping[Workspace, int]) -> None:
        if counts != self._counts:
            self._counts = dict(counts)
            self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The longest names for which there is room."""
        for names in (words.WORKSPACES, words.WORKSPACES_SHORT, words.WORKSPACE_KEYS):
            for workspace, button in self._buttons.items():
                count = 0 if names is words.WORKSPACE_KEYS else self._counts.get(workspace, 0)
                button.setText(f"{names[workspace]} {count}" if count else names[workspace])
            layout = self.layout()
            assert layout is not None
            layout.activate()
            if layout.sizeHint().width() <= self.width():
                return
