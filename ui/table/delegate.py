"""Paints the cells of a table: text with its tone, priority marks, timelines and small curves."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from ui.marks import MARK_SIZE, paint_mark
from ui.sparkline import paint_sparkline
from ui.table.columns import Column
from ui.table.model import TableModel
from ui.table.strip import paint_strip
from ui.theme import Theme
from ui.values import Shown

PADDING = 8


class TableDelegate(QStyledItemDelegate):
    """Knows the theme and the model's columns; asks the row for everything else."""

    def __init__(self, theme: Theme, model: TableModel[Any], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._metrics: dict[tuple[bool, bool], QFontMetrics] = {}
        theme.changed.connect(self._metrics.clear)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self._theme.px(60), self._theme.row_height)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, box = self._theme, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(box, theme.color("bg2" if chosen else "bg1"))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), theme.color("hair"))
        if chosen and index.column() == 0:
            painter.fillRect(QRect(box.left(), box.top(), theme.px(3), box.height()), theme.color("sel"))
        self._paint_cell(painter, box, self._model.columns[index.column()], index.row())

    def _paint_cell(self, painter: QPainter, box: QRect, column: Column[Any], position: int) -> None:
        theme, row = self._theme, self._model.row_at(position)
        padding = theme.px(PADDING)
        inner = QRectF(box.adjusted(padding, 0, -padding, -1))
        if column.mark and (mark := column.mark(row)):
            side = theme.px(MARK_SIZE)
            paint_mark(painter, theme, QRectF(inner.left(), inner.center().y() - side / 2, side, side), mark)
        elif column.strip and (strip := column.strip(row)):
            paint_strip(painter, theme, inner, strip)
        elif column.spark:
            paint_sparkline(painter, theme, inner.adjusted(0, 4, 0, -4), column.spark(row))
        else:
            shown = column.shown(row)
            if self._model.is_gone(position):
                shown = Shown(shown.text, "dead", italic=True)
            self._paint_text(painter, inner.toRect(), column, shown)

    def _paint_text(self, painter: QPainter, box: QRect, column: Column[Any], shown: Shown) -> None:
        painter.setFont(self._theme.font(bold=shown.bold, italic=shown.italic))
        painter.setPen(self._theme.tone(shown.tone))
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        text = self._metrics_for(shown).elidedText(shown.text, Qt.TextElideMode.ElideRight, box.width() + 1)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _metrics_for(self, shown: Shown) -> QFontMetrics:
        wanted = (shown.bold, shown.italic)
        if wanted not in self._metrics:
            self._metrics[wanted] = QFontMetrics(self._theme.font(bold=shown.bold, italic=shown.italic))
        return self._metrics[wanted]
