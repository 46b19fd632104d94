"""The painted pieces of a sheet: symbols and conductors, each a few native path items that are recoloured in place."""

from collections.abc import Mapping
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsScene

from ui.diagram.looks import NORMAL, Doubt, Look
from ui.diagram.sheet import Arrow, Conductor, Symbol
from ui.diagram.symbol_files import PAINTS, Shape, load_symbol
from ui.theme import Theme
from ui.theme.fonts import make_font

ELEMENT = 0
"""The item data role under which a piece keeps the element it belongs to."""

CONDUCTOR_PX, BAR_PX, OUTLINE_PX = 2.0, 6.0, 1.6
_DASHES = [3.0, 2.5]
_ORDER = ("hollow", "dashed", "line", "solid", "letters", "cross")


@cache
def _placed_shapes(drawing: str, state: str, rotation_deg: int, scale: float) -> Mapping[str, QPainterPath]:
    """The paths of a symbol's state that have anything to paint, turned and scaled; symbols of one kind share them."""
    symbol = load_symbol(drawing)
    shape, turn = symbol.shape(state), QTransform().rotate(rotation_deg).scale(scale, scale)
    half_width, half_height = symbol.width / 2, symbol.height / 2
    cross = QPainterPath()
    cross.moveTo(-half_width, -half_height)
    cross.lineTo(half_width, half_height)
    cross.moveTo(half_width, -half_height)
    cross.lineTo(-half_width, half_height)
    paths = {paint: turn.map(getattr(shape, paint)) for paint in PAINTS}
    paths |= {"letters": _lettering(shape, turn, scale), "cross": turn.map(cross)}
    return {paint: path for paint, path in paths.items() if not path.isEmpty()}


def _lettering(shape: Shape, turn: QTransform, scale: float) -> QPainterPath:
    """Letters as outlines, upright whichever way the symbol is turned."""
    path = QPainterPath()
    for letters in shape.letters:
        font = make_font("body", 1.0, bold=True)
        font.setPixelSize(max(1, round(letters.size * scale)))
        text = QPainterPath()
        text.addText(0, 0, font, letters.text)
        place = turn.map(QPointF(letters.x, letters.y)) - text.boundingRect().center()
        path.addPath(text.translated(place))
    return path


