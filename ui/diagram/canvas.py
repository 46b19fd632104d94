"""The view an operator moves about in: zoom, pan, select by pointer or keys, always the same sheet underneath."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from ui.diagram.looks import Badge, Look
from ui.diagram.neighbours import next_towards
from ui.diagram.scene import SheetScene
from ui.diagram.sheet import Sheet
from ui.diagram.slot_text import SlotText
from ui.diagram.zoom_view import ZoomView
from ui.theme import Theme

_REACH_PX, _TOUCH_REACH_PX = 5.0, 22.0
_DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class DiagramCanvas(ZoomView):
    """Shows one sheet. Looks and values come from outside; gestures go out as signals with the element's name."""

    selected = Signal(str)
    activated = Signal(str)
    drag_started = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._scene: SheetScene | None = None
        self._selection = ""
        self._hovered = ""
        self._frame_words = ""
        self._pressed_at: QPoint | None = None
        self._is_panning = False
        self.describe: Callable[[str], str] = str
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        theme.pulsed.connect(self._pulse)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def sheet_scene(self) -> SheetScene | None:
        return self._scene

    @property
    def selection(self) -> str:
        return self._selection

    def show_sheet(self, sheet: Sheet) -> None:
        """Show another sheet, as a whole; what was selected is let go."""
        old, self._selection, self._hovered = self._scene, "", ""
        self._scene = SheetScene(sheet, self._theme)
        self.setScene(self._scene)
        if old is not None:
            old.deleteLater()
        self.show_whole(self._scene.sceneRect())

    def show_looks(self, looks: Mapping[str, Look]) -> None:
        if self._scene:
            self._scene.wear(looks)

    def show_values(self, shown: Mapping[str, SlotText]) -> int:
        return self._scene.show_values(shown) if self._scene else 0

    def mute_captions(self, elements: frozenset[str]) -> None:
        if self._scene:
            self._scene.captions.mute(elements)

    def show_badges(self, badges: Mapping[str, Badge]) -> None:
        if self._scene:
            self._scene.show_badges(badges)

    def spot_of(self, element: str) -> QPointF:
        """Where an element is in the viewport."""
        box = self._scene.box_of(element) if self._scene else QRectF()
        return self.viewportTransform().map(box.center())

    def elements_under(self, area: QRect) -> set[str]:
        """Which elements have their handle under a part of the viewport."""
        if self._scene is None:
            return set()
        part = self.mapToScene(area).boundingRect()
        return {element for element, x, y in self._scene.sheet.places() if part.contains(x, y)}

    def set_frame(self, words: str) -> None:
        """Stand in a frame with these words, so that what is shown is not taken for live; no words, no frame."""
        self._frame_words = words
        self.viewport().update()

    def select(self, element: str, *, centre: bool = False) -> None:
        """Select an element, or nothing with an empty name; `centre` brings it into the middle of the view."""
        if self._scene is None:
            return
        box = self._scene.box_of(element)
        known = element if not box.isNull() else ""
        if known and (centre or not self.visible_part().intersects(box)):
            self.bring(box.center())
        if known != self._selection:
            self._selection = known
            self._scene.place_halo(known)
            self.selected.emit(known)

    def _element_at(self, spot: QPointF) -> str:
        if self._scene is None:
            return ""
        reach = (_TOUCH_REACH_PX if self._theme.touch else _REACH_PX) / self.scale_now
        return self._scene.element_at(self.to_scene(spot), reach)

    def _hover(self, element: str) -> None:
        if self._scene and element != self._hovered:
            self._hovered = element
            self._scene.place_halo(element if element != self._selection else "", hover=True)
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if element else Qt.CursorShape.ArrowCursor)

    def _pulse(self, _: bool) -> None:
        if self._scene and self.isVisible():
            self._scene.badges.pulse()

    def _restyle(self) -> None:
        self.setBackgroundBrush(QColor(self._theme.color("bg1")))
        if self._scene:
            self._scene.recolour()

    @override
    def drawForeground(self, painter: QPainter, rect: QRectF | QPointF) -> None:
        painter.resetTransform()
        edge = self.viewport().rect()
        if self._frame_words:
            painter.setPen(self._theme.pen("est", 3.0, Qt.PenStyle.DashLine))
            painter.drawRect(edge.adjusted(1, 1, -2, -2))
            painter.setFont(self._theme.font("title", bold=True))
            painter.setPen(self._theme.color("est"))
            painter.drawText(edge.adjusted(12, 8, -12, -8), Qt.AlignmentFlag.AlignLeft, self._frame_words)
        if self.hasFocus() and not self._selection:
            painter.setPen(self._theme.pen("sel"))
            painter.drawRect(edge.adjusted(0, 0, -1, -1))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()
        self._is_panning = event.button() is Qt.MouseButton.MiddleButton
        event.accept()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = event.position().toPoint()
        if self._pressed_at is None:
            self._hover(self._element_at(event.position()))
            return
        way = spot - self._pressed_at
        if not self._is_panning and way.manhattanLength() < 6:
            return
        held = "" if self._is_panning else self._element_at(QPointF(self._pressed_at))
        if held:
            self._pressed_at = None
            self.drag_started.emit(held)
            return
        self._is_panning = True
        self.pan(way)
        self._pressed_at = spot

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None and not self._is_panning and event.button() is Qt.MouseButton.LeftButton:
            self.select(self._element_at(event.position()))
        self._pressed_at, self._is_panning = None, False

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if element := self._element_at(event.position()):
            self.activated.emit(element)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")
        super().leaveEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _DIRECTIONS and self._scene:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.pan(QPoint(*(-80 * way for way in _DIRECTIONS[key])))
            else:
                self.select(next_towards(self._scene.sheet, self._selection, _DIRECTIONS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selection:
            self.activated.emit(self._selection)
        elif key is Qt.Key.Key_Escape and self._selection:
            self.select("")
        elif not self.obey_zoom_key(key):
            super().keyPressEvent(event)

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            element = self._element_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.describe(element) if element else "", self)
            return True
        return super().viewportEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
