"""Ten minutes of a unit as lanes above one time axis, each with its own scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from console.features.converters import words
from console.features.converters.state import WINDOW_S, Curve
from ui.theme import Theme
from ui.values import Shown, format_number

_LABEL_WIDTH, _SCALE_WIDTH, _AXIS_HEIGHT, _GAP = 128, 64, 18, 8
_TICKS_MIN = (10, 8, 6, 4, 2)


@dataclass(frozen=True, slots=True)
class Lane:
    """One quantity: what it is called, what it is now, its past, and the limits that are always in sight."""

    label: str
    shown: Shown
    curve: Curve
    decimals: int = 1
    limits: Sequence[tuple[float, str, str]] = ()
    floor: float | None = None

    def scale(self) -> tuple[float, float] | None:
        """From and to; a calm value is given room so that it looks calm."""
        known = [value for value in self.curve.values if value is not None]
        if not known:
            return None
        low, high = min(known), max(known)
        for limit, _, _ in self.limits:
            high = max(high, limit)
        floor = low if self.floor is None else min(low, self.floor)
        room = max((high - floor) * 0.08, abs(high) * 0.01, 10.0**-self.decimals)
        return (floor - room if self.floor is None else floor), high + room


class LanesView(QWidget):
    """Show it lanes; drawing is all it does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lanes: Sequence[Lane] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_lanes(self, lanes: Sequence[Lane]) -> None:
        self._lanes = lanes
        self.setAccessibleDescription(". ".join(f"{lane.label} {lane.shown.text}" for lane in lanes))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(560), self._theme.px(320))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._lanes:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        left, right = theme.px(_LABEL_WIDTH), self.width() - theme.px(_SCALE_WIDTH)
        bottom = self.height() - theme.px(_AXIS_HEIGHT)
        height = bottom / len(self._lanes)
        for index, lane in enumerate(self._lanes):
            box = QRectF(left, index * height, right - left, height - theme.px(_GAP))
            self._paint_label(painter, lane, QRectF(0, box.top(), left - theme.px(12), box.height()))
            self._paint_lane(painter, lane, box)
        self._paint_times(painter, QRectF(left, bottom, right - left, theme.px(_AXIS_HEIGHT)))
        painter.end()

    def _paint_label(self, painter: QPainter, lane: Lane, box: QRectF) -> None:
        theme = self._theme
        line = theme.px(17)
        top = box.center().y() - line
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t1"))
        painter.drawText(QRectF(box.left(), top, box.width(), line), _RIGHT, lane.label)
        painter.setFont(theme.font("title", bold=True, italic=lane.shown.italic))
        painter.setPen(theme.tone(lane.shown.tone))
        painter.drawText(QRectF(box.left(), top + line, box.width(), line), _RIGHT, lane.shown.text)

    def _paint_lane(self, painter: QPainter, lane: Lane, box: QRectF) -> None:
        theme = self._theme
        painter.setPen(theme.pen("hair"))
        painter.drawRect(box)
        for minutes in _TICKS_MIN[1:]:
            x = box.right() - minutes * 60 / WINDOW_S * box.width()
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setFont(theme.font("small"))
        scale = lane.scale()
        if scale is None:
            painter.setPen(theme.color("t2"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words.NO_READINGS_YET)
            return
        self._paint_scale(painter, lane, box, scale)
        self._paint_limits(painter, lane, box, scale)
        # One device pixel, whatever the zoom: Qt's software painter takes four times as long for a wider smooth line.
        painter.setPen(QPen(theme.color("pen1"), 0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.save()
        painter.setClipRect(box)
        runs = list(_runs(lane.curve))
        for run in runs:
            painter.drawPolyline(QPolygonF([self._place(box, scale, age_s, value) for age_s, value in run]))
        painter.restore()
        self._paint_gaps(painter, box, [*runs, [(0.0, 0.0)]])

    def _paint_gaps(self, painter: QPainter, box: QRectF, runs: Sequence[Sequence[tuple[float, float]]]) -> None:
        """A word where nothing was heard, if it has room."""
        painter.setFont(self._theme.font("small", italic=True))
        painter.setPen(self._theme.color("t2"))
        for before, after in pairwise(runs):
            silent_s = before[-1][0] - after[0][0]
            said = words.no_data(silent_s)
            room = silent_s / WINDOW_S * box.width()
            if room > painter.fontMetrics().horizontalAdvance(said):
                left = box.right() - before[-1][0] / WINDOW_S * box.width()
                painter.drawText(QRectF(left, box.top(), room, box.height()), _CENTRE, said)

    def _paint_scale(self, painter: QPainter, lane: Lane, box: QRectF, scale: tuple[float, float]) -> None:
        """Two numbers at the right tell how large a wiggle is."""
        theme, line = self._theme, self._theme.px(14)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t2"))
        room = QRectF(box.right() + theme.px(6), box.top(), theme.px(_SCALE_WIDTH) - theme.px(6), line)
        painter.drawText(room, _LEFT, format_number(scale[1], lane.decimals))
        painter.drawText(room.translated(0, box.height() - line), _LEFT, format_number(scale[0], lane.decimals))

    def _paint_limits(self, painter: QPainter, lane: Lane, box: QRectF, scale: tuple[float, float]) -> None:
        theme, left = self._theme, box.left() + self._theme.px(6)
        heights = [self._place(box, scale, 0.0, limit).y() for limit, _, _ in lane.limits]
        for y, (_, _, token) in zip(heights, lane.limits, strict=True):
            painter.setPen(theme.pen(token, 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        for y, (_, label, token) in zip(heights, lane.limits, strict=True):
            # Side by side and on plates: in a low lane two limits lie closer than a line of text is high.
            plate = QRectF(left, y + 1, painter.fontMetrics().horizontalAdvance(label) + theme.px(4), theme.px(14))
            painter.fillRect(plate, theme.color("bg1"))
            painter.setPen(theme.color(token))
            painter.drawText(plate, _LEFT, label)
            left = plate.right() + theme.px(12)

    def _paint_times(self, painter: QPainter, box: QRectF) -> None:
        theme = self._theme
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t2"))
        width = theme.px(60)
        for minutes in _TICKS_MIN:
            x = box.right() - minutes * 60 / WINDOW_S * box.width()
            painter.drawText(QRectF(x - width / 2, box.top(), width, box.height()), _CENTRE, f"\u2212{minutes} min")
        painter.drawText(QRectF(box.right() - width / 2, box.top(), width, box.height()), _CENTRE, words.NOW)

    @staticmethod
    def _place(box: QRectF, scale: tuple[float, float], age_s: float, value: float) -> QPointF:
        low, high = scale
        x = box.right() - age_s / WINDOW_S * box.width()
        return QPointF(x, box.bottom() - (value - low) / (high - low) * box.height())


def _runs(curve: Curve) -> Iterator[list[tuple[float, float]]]:
    """Stretches without a gap."""
    run: list[tuple[float, float]] = []
    for age_s, value in zip(curve.ages_s, curve.values, strict=True):
        if value is None:
            if run:
                yield run
            run = []
        else:
            run.append((age_s, value))
    if run:
        yield run


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
