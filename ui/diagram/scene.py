"""The scene of one sheet: builds its pieces once, then recolours and rewrites them in place."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsScene

from ui.diagram.badges import BadgeLayer
from ui.diagram.looks import NORMAL, Badge, Look
from ui.diagram.pieces import ArrowPiece, ConductorPiece, Inks, SymbolPiece, element_of
from ui.diagram.sheet import Sheet
from ui.diagram.slot_text import SlotText
from ui.diagram.text_layers import CaptionLayer, ValueLayer
from ui.theme import Theme

MARGIN = 8.0
_HALO_PX = 6.0
_BADGE_GAP_PX = 14.0

Piece = SymbolPiece | ConductorPiece | ArrowPiece


class SheetScene(QGraphicsScene):
    def __init__(self, sheet: Sheet, theme: Theme) -> None:
        super().__init__(-MARGIN, -MARGIN, sheet.width + 2 * MARGIN, sheet.height + 2 * MARGIN)
        # The pieces stand still, but a tree of them costs more than it saves while they are repainted by the hundred.
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self.sheet = sheet
        self._theme = theme
        self._inks = Inks(theme)
        self._pieces: dict[str, list[Piece]] = {}
        self._parts: dict[str, list[QGraphicsItem]] = {}
        self._badge_places: dict[str, QPointF] = {}
        self._symbol_boxes: dict[str, list[QRectF]] = {}
        self._build()
        self.captions = CaptionLayer(sheet, theme)
        self.values = ValueLayer(sheet, theme)
        self.badges = BadgeLayer(self.sceneRect(), self._badge_places, theme)
        self._hover_halo, self._halo = self._new_halo(7.0), self._new_halo(8.0)
        for layer in (self.captions, self.values, self.badges):
            self.addItem(layer)

    @property
    def elements(self) -> list[str]:
        return [element for element, _, _ in self.sheet.places()]

    def wear(self, looks: Mapping[str, Look]) -> None:
        """Give each named piece its look; a piece that keeps its look is not touched."""
        for key, look in looks.items():
            for piece in self._pieces.get(key, ()):
                if piece.look != look:
                    piece.wear(look)

    def show_values(self, shown: Mapping[str, SlotText]) -> int:
        return self.values.apply(shown)

    def show_badges(self, badges: Mapping[str, Badge]) -> None:
        self.badges.apply(badges)

    def recolour(self) -> None:
        self._inks.forget()
        for pieces in self._pieces.values():
            for piece in pieces:
                piece.recolour()
        self._halo.setPen(self._halo_pen(2.0))
        self._hover_halo.setPen(self._halo_pen(1.0))
        self.update()

    def look_of(self, key: str) -> Look:
        pieces = self._pieces.get(key)
        return pieces[0].look if pieces else NORMAL

    def element_at(self, spot: QPointF, reach: float) -> str:
        """The thing under the pointer, or the one nearest to it within reach; symbols win over conductors."""
        area = QRectF(spot.x() - reach, spot.y() - reach, 2 * reach, 2 * reach)
        for item in self.items(area, Qt.ItemSelectionMode.IntersectsItemShape, Qt.SortOrder.DescendingOrder):
            if element := element_of(item):
                return element
        return self.values.at(spot) or self.captions.at(spot)

    def box_of(self, element: str) -> QRectF:
        box = QRectF()
        for symbol_box in self._symbol_boxes.get(element, ()):
            box = box.united(symbol_box)
        for item in self._parts.get(element, ()):
            box = box.united(item.sceneBoundingRect())
        return box

    def place_halo(self, element: str, *, hover: bool = False) -> None:
        """Draw the frame of the selected element, or the fainter one of the element under the pointer."""
        (self._hover_halo if hover else self._halo).setPath(self._outline(element))

    def _build(self) -> None:
        for conductor in self.sheet.conductors:
            line = ConductorPiece(conductor, self, self._theme)
            self._keep(conductor.element, line, line.item)
            if conductor.is_bar:
                left = min(conductor.points)
                self._badge_places.setdefault(conductor.element, QPointF(left[0] - _BADGE_GAP_PX, left[1]))
        for arrow in self.sheet.arrows:
            triangle = ArrowPiece(arrow, self, self._theme)
            self._keep(arrow.element, triangle, triangle.item)
            self._badge_places.setdefault(arrow.element, QPointF(arrow.x - _BADGE_GAP_PX - 2, arrow.y))
        for symbol in self.sheet.symbols:
            drawn = SymbolPiece(symbol, self, self._inks)
            self._pieces.setdefault(drawn.key, []).append(drawn)
            box = drawn.box
            self._symbol_boxes.setdefault(symbol.element, []).append(box)
            self._badge_places[symbol.element] = QPointF(box.left() - _BADGE_GAP_PX, box.center().y())

    def _keep(self, element: str, piece: ConductorPiece | ArrowPiece, item: QGraphicsItem) -> None:
        self._pieces.setdefault(piece.key, []).append(piece)
        self._parts.setdefault(element, []).append(item)

    def _outline(self, element: str) -> QPainterPath:
        """A frame around the symbol; an element without one is followed along its conductors."""
        path = QPainterPath()
        if symbols := self._symbol_boxes.get(element):
            for box in symbols:
                path.addRoundedRect(box.adjusted(-_HALO_PX, -_HALO_PX, _HALO_PX, _HALO_PX), 4, 4)
            return path
        for item in self._parts.get(element, ()):
            if isinstance(item, QGraphicsPathItem) and item.pen().style() is not Qt.PenStyle.NoPen:
                stroker = QPainterPathStroker()
                stroker.setWidth(item.pen().widthF() + 2 * _HALO_PX)
                path = path.united(stroker.createStroke(item.path()))
        return path.simplified()

    def _new_halo(self, z: float) -> QGraphicsPathItem:
        halo = QGraphicsPathItem()
        halo.setZValue(z)
        halo.setPen(self._halo_pen(2.0 if z > 7.5 else 1.0))
        halo.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.addItem(halo)
        return halo

    def _halo_pen(self, width: float) -> QPen:
        pen = QPen(self._theme.color("sel"), width)
        pen.setCosmetic(True)
        return pen
