"""The lanes of a trend above one another over one time axis, and the pointer that moves about in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Protocol

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.plot.lane import Lane
from ui.plot.trace import Trace
from ui.theme import Theme

ZOOM_STEP = 1.4
_GRIP_PX = 6.0
_AXIS_ROOM_PX = 70


class Handled(Protocol):
    """What the pointer does to the trend."""

    @property
    def cursors(self) -> Sequence[float]: ...

    def take_focus(self) -> None: ...

    def move_cursor(self, index: int, moment: float) -> None: ...

    def zoom(self, factor: float, around: float | None = None) -> None: ...

    def pan(self, seconds: float) -> None: ...

    def go_live(self) -> None: ...


class LaneStack(pg.GraphicsLayoutWidget):
    """One lane a unit. Dragging pans, the wheel zooms, a grip moves its cursor, a double click goes back to live."""

    def __init__(self, theme: Theme, zone: tzinfo, handled: Handled, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._zone, self._handled = theme, zone, handled
        self.lanes: dict[str, Lane] = {}
        self._dragged_from: QPointF | None = None
        self._held: int | None = None
        self.ci.setContentsMargins(4, 6, 8, 2)
        self.ci.setSpacing(2)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)

    @property
    def columns(self) -> int:
        """How many pixel columns the curves have."""
        return max(64, self.width() - _AXIS_ROOM_PX)

    def show_traces(self, traces: Iterable[Trace]) -> None:
        self.clear()
        self.lanes = {}
        for trace in traces:
            unit = trace.pen.unit
            if unit not in self.lanes:
                lane = self.lanes[unit] = Lane(unit, self._theme, self._zone)
                self.addItem(lane, row=len(self.lanes), col=0)
            self.lanes[unit].add_trace(trace)
        last = list(self.lanes.values())[-1:]
        for lane in self.lanes.values():
            lane.times.setStyle(showValues=lane in last)
            lane.times.setHeight(None if lane in last else 6)
        self.restyle()

    def show_times(self, left: float, right: float) -> None:
        for lane in self.lanes.values():
            lane.show_times(left, right)

    def restyle(self) -> None:
        self.setBackground(self._theme.color("bg1"))
        for lane in self.lanes.values():
            lane.restyle()
        self.update()

    def _moment_at(self, x: float) -> float:
        """The time under a pixel column."""
        lane = next(iter(self.lanes.values()), None)
        return lane.box.mapSceneToView(QPointF(x, 0)).x() if lane else 0.0

    def _grip_at(self, x: float) -> int | None:
        """Which cursor stands under a pixel column."""
        lane = next(iter(self.lanes.values()), None)
        if lane is None:
            return None
        places = [lane.box.mapViewToScene(QPointF(moment, 0)).x() for moment in self._handled.cursors]
        return next((i for i, place in enumerate(places) if abs(place - x) <= _GRIP_PX), None)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._handled.take_focus()
        self._held = self._grip_at(event.position().x())
        self._dragged_from = event.position()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._dragged_from is None:
            grip = self._grip_at(x) is not None
            self.setCursor(Qt.CursorShape.SplitHCursor if grip else Qt.CursorShape.ArrowCursor)
        elif self._held is not None:
            self._handled.move_cursor(self._held, self._moment_at(x))
        elif abs(x - self._dragged_from.x()) >= 1.0:
            self._handled.pan(self._moment_at(self._dragged_from.x()) - self._moment_at(x))
            self._dragged_from = event.position()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_from, self._held = None, None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._handled.go_live()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120.0
        self._handled.zoom(ZOOM_STEP**-steps, self._moment_at(event.position().x()))
        event.accept()
