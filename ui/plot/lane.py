"""One lane of a trend: all curves of one unit over one scale, with limits, gap words, cursors and the line of now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsGridLayout, QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from ui.plot.axes import TimeAxis, ValueAxis
from ui.plot.runs import Gap
from ui.plot.trace import Limit, Trace
from ui.plot.trace_item import TraceItem
from ui.theme import Theme
from ui.tones import TONES

_AXIS_PX = 62
_FOOT_PX = 22.0


class Lane(pg.GraphicsWidget):
    """Its vertical scale follows what is in view, in natural steps, so that it rests while values only tremble.

    Put together from view box and axes: pyqtgraph's own PlotItem brings seven menus along that nobody opens.
    """

    def __init__(self, unit: str, theme: Theme, zone: tzinfo) -> None:
        super().__init__()
        self.unit = unit
        self._theme = theme
        self.items_by_key: dict[str, TraceItem] = {}
        self._scale = (0.0, 1.0)
        # Each part is told its parent from here: a layout adopts silently, and Python would free the part again.
        self.box = pg.ViewBox(parent=self, enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.values, self.times = ValueAxis(unit), TimeAxis(zone)
        for axis in (self.values, self.times):
            axis.setParentItem(self)
        self.values.setWidth(theme.px(_AXIS_PX))
        self.values.setStyle(showValues=False)
        grid = QGraphicsGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addItem(self.values, 0, 0)
        grid.addItem(self.box, 0, 1)
        grid.addItem(self.times, 1, 1)
        grid.setRowStretchFactor(0, 100)
        grid.setColumnStretchFactor(1, 100)
        for axis in (self.values, self.times):
            axis.linkToView(self.box)
            axis.setZValue(0.5)
        self._marks = _LaneMarks(self, theme)
        self.box.addItem(self._marks, ignoreBounds=True)
        self.restyle()

    def show_times(self, left: float, right: float) -> None:
        self.box.setXRange(left, right, padding=0.0)

    @property
    def limits(self) -> Sequence[Limit]:
        return [limit for item in self.items_by_key.values() for limit in item.trace.pen.limits]

    def add_trace(self, trace: Trace) -> None:
        item = TraceItem(trace, self._theme)
        self.items_by_key[trace.pen.key] = item
        self.box.addItem(item, ignoreBounds=True)

    def remove_trace(self, key: str) -> None:
        if item := self.items_by_key.pop(key, None):
            self.box.removeItem(item)

    def show_marks(self, now: float | None, cursors: Sequence[float], now_word: str) -> None:
        self._marks.now, self._marks.cursors, self._marks.now_word = now, cursors, now_word
        self._marks.update()

    def refresh(self, left: float, right: float, columns: int) -> None:
        changed = [item.refresh(left, right, columns) for item in self.items_by_key.values()]
        if any(changed):
            self._fit_scale()
            self._marks.update()

    def restyle(self) -> None:
        for axis in (self.values, self.times):
            axis.setPen(self._theme.pen("line"))
            axis.setTextPen(self._theme.color("t2"))
            axis.setTickFont(self._theme.font("small"))
            axis.setStyle(tickLength=0, tickTextOffset=self._theme.px(6), hideOverlappingLabels=True)
        self._marks.update()
        for item in self.items_by_key.values():
            item.update()

    def gaps(self) -> list[Gap]:
        return [gap for item in self.items_by_key.values() if not item.trace.pen.is_ghost for gap in item.drawn.gaps]

    def _fit_scale(self) -> None:
        spans = [span for item in self.items_by_key.values() if (span := item.value_span())]
        # A scale without a curve would be an invented one.
        self.values.setStyle(showValues=bool(spans))
        if not spans:
            return
        low, high = min(span[0] for span in spans), max(span[1] for span in spans)
        near = [limit.value for limit in self.limits if low - (high - low) <= limit.value <= high + (high - low)]
        low, high = min([low, *near]), max([high, *near])
        room = max((high - low) * 0.08, abs(high) * 1e-4, 1e-9)
        old_low, old_high = self._scale
        if old_low <= low and high <= old_high and (high - low) > 0.4 * (old_high - old_low):
            return
        # At the foot stand the words of the gaps; curves keep clear of them.
        foot = (high - low + 3 * room) * _FOOT_PX / max(80.0, self.box.height())
        self._scale = (low - room - foot, high + 1.5 * room)
        self.box.setYRange(*self._scale, padding=0.0)


class _LaneMarks(pg.GraphicsObject):
    """Everything in a lane that is not a curve, painted in one go and in pixels: grid, limits, gaps, now, cursors."""

    def __init__(self, lane: Lane, theme: Theme) -> None:
        super().__init__()
        self._lane, self._theme = lane, theme
        self.now: float | None = None
        self.now_word = ""
        self.cursors: Sequence[float] = ()
        self.setZValue(0.5)

    @override
    def boundingRect(self) -> QRectF:
        return self._lane.box.viewRect()

    @override
    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()
        self.update()

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        transform = painter.worldTransform()
        view = self.boundingRect()
        painter.save()
        painter.resetTransform()
        ratio = painter.device().devicePixelRatioF()
        painter.scale(ratio, ratio)
        place = _Place(transform, view, ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._theme.font("small"))
        self._paint_grid(painter, place)
        self._paint_gaps(painter, place)
        self._paint_limits(painter, place)
        if self.now is not None:
            self._paint_now(painter, place, self.now)
        for moment in self.cursors:
            self._paint_cursor(painter, place, moment)
        painter.restore()

    def _paint_grid(self, painter: QPainter, place: _Place) -> None:
        painter.setPen(self._theme.pen("hair"))
        for moment in _ticks(self._lane.times, is_across=True):
            painter.drawLine(QPointF(place.x(moment), place.top), QPointF(place.x(moment), place.bottom))
        for value in _ticks(self._lane.values, is_across=False):
            painter.drawLine(QPointF(place.left, place.y(value)), QPointF(place.right, place.y(value)))

    def _paint_limits(self, painter: QPainter, place: _Place) -> None:
        written: list[float] = []
        for limit in self._lane.limits:
            y = place.y(limit.value)
            if not place.top <= y <= place.bottom:
                continue
            pen = QPen(self._theme.color(TONES[limit.tone]), 1.0)
            pen.setDashPattern([4.0, 3.0])
            painter.setPen(pen)
            painter.drawLine(QPointF(place.left, y), QPointF(place.right, y))
            if all(abs(y - other) > self._theme.px(13) for other in written):
                written.append(y)
                self._paint_label(painter, place, y, limit.label)

    def _paint_label(self, painter: QPainter, place: _Place, y: float, label: str) -> None:
        """At the end of its line, above or below it, where no curve strikes it through."""
        metrics = painter.fontMetrics()
        size = QSizeF(metrics.horizontalAdvance(label) + 4, metrics.height())
        ends = (place.left + 4, place.right - size.width() - 4)
        boxes = [QRectF(QPointF(x, top), size) for x in ends for top in (y - size.height() - 1, y + 2)]
        inside = [box for box in boxes if box.top() >= place.top and box.bottom() <= place.bottom] or boxes[:1]
        box = next((box for box in inside if not self._is_crossed(place, box)), inside[0])
        painter.fillRect(box, self._theme.color("bg1", 0.85))
        painter.drawText(QPointF(box.left() + 2, box.top() + metrics.ascent()), label)

    def _is_crossed(self, place: _Place, box: QRectF) -> bool:
        start, end = place.moment(box.left()), place.moment(box.right())
        for item in self._lane.items_by_key.values():
            for run in item.drawn.runs:
                first = max(0, int(np.searchsorted(run.times, start)) - 1)
                values = run.values[first : int(np.searchsorted(run.times, end)) + 1]
                if not len(values) or run.times[first] > end or run.times[-1] < start:
                    continue
                if place.y(float(values.max())) <= box.bottom() and place.y(float(values.min())) >= box.top():
                    return True
        return False

    def _paint_gaps(self, painter: QPainter, place: _Place) -> None:
        font = self._theme.font("small", italic=True)
        painter.setFont(font)
        last_end = -1e9
        for gap in sorted(self._lane.gaps(), key=lambda g: g.start):
            left, right = max(place.left, place.x(gap.start)), min(place.right, place.x(gap.end))
            if right - left < 2.0:
                if not gap.is_told or right < left:
                    continue
                # Too short for this scale, and yet nobody else will tell of it.
                right = left + 2.0
            area = QRectF(left, place.bottom - 3, right - left, 3)
            painter.fillRect(area, self._theme.color("t2", 0.9 if gap.is_bad else 0.45))
            width = painter.fontMetrics().horizontalAdvance(gap.words)
            start = min(max(place.left + 2, (left + right - width) / 2), place.right - width - 2)
            if start > last_end + 8:
                painter.setPen(self._theme.color("t1"))
                painter.drawText(QPointF(start, place.bottom - 8), gap.words)
                last_end = start + width
        painter.setFont(self._theme.font("small"))

    def _paint_now(self, painter: QPainter, place: _Place, now: float) -> None:
        x = place.x(now)
        if place.left <= x <= place.right:
            painter.setPen(self._theme.pen("t2"))
            painter.drawLine(QPointF(x, place.top), QPointF(x, place.bottom))
            if place.right - x > painter.fontMetrics().horizontalAdvance(self.now_word) + self._theme.px(8):
                painter.setPen(self._theme.color("t1"))
                painter.drawText(QPointF(x + 5, place.top + self._theme.px(11)), self.now_word)

    def _paint_cursor(self, painter: QPainter, place: _Place, moment: float) -> None:
        x = place.x(moment)
        if place.left <= x <= place.right:
            painter.setPen(self._theme.pen("sel", 1.4))
            painter.drawLine(QPointF(x, place.top), QPointF(x, place.bottom))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("sel"))
            painter.drawRoundedRect(QRectF(x - 5, place.top, 10, 7), 2, 2)


class _Place:
    """Where moments and values lie, in pixels of the widget."""

    def __init__(self, transform: QTransform, view: QRectF, ratio: float) -> None:
        self._map, self._ratio = transform.map, ratio
        corners = [self._map(view.topLeft()) / ratio, self._map(view.bottomRight()) / ratio]
        self.left, self.right = sorted(corner.x() for corner in corners)
        self.top, self.bottom = sorted(corner.y() for corner in corners)
        self._value = view.center().y()
        self._moment = view.center().x()
        self._start, self._seconds = view.left(), view.width()

    def x(self, moment: float) -> float:
        return self._map(QPointF(moment, self._value)).x() / self._ratio

    def moment(self, x: float) -> float:
        return self._start + (x - self.left) / max(1.0, self.right - self.left) * self._seconds

    def y(self, value: float) -> float:
        return self._map(QPointF(self._moment, value)).y() / self._ratio


def _ticks(axis: pg.AxisItem, *, is_across: bool) -> list[float]:
    low, high = axis.range
    levels = axis.tickValues(low, high, axis.size().width() if is_across else axis.size().height())
    return [value for _, values in levels[:2] for value in values]