class Inks:
    """Pens and brushes for the looks in use, made once for each and forgotten when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._known: dict[tuple[str, bool, Doubt], Mapping[str, tuple[QPen, QBrush]]] = {}

    def forget(self) -> None:
        self._known.clear()

    def strokes(self, look: Look) -> Mapping[str, tuple[QPen, QBrush]]:
        """With what each paint of a symbol is drawn in this look."""
        wanted = (look.tone, look.is_dashed, look.doubt)
        if (known := self._known.get(wanted)) is None:
            known = self._known[wanted] = self._made(look)
        return known

    def _made(self, look: Look) -> Mapping[str, tuple[QPen, QBrush]]:
        colour, paper = self._theme.color(look.tone), self._theme.color("bg1")
        plain = QPen(colour, OUTLINE_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
        dashed = QPen(plain)
        dashed.setDashPattern(_DASHES)
        outline = dashed if look.is_dashed or look.doubt is Doubt.STALE else plain
        inside = QBrush(colour, Qt.BrushStyle.BDiagPattern) if look.doubt is Doubt.UNCERTAIN else QBrush(paper)
        return {
            "hollow": (outline, inside),
            "dashed": (dashed, QBrush(paper)),
            "line": (dashed if look.is_dashed else plain, QBrush()),
            "solid": (outline, QBrush(colour)),
            "letters": (QPen(Qt.PenStyle.NoPen), QBrush(colour)),
            "cross": (plain, QBrush()),
        }


class SymbolPiece:
    """One symbol as a few native items, which a thousand times over are repainted without a line of Python.

    An item is made when its paint is first needed: most states need one or two of the six.
    """

    def __init__(self, symbol: Symbol, scene: QGraphicsScene, inks: Inks) -> None:
        self.key = symbol.key
        self.look = NORMAL
        self._symbol = symbol
        self._scene = scene
        self._inks = inks
        drawing = load_symbol(symbol.drawing)
        self._scale = min(symbol.width / drawing.width, symbol.height / drawing.height)
        self._items: dict[str, QGraphicsPathItem] = {}
        self._visible: dict[str, QGraphicsPathItem] = {}
        self._shape_of("")
        self.recolour()

    @property
    def items(self) -> list[QGraphicsPathItem]:
        return list(self._items.values())

    @property
    def box(self) -> QRectF:
        drawing = load_symbol(self._symbol.drawing)
        box = QRectF(-drawing.width / 2, -drawing.height / 2, drawing.width, drawing.height)
        turn = QTransform().rotate(self._symbol.rotation_deg).scale(self._scale, self._scale)
        return turn.mapRect(box).translated(self._symbol.x, self._symbol.y)

    def wear(self, look: Look) -> None:
        old, self.look = self.look, look
        before = self._visible
        if look.state != old.state or (look.doubt is Doubt.BAD) != (old.doubt is Doubt.BAD):
            self._shape_of(look.state)
        if before is not self._visible or self._inks.strokes(look) is not self._inks.strokes(old):
            self.recolour()

    def recolour(self) -> None:
        strokes = self._inks.strokes(self.look)
        for paint, item in self._visible.items():
            pen, brush = strokes[paint]
            item.setPen(pen)
            item.setBrush(brush)

    def _shape_of(self, state: str) -> None:
        """Paths into the items that are there; `_visible` stays the same object while the same paints are wanted."""
        paths = _placed_shapes(self._symbol.drawing, state, self._symbol.rotation_deg, self._scale)
        wanted = [paint for paint in paths if paint != "cross" or self.look.doubt is Doubt.BAD]
        if wanted != list(self._visible):
            for paint in self._visible.keys() - set(wanted):
                self._visible[paint].setVisible(False)
            shown = self._visible
            self._visible = {paint: self._items.get(paint) or self._new_item(paint) for paint in wanted}
            for paint in self._visible.keys() - shown.keys():
                self._visible[paint].setVisible(True)
        for paint, item in self._visible.items():
            item.setPath(paths[paint])

    def _new_item(self, paint: str) -> QGraphicsPathItem:
        item = self._items[paint] = QGraphicsPathItem()
        item.setPos(self._symbol.x, self._symbol.y)
        item.setZValue(3.0 + 0.01 * _ORDER.index(paint))
        item.setData(ELEMENT, self._symbol.element)
        self._scene.addItem(item)
        return item


class ConductorPiece:
    """A polyline; alive it is drawn through, dead it is dashed."""

    def __init__(self, conductor: Conductor, scene: QGraphicsScene, theme: Theme) -> None:
        self.key = conductor.key
        self.look = NORMAL
        self._theme = theme
        self._is_bar = conductor.is_bar
        path = QPainterPath()
        path.moveTo(*conductor.points[0])
        for point in conductor.points[1:]:
            path.lineTo(*point)
        self.item = QGraphicsPathItem(path)
        self.item.setData(ELEMENT, conductor.element)
        self.item.setZValue(1.0 if self._is_bar else 0.0)
        scene.addItem(self.item)
        self.recolour()

    def wear(self, look: Look) -> None:
        self.look = look
        self.recolour()

    def recolour(self) -> None:
        width = BAR_PX if self._is_bar else CONDUCTOR_PX
        pen = QPen(self._theme.color(self.look.tone), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if self.look.is_dashed:
            pen.setDashPattern([1.6, 1.0] if self._is_bar else [4.0, 3.0])
        self.item.setPen(pen)


class ArrowPiece:
    """A small triangle that lies on its conductor and points where the flow goes."""

    def __init__(self, arrow: Arrow, scene: QGraphicsScene, theme: Theme) -> None:
        self.key = arrow.key
        self.look = NORMAL
        self._theme = theme
        self._rotation = arrow.rotation_deg
        half = arrow.size / 2
        path = QPainterPath()
        path.moveTo(-half, -half)
        path.lineTo(half, 0)
        path.lineTo(-half, half)
        path.closeSubpath()
        self.item = QGraphicsPathItem(path)
        self.item.setPos(arrow.x, arrow.y)
        self.item.setZValue(2.0)
        self.item.setPen(QPen(Qt.PenStyle.NoPen))
        self.item.setData(ELEMENT, arrow.element)
        scene.addItem(self.item)
        self.wear(NORMAL)

    def wear(self, look: Look) -> None:
        self.look = look
        self.item.setVisible(look.flow != 0)
        self.item.setRotation(self._rotation + (180 if look.flow < 0 else 0))
        self.recolour()

    def recolour(self) -> None:
        self.item.setBrush(self._theme.color(self.look.tone))


def element_of(item: QGraphicsItem) -> str:
    """The element a piece belongs to; nothing for items that are not pieces."""
    return item.data(ELEMENT) or ""
