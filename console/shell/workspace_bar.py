"""The name of the program and the workspaces, as words in a row; the number keys go to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from console.features.contract import Workspace
from console.shell import words
from ui.styling import restyle


class WorkspaceBar(QWidget):
    """A count beside a word tells of unacknowledged alarms there."""

    def __init__(self, station: str, go: Callable[[Workspace], object]) -> None:
        super().__init__()
        self._buttons: dict[Workspace, QToolButton] = {}
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

    def show_counts(self, counts: Mapping[Workspace, int]) -> None:
        for workspace, button in self._buttons.items():
            count = counts.get(workspace, 0)
            name = words.WORKSPACES[workspace]
            button.setText(f"{name} {count}" if count else name)
