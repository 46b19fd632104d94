"""Paints one curve into a lane: certain parts drawn through, doubtful ones dotted, nothing across a gap."""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from ui.plot.runs import Curve, Flags, Floats, Run
from ui.plot.thinning import thin_curve
from ui.plot.trace import Trace
from ui.theme import Theme

_WIDTH_PX = 1.3
# Where a curve goes up and down in every column, smooth edges cost a second and nobody sees them.
_MUCH_INK_PX = 20_000.0


class TraceItem(pg.GraphicsObject):
    """Keeps a path for the part of the trace that is in view; `refresh` makes it anew when range or data changed."""

    def __init__(self, trace: Trace, theme: Theme) -> None:
        super().__init__()
        self.trace = trace
        self._theme = theme
        self._sure, self._doubtful = QPainterPath(), QPainterPath()
        self._lines = PrimitiveArray(QLineF, 4)
        self._band = QPolygonF()
        self._box = QRectF()
        self._travel = 0.0
        self._drawn_state: tuple[object, ...] = ()
        self.drawn = Curve()
        self.setZValue(1.0 if trace.pen.is_ghost else 2.0)

    def refresh(self, left: float, right: float, columns: int) -> bool:
        """Thin to the pixels of this range; whether anything changed."""
        curve = self.trace.curve()
        state = (id(curve), left, right, columns, id(self.trace.band))
        if state == self._drawn_state:
            return False
        self._drawn_state = state
        self.drawn = thin_curve(curve, left, right, columns)
        # Seconds since 1970 are too long for a painter's fine steps: the path counts from the left edge.
        self.setPos(left, 0.0)
        self._travel = sum(float(np.abs(np.diff(run.values)).sum()) for run in self.drawn.runs)
        self._sure, self._doubtful = _paths(self.drawn, left, stepped=self.trace.pen.is_stepped)
        _into_lines(self._lines, self.drawn, left, stepped=self.trace.pen.is_stepped)
        self._band = self._band_polygon(left)
        self.prepareGeometryChange()
        self._box = self._sure.boundingRect().united(self._doubtful.boundingRect()).united(self._band.boundingRect())
        self.update()
        return True

    def value_span(self) -> tuple[float, float] | None:
        """The lowest and the highest value in view."""
        arrays = [run.values for run in self.drawn.runs]
        if (band := self.trace.band) is not None:
            arrays += [band.low, band.high]
        return (min(float(a.min()) for a in arrays), max(float(a.max()) for a in arrays)) if arrays else None

    @override
    def boundingRect(self) -> QRectF:
        return self._box

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        pen = self.trace.pen
        if not self._band.isEmpty():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(pen.colour, 0.22))
            painter.drawPolygon(self._band)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        line = QPen(self._theme.color("t2" if pen.is_ghost else pen.colour), _WIDTH_PX)
        line.setCosmetic(True)
        dotted = QPen(line)
        dotted.setDashPattern([1.5, 2.5])
        if pen.is_ghost:
            line.setDashPattern([4.0, 3.0])
        if is_dense := self._travel * abs(painter.worldTransform().m22()) > _MUCH_INK_PX:
            line.setWidthF(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_dense)
        painter.setPen(line)
        if pen.is_ghost:
            painter.drawPath(self._sure)
        else:
            # Line by line: one path of a curve that goes up and down costs eighty times as much, for its crossings.
            painter.drawLines(*self._lines.drawargs())
        painter.setPen(dotted)
        painter.drawPath(self._doubtful)

    def _band_polygon(self, left: float) -> QPolygonF:
        if (band := self.trace.band) is None:
            return QPolygonF()
        there = [QPointF(t - left, v) for t, v in zip(band.times.tolist(), band.high.tolist(), strict=True)]
        back = [QPointF(t - left, v) for t, v in zip(band.times.tolist(), band.low.tolist(), strict=True)]
        return QPolygonF([*there, *reversed(back)])


def _paths(curve: Curve, left: float, *, stepped: bool) -> tuple[QPainterPath, QPainterPath]:
    sure, doubtful = QPainterPath(), QPainterPath()
    for run in curve.runs:
        times, values, flags = _as_steps(run) if stepped else (run.times, run.values, run.doubtful)
        x = times - left
        if len(x) == 1:
            # A single sample between two gaps is a short dash: a point would be invisible.
            x, values = np.array([x[0], x[0] + 1e-6]), np.repeat(values, 2)
            flags = None if flags is None else np.repeat(flags, 2)
        if flags is None:
            sure.addPath(pg.arrayToQPath(x, values))
            continue
        is_doubtful = flags.copy()
        is_doubtful[:-1] |= flags[1:]
        sure.addPath(pg.arrayToQPath(x, values, connect=(~is_doubtful).astype(np.int32)))
        doubtful.addPath(pg.arrayToQPath(x, values, connect=is_doubtful.astype(np.int32)))
    return sure, doubtful


def _into_lines(lines: PrimitiveArray, curve: Curve, left: float, *, stepped: bool) -> None:
    """What is certain, as single lines from sample to sample."""
    parts = [_segments(run, left, stepped=stepped) for run in curve.runs]
    whole = np.concatenate(parts) if parts else np.empty((0, 4))
    lines.resize(len(whole))
    lines.ndarray()[:] = whole


def _segments(run: Run, left: float, *, stepped: bool) -> Floats:
    times, values, flags = _as_steps(run) if stepped else (run.times, run.values, run.doubtful)
    x = times - left
    if len(x) == 1:
        # A single sample between two gaps is a short dash: a point would be invisible.
        x, values, flags = (
            np.array([x[0], x[0] + 1e-6]),
            np.repeat(values, 2),
            None if flags is None else np.repeat(flags, 2),
        )
    whole = np.column_stack((x[:-1], values[:-1], x[1:], values[1:]))
    return whole if flags is None else whole[~(flags[:-1] | flags[1:])]


def _as_steps(run: Run) -> tuple[Floats, Floats, Flags | None]:
    """A position holds until the next one comes."""
    times, values = np.repeat(run.times, 2)[1:], np.repeat(run.values, 2)[:-1]
    return times, values, None if run.doubtful is None else np.repeat(run.doubtful, 2)[:-1]
