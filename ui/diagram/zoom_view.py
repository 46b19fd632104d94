"""A view that zooms around a point, pans without scroll bars and keeps fitting until someone takes hold of it."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget
from typing_extensions import override

from ui.theme import Theme

SMALLEST, LARGEST, STEP = 0.08, 6.0, 1.2
LARGEST_FIT = 1.6


class ZoomView(QGraphicsView):
    zoomed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fits = True
        self._whole = QRectF()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)

    @property
    def fits(self) -> bool:
        """Whether the whole is shown and stays so."""
        return self._fits

    @property
    def scale_now(self) -> float:
        return self.transform().m11()

    def show_whole(self, whole: QRectF) -> None:
        """What `fit` has to show from now on."""
        self._whole = whole
        self.fit()

    def visible_part(self) -> QRectF:
        """What is seen of the scene now."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def fit(self) -> None:
        """Show the whole, and keep doing so when the view changes its size."""
        self._fits = True
        room = self.viewport().size()
        if self._whole.isEmpty() or room.width() < 8 or room.height() < 8:
            return
        across, down = room.width() / self._whole.width(), room.height() / self._whole.height()
        self._place(min(across, down, LARGEST_FIT * self._theme.zoom), self._whole.center())

    def zoom_to(self, scale: float, around: QPointF | None = None) -> None:
        """Zoom while the point `around` of the viewport stays where it is."""
        self._fits = False
        scale = min(LARGEST, max(SMALLEST, scale))
        middle = QPointF(self.viewport().width() / 2, self.viewport().height() / 2)
        fixed = around or middle
        self._place(scale, self.to_scene(fixed) + (middle - fixed) / scale)

    def pan(self, way: QPoint) -> None:
        """Move what is seen by pixels."""
        self._fits = False
        self.setSceneRect(self.sceneRect().translated(-way.x() / self.scale_now, -way.y() / self.scale_now))

    def bring(self, spot: QPointF) -> None:
        """Put a point of the scene into the middle, large enough to read."""
        self._fits = False
        self._place(self.scale_now if self.scale_now > 0.75 else 1.0, spot)

    def to_scene(self, spot: QPointF) -> QPointF:
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(spot)

    def obey_zoom_key(self, key: Qt.Key) -> bool:
        """Plus, minus, nought and Home; whether the key was one of them."""
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_to(self.scale_now * STEP)
        elif key is Qt.Key.Key_Minus:
            self.zoom_to(self.scale_now / STEP)
        elif key is Qt.Key.Key_0:
            self.zoom_to(1.0)
        elif key is Qt.Key.Key_Home:
            self.fit()
        else:
            return False
        return True

    def _place(self, scale: float, middle: QPointF) -> None:
        half_width, half_height = self.viewport().width() / 2 / scale, self.viewport().height() / 2 / scale
        seen = QRectF(middle.x() - half_width, middle.y() - half_height, 2 * half_width, 2 * half_height)
        self.resetTransform()
        # The scene rectangle is the visible part itself: without scroll ranges every place can be reached.
        self.setSceneRect(seen)
        self.scale(scale, scale)
        self.zoomed.emit(scale)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if steps := event.angleDelta().y() / 120.0:
            self.zoom_to(self.scale_now * STEP**steps, event.position())
        event.accept()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.fit()
        elif not self._whole.isEmpty():
            self._place(self.scale_now, self.sceneRect().center())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._fits:
            self.fit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(960, 540)
