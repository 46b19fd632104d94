"""The diagram for those who cannot see it: a list with one line per element, selectable by keys and read aloud."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QListView, QWidget
from typing_extensions import override


class MirrorModel(QAbstractListModel):
    """The elements of a sheet in reading order; texts are asked for when a line is looked at."""

    def __init__(self, describe: Callable[[str], str]) -> None:
        super().__init__()
        self._describe = describe
        self._elements: list[str] = []

    def show_elements(self, elements: list[str]) -> None:
        self.beginResetModel()
        self._elements = elements
        self.endResetModel()

    def announce(self) -> None:
        """The texts may have changed."""
        if self._elements:
            self.dataChanged.emit(self.index(0), self.index(len(self._elements) - 1), [Qt.ItemDataRole.DisplayRole])

    def element(self, row: int) -> str:
        return self._elements[row]

    def row_of(self, element: str) -> int:
        return self._elements.index(element) if element in self._elements else -1

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own form)
        return 0 if parent.isValid() else len(self._elements)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return self._describe(self._elements[index.row()])


class DiagramMirror(QListView):
    """Selecting a line selects on the diagram, and the other way round."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, describe: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._elements = MirrorModel(describe)
        self.setModel(self._elements)
        self.setUniformItemSizes(True)
        self.setAccessibleName("Elements of the diagram")
        self.selectionModel().currentChanged.connect(self._tell)
        self.activated.connect(lambda index: self.opened.emit(self._elements.element(index.row())))

    def show_elements(self, elements: list[str]) -> None:
        self._elements.show_elements(elements)

    def announce(self) -> None:
        if self.isVisible():
            self._elements.announce()

    def select(self, element: str) -> None:
        row = self._elements.row_of(element)
        if row >= 0 and row != self.currentIndex().row():
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self._elements.index(row), flag)

    def _tell(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self._elements.element(current.row()))
