"""The table as operators meet it: type to filter, keys to move, rows that stay under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui.empty_state import EmptyState
from ui.table import words
from ui.table.columns import Column, Row, RowChanges
from ui.table.delegate import TableDelegate
from ui.table.model import TableModel
from ui.theme import Theme

# After the last key in the list, rows may move again only when the operator has had time to act on what is there.
KEY_HOLD_MS = 2_000
STRETCH_LEAST = 120


class Table(QWidget, Generic[Row]):
    """Give it columns and a key once, then changes. Signals carry keys, never positions."""

    activated = Signal(object)
    """Double click or Enter on a row."""
    current_changed = Signal(object)
    """The keyboard stands on another row now; None when on none."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Hashable],
        *,
        order: Callable[[Row], Any] | None = None,
        empty: EmptyState | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self.model: TableModel[Row] = TableModel(columns, key, order=order, parent=self)
        self.view = QTableView(self)
        self._pointer_inside = False
        self._widths: dict[int, int] = {}
        self._key_hold = QTimer(self, singleShot=True, interval=KEY_HOLD_MS)
        self._filter = QLineEdit(objectName="tableFilter", placeholderText=words.FILTER_HINT)
        self._nothing_matches = EmptyState(words.NOTHING_MATCHES, words.NOTHING_MATCHES_WHY, words.NOTHING_MATCHES_NEXT)
        self._empty = empty or EmptyState(name)
        self._foot = QFrame(objectName="tableFoot")
        self._new_above = QPushButton()
        self._count = QLabel()
        self._stack = QStackedWidget()
        self._build(name)
        self._listen()
        self._fit()
        self._show_counts()

    # --- what panels call ------------------------------------------------------------

    def apply(self, changes: RowChanges[Row]) -> None:
        """Take in one set of changes."""
        if not changes:
            return
        self._decide_hold()
        self.model.apply(changes)

    def reset_rows(self, rows: Iterable[Row]) -> None:
        """The whole truth anew; rows that are still there keep selection and place."""
        self._decide_hold()
        self.model.reset_rows(rows)

    def allow_many(self) -> None:
        """Let the operator select several rows at once."""
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def hide_foot(self) -> None:
        """For short lists that are always seen whole."""
        self._foot.hide()

    def current_key(self) -> Hashable | None:
        index = self.view.currentIndex()
        return self.model.key_at(index.row()) if index.isValid() else None

    def selected_keys(self) -> list[Hashable]:
        return [self.model.key_at(index.row()) for index in self.view.selectionModel().selectedRows()]

    def select(self, key: Hashable) -> bool:
        """Put the keyboard on this row and bring it into sight; False when it is not shown."""
        position = self.model.position_of(key)
        if position is None:
            self.model.release()
            position = self.model.position_of(key)
        if position is None:
            return False
        index = self.model.index(position, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.view.scrollTo(index)
        return True

    def set_filter(self, text: str) -> None:
        self._filter.setText(text)
        self._filter.setVisible(bool(text))

    def filter_text(self) -> str:
        return self._filter.text()

    def show_new(self) -> None:
        """Let the waiting rows in and go to the top, where they are."""
        self.view.scrollToTop()
        self.model.release()

    # --- built once ---------------------------------------------------------------------

    def _build(self, name: str) -> None:
        view = self.view
        view.setAccessibleName(name)
        view.setModel(self.model)
        view.setItemDelegate(TableDelegate(self._theme, self.model, view))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setCornerButtonEnabled(False)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorShown(False)
        header.setSortIndicatorClearable(True)
        header.setSectionsClickable(True)
        self._filter.setAccessibleName(f"{name}: filter")
        self._filter.setClearButtonEnabled(True)
        self._filter.hide()
        self._new_above.setProperty("tone", "link")
        self._new_above.hide()
        self._count.setProperty("role", "small")
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(8, 0, 8, 0)
        foot.addWidget(self._new_above)
        foot.addStretch()
        foot.addWidget(self._count)
        for page in (view, self._empty, self._nothing_matches):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._filter)
        layout.addWidget(self._stack, stretch=1)
        layout.addWidget(self._foot)
        self.setFocusProxy(view)

    def _listen(self) -> None:
        self.view.viewport().installEventFilter(self)
        self.view.installEventFilter(self)
        self._filter.installEventFilter(self)
        self.view.doubleClicked.connect(self._on_activated)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self.view.horizontalHeader().sectionClicked.connect(self._on_header)
        self.view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._filter.textChanged.connect(self.model.set_filter)
        self._new_above.clicked.connect(self.show_new)
        self._key_hold.timeout.connect(self._loosen)
        self.model.waiting_changed.connect(self._show_waiting)
        self.model.counts_changed.connect(self._show_counts)
        self._theme.changed.connect(self._fit)
        self._theme.pulsed.connect(self._on_pulse)

    def _fit(self) -> None:
        """Rows and columns at the present zoom; what does not fit in width is left out, least important first."""
        self.view.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        header = self.view.horizontalHeader()
        self._widths = widths = self._fitting_widths()
        for i, column in enumerate(self.model.columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(i, mode)
            header.setSectionHidden(i, i not in widths)
            if i in widths and not column.stretch:
                header.resizeSection(i, widths[i])

    def _fitting_widths(self) -> dict[int, int]:
        """The columns that are shown and how wide: first they shrink to their least, then the unimportant go."""
        px, columns = self._theme.px, self.model.columns
        room = self.width() - self.view.verticalScrollBar().sizeHint().width()
        wishes = {i: px(STRETCH_LEAST if c.stretch else c.width) for i, c in enumerate(columns)}
        least = {i: px(c.least) if c.least else wishes[i] for i, c in enumerate(columns)}
        for i in sorted((i for i, c in enumerate(columns) if c.drop), key=lambda i: -columns[i].drop):
            if sum(least.values()) <= room:
                break
            del wishes[i], least[i]
        give = sum(wishes.values()) - sum(least.values())
        over = max(0, sum(wishes.values()) - room)
        share = min(1.0, over / give) if give else 0.0
        return {i: round(wish - share * (wish - least[i])) for i, wish in wishes.items()}

    # --- the cursor is holy ------------------------------------------------------------------

    def _decide_hold(self) -> None:
        scrolled = self.view.verticalScrollBar().value() > 0
        if self.isVisible() and (self._pointer_inside or scrolled or self._key_hold.isActive()):
            self.model.hold()
        elif self.model.is_held:
            self.model.release()

    def _loosen(self) -> None:
        """Whatever held the rows has ended; let them in if nothing else holds them."""
        if self.model.is_held:
            self._decide_hold()

    def _on_scrolled(self, value: int) -> None:
        if value == 0:
            self._loosen()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting_widths() != self._widths:
            self._fit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self.view.viewport():
            if kind == QEvent.Type.Enter:
                self._pointer_inside = True
            elif kind == QEvent.Type.Leave:
                self._pointer_inside = False
                self._loosen()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(watched, event)
        return False

    def _on_key(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self._filter.isVisible():
            self.set_filter("")
            self.view.setFocus()
            return True
        if watched is self._filter:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.view.setFocus()
                return True
            return False
        self._key_hold.start()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_activated(self.view.currentIndex())
            return True
        if event.key() == Qt.Key.Key_Home and not event.modifiers():
            self.show_new()
            return False
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if plain and event.text().isprintable() and event.text().strip():
            self.set_filter(self._filter.text() + event.text())
            self._filter.setFocus()
            return True
        return False

    # --- what the operator sees ------------------------------------------------------------------

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.activated.emit(self.model.key_at(index.row()))

    def _on_current(self, current: QModelIndex, _: QModelIndex) -> None:
        self.current_changed.emit(self.model.key_at(current.row()) if current.isValid() else None)

    def _on_header(self, section: int) -> None:
        """First click ascending, second descending, third back to the table's own order."""
        header = self.view.horizontalHeader()
        if self.model.columns[section].sort is None:
            return
        same = header.isSortIndicatorShown() and header.sortIndicatorSection() == section
        rising = Qt.SortOrder.AscendingOrder
        if same and header.sortIndicatorOrder() != rising:
            header.setSortIndicatorShown(False)
            self.model.sort(-1)
            return
        order = Qt.SortOrder.DescendingOrder if same else rising
        header.setSortIndicatorShown(True)
        header.setSortIndicator(section, order)
        self.model.sort(section, order)

    def _on_pulse(self, _: bool) -> None:
        if not self.isVisible():
            return
        for i, column in enumerate(self.model.columns):
            if column.mark is not None:
                header = self.view.horizontalHeader()
                viewport = self.view.viewport()
                viewport.update(header.sectionViewportPosition(i), 0, header.sectionSize(i), viewport.height())

    def _show_waiting(self, count: int) -> None:
        self._new_above.setText(words.new_above(count))
        self._new_above.setVisible(count > 0)

    def _show_counts(self) -> None:
        shown, total = self.model.rowCount(), self.model.total_count
        self._count.setText(words.rows_shown(shown, total))
        page = self.view if shown else self._nothing_matches if total else self._empty
        if self._stack.currentWidget() is not page:
            self._stack.setCurrentWidget(page)
