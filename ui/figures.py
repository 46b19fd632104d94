"""A strip of figures: each a name, a number that can be read across the room, its unit, and a small trend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget
from typing_extensions import override

from ui.marks import Mark, paint_mark
from ui.sparkline import paint_sparkline
from ui.theme import Theme
from ui.values import Shown

TILE_WIDTH, TILE_HEIGHT, TILE_LEAST = 100, 104, 48
_PADDING, _SMALL_LINE, _FIGURE_LINE, _LEAST_CURVE, _MARK = 8, 15, 27, 12, 12
_BIG_FROM = 80


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at one moment. `mark` is there only while it is abnormal; `tip` says the whole in a sentence.

    `brief` is the name where the whole one has no room.
    """

    key: str
    name: str
    value: Shown
    unit: str = ""
    curve: Sequence[float | None] = ()
    mark: Mark | None = None
    tip: str = ""
    brief: str = ""


class FigureTile(QWidget):
    """Painted as a whole: what does not fit in height goes, the trend first, then the line of the unit."""

    activated = Signal(str)
    """Double click or Enter."""

    def __init__(self, theme: Theme, figure: Figure) -> None:
        super().__init__()
        self._theme = theme
        self._figure = figure
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)
        theme.pulsed.connect(self._on_pulse)
        self.show_figure(figure)

    @property
    def figure(self) -> Figure:
        return self._figure

    def show_figure(self, figure: Figure) -> None:
        if figure != self._figure:
            self._figure = figure
            self.update()
        self.setAccessibleName(f"{figure.name}: {figure.value.text} {figure.unit}".strip())
        self.setToolTip(figure.tip)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(TILE_WIDTH), self._theme.px(TILE_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(TILE_WIDTH * 0.7), self._theme.px(TILE_LEAST))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._theme.px
        box = QRectF(self.rect()).adjusted(px(_PADDING), px(4), -px(4), -px(4))
        lines_end = px(2 * _SMALL_LINE + _FIGURE_LINE)
        has_unit_line = box.height() >= lines_end
        self._paint_name(painter, QRectF(box.left(), box.top(), box.width(), px(_SMALL_LINE)))
        top = box.top() + px(_SMALL_LINE)
        used = self._paint_value(painter, QRectF(box.left(), top, box.width(), px(_FIGURE_LINE)))
        if has_unit_line:
            unit = QRectF(box.left(), top + px(_FIGURE_LINE), box.width(), px(_SMALL_LINE))
        else:
            # In a low place the unit stands behind the number, on its baseline.
            unit = QRectF(box.left() + used + px(4), top + px(7), box.width() - used - px(4), px(_SMALL_LINE))
        self._paint_unit(painter, unit)
        curve = QRectF(box.left(), box.top() + lines_end + 2, box.width() - px(8), box.height() - lines_end - 2)
        if curve.height() >= px(_LEAST_CURVE):
            curve.setHeight(min(curve.height(), px(44)))
            paint_sparkline(painter, self._theme, curve, self._figure.curve)
        if self.hasFocus():
            painter.setPen(self._theme.pen("sel"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.end()

    def _paint_name(self, painter: QPainter, box: QRectF) -> None:
        """The mark hangs behind the name, so that figures stay in line when one of them turns abnormal."""
        mark, side = self._figure.mark, self._theme.px(_MARK)
        room = box.adjusted(0, 0, self._theme.px(4) - (side + 3 if mark else 0), 0)
        name, metrics = self._figure.name, QFontMetricsF(self._theme.font("small"))
        if self._figure.brief and metrics.horizontalAdvance(name) > room.width():
            name = self._figure.brief
        used = self._paint_small(painter, room, name)
        if mark is not None:
            paint_mark(
                painter, self._theme, QRectF(box.left() + used + 3, box.center().y() - side / 2, side, side), mark
            )

    def _paint_value(self, painter: QPainter, box: QRectF) -> float:
        """The largest size that fits; returns the width it took."""
        shown = self._figure.value
        # In a narrow tile all figures are small, or the short ones would shout among the long.
        roles = ("figure", "title", "small") if box.width() >= self._theme.px(_BIG_FROM) else ("title", "small")
        for role in roles:
            font = self._theme.font(role, bold=role != "small", italic=shown.italic)
            width = QFontMetricsF(font).horizontalAdvance(shown.text)
            if width <= box.width():
                break
        painter.setFont(font)
        painter.setPen(self._theme.tone(shown.tone))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown.text)
        return width

    def _paint_unit(self, painter: QPainter, box: QRectF) -> None:
        """Whole, or its first word, or not at all: half a word says nothing."""
        metrics = QFontMetricsF(self._theme.font("small"))
        for text in (self._figure.unit, self._figure.unit.partition(" · ")[0]):
            if metrics.horizontalAdvance(text) <= box.width():
                self._paint_small(painter, box, text)
                return

    def _paint_small(self, painter: QPainter, box: QRectF, text: str) -> float:
        font = self._theme.font("small")
        painter.setFont(font)
        painter.setPen(self._theme.tone("secondary"))
        metrics = QFontMetricsF(font)
        fitting = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitting)
        return metrics.horizontalAdvance(fitting)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.activated.emit(self._figure.key)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.activated.emit(self._figure.key)
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)

    def _on_pulse(self, _: bool) -> None:
        if self._figure.mark is not None and self._figure.mark.pulsing and self.isVisible():
            self.update()


class FigureStrip(QWidget):
    """Its figures side by side, in as many rows as the width asks for and the height allows."""

    activated = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tiles: dict[str, FigureTile] = {}
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(theme.px(4), 0, theme.px(4), 0)
        self._grid.setSpacing(0)
        theme.changed.connect(self._arrange)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        for figure in figures:
            if (tile := self._tiles.get(figure.key)) is not None:
                tile.show_figure(figure)
                continue
            tile = self._tiles[figure.key] = FigureTile(self._theme, figure)
            tile.activated.connect(self.activated)
            self._columns = 0
        if not self._columns:
            self._arrange()

    def focused(self) -> Figure | None:
        """The figure that the keyboard stands on."""
        return next((tile.figure for tile in self._tiles.values() if tile.hasFocus()), None)

    @property
    def rows(self) -> int:
        return -(-len(self._tiles) // self._columns) if self._columns else 1

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def sizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(2 * px(TILE_WIDTH), self._rows_for_width() * px(TILE_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        """Two tiles wide and one high: a narrow place gets more rows, a low one smaller figures."""
        return QSize(2 * self._theme.px(TILE_WIDTH), self._theme.px(TILE_LEAST))

    def _arrange(self) -> None:
        count = len(self._tiles)
        if not count:
            return
        rows = max(1, min(self._rows_for_width(), self.height() // self._theme.px(TILE_LEAST)))
        columns = -(-count // rows)
        if columns != self._columns:
            self._columns = columns
            for i, tile in enumerate(self._tiles.values()):
                self._grid.addWidget(tile, i // columns, i % columns)
            for column in range(count):
                self._grid.setColumnStretch(column, 1 if column < columns else 0)
            self.updateGeometry()

    def _rows_for_width(self) -> int:
        fitting = max(1, self.width() // self._theme.px(TILE_WIDTH))
        return max(1, -(-len(self._tiles) // fitting))
