"""Rows by key behind Qt's table interface: told in sets of changes, announced in runs, never rebuilt."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from ui.table.columns import Column, Row, RowChanges
from ui.table.order import positions_of, runs, sorted_keys

Key = Hashable
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TableModel(QAbstractTableModel, Generic[Row]):
    """While `hold()` is in force rows change in place but none comes, goes or moves; `release()` catches up."""

    waiting_changed = Signal(int)
    counts_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Key],
        *,
        order: Callable[[Row], Any] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self._key = key
        self._order = order
        self._rows: dict[Key, Row] = {}
        self._shown: list[Key] = []
        self._positions: dict[Key, int] = {}
        self._waiting: set[Key] = set()
        self._gone: set[Key] = set()
        self._held = False
        self._words: tuple[str, ...] = ()
        self._sort_column: int | None = None
        self._descending = False

    # --- what is told --------------------------------------------------------

    def apply(self, changes: RowChanges[Row]) -> None:
        """Take in one set of changes."""
        for key in changes.removed:
            self._forget(key)
        touched: set[Key] = set()
        for row in changes.upserted:
            key = self._key(row)
            self._rows[key] = row
            self._gone.discard(key)
            touched.add(key)
        if self._held:
            self._gather(touched)
        elif changes:
            self._settle()
        self._announce(touched)
        self.counts_changed.emit()

    def reset_rows(self, rows: Iterable[Row]) -> None:
        """The whole truth anew; told as changes, so that selection and scroll position stay."""
        fresh = {self._key(row): row for row in rows}
        removed = [key for key in self._rows if key not in fresh]
        self.apply(RowChanges(list(fresh.values()), removed))

    def set_filter(self, words: str) -> None:
        """Show rows that contain every word in any column."""
        wanted = tuple(words.lower().split())
        if wanted != self._words:
            self._words = wanted
            self._settle()
            self.counts_changed.emit()

    # --- hold and release ------------------------------------------------------

    def hold(self) -> None:
        self._held = True

    def release(self) -> None:
        """Let the waiting rows in and the removed ones go."""
        self._held = False
        self._settle()
        self.counts_changed.emit()

    @property
    def is_held(self) -> bool:
        return self._held

    @property
    def waiting_count(self) -> int:
        return len(self._waiting)

    # --- what is asked ------------------------------------------------------------

    @property
    def total_count(self) -> int:
        return len(self._rows) - len(self._gone)

    def key_at(self, position: int) -> Key:
        return self._shown[position]

    def row_at(self, position: int) -> Row:
        return self._rows[self._shown[position]]

    def row_of(self, key: Key) -> Row | None:
        return self._rows.get(key)

    def rows(self) -> list[Row]:
        """All rows in their present order, filtered ones left out."""
        return [self._rows[key] for key in self._shown]

    def position_of(self, key: Key) -> int | None:
        return self._positions.get(key)

    def is_gone(self, position: int) -> bool:
        """Whether this row has been removed and is only held in place."""
        return self._shown[position] in self._gone

    # --- Qt's interface --------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        row = self.row_at(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.shown(row).text
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip(row) if column.tip else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By the values of a column; a column below zero, or one that has none, means the table's own order."""
        sortable = 0 <= column < len(self.columns) and self.columns[column].sort is not None
        self._sort_column = column if sortable else None
        self._descending = sortable and order == Qt.SortOrder.DescendingOrder
        self._settle()

    # --- how changes become announcements ------------------------------------------------

    def _forget(self, key: Key) -> None:
        if key not in self._rows:
            return
        if key in self._positions:
            # Until Qt has heard that the row goes it may still ask for its cells.
            self._gone.add(key)
            self._announce({key} if self._held else set())
            return
        del self._rows[key]
        if key in self._waiting:
            self._waiting.discard(key)
            self.waiting_changed.emit(len(self._waiting))

    def _gather(self, touched: set[Key]) -> None:
        new = {key for key in touched if key not in self._positions and self._passes(self._rows[key])}
        if not new <= self._waiting:
            self._waiting |= new
            self.waiting_changed.emit(len(self._waiting))

    def _settle(self) -> None:
        """Bring what is shown to what should be shown: rows go, rows change places, rows come, in runs."""
        target = self._target()
        wanted = set(target)
        self._remove([i for i, key in enumerate(self._shown) if key not in wanted])
        for key in self._gone:
            self._rows.pop(key, None)
        self._gone.clear()
        self._reorder([key for key in target if key in self._positions])
        self._insert(target)
        if self._waiting:
            self._waiting.clear()
            self.waiting_changed.emit(0)

    def _target(self) -> list[Key]:
        passing = [key for key, row in self._rows.items() if key not in self._gone and self._passes(row)]
        if self._sort_column is not None:
            by_column = self.columns[self._sort_column].sort
            if by_column is not None:
                return sorted_keys(passing, lambda key: by_column(self._rows[key]), descending=self._descending)
        if (order := self._order) is not None:
            return sorted_keys(passing, lambda key: order(self._rows[key]), descending=False)
        return passing

    def _passes(self, row: Row) -> bool:
        if not self._words:
            return True
        text = "\n".join(column.shown(row).text for column in self.columns).lower()
        return all(word in text for word in self._words)

    def _remove(self, positions: list[int]) -> None:
        for first, last in reversed(list(runs(positions))):
            self.beginRemoveRows(_NOWHERE, first, last)
            del self._shown[first : last + 1]
            self._positions = dict(positions_of(self._shown))
            self.endRemoveRows()

    def _reorder(self, survivors: list[Key]) -> None:
        if survivors == self._shown:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._shown[index.row()] for index in before]
        self._shown = survivors
        self._positions = dict(positions_of(survivors))
        after = [self.index(self._positions[key], old.column()) for key, old in zip(keys, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert(self, target: list[Key]) -> None:
        new = [i for i, key in enumerate(target) if key not in self._positions]
        for first, last in list(runs(new)):
            self.beginInsertRows(_NOWHERE, first, last)
            self._shown[first:first] = target[first : last + 1]
            self._positions = dict(positions_of(self._shown))
            self.endInsertRows()

    def _announce(self, touched: set[Key]) -> None:
        positions = [self._positions[key] for key in touched if key in self._positions]
        for first, last in runs(positions):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
