"""The painted pieces of a sheet: symbols and conductors, each a few native path items that are recoloured in place."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsScene

from ui.diagram.looks import NORMAL, Doubt, Look
from ui.diagram.sheet import Arrow, Conductor, Symbol
from ui.diagram.symbol_files import Shape, load_symbol
from ui.theme import Theme

ELEMENT = 0
"""The item data role under which a piece keeps the element it belongs to."""

CONDUCTOR_PX, BAR_PX, OUTLINE_PX = 2.0, 6.0, 1.6
_DASHES = [3.0, 2.5]


class SymbolPiece:
    """One symbol. The items are native: a thousand of them are repainted without a line of Python."""

    def __init__(self, symbol: Symbol, scene: QGraphicsScene, theme: Theme) -> None:
        self.key = symbol.key
        self.look = NORMAL
        self._theme = theme
        self._drawing = load_symbol(symbol.drawing)
        self._rotation = symbol.rotation_deg
        self._scale = min(symbol.width / self._drawing.width, symbol.height / self._drawing.height)
        self.items = tuple(QGraphicsPathItem() for _ in range(6))
        self._hollow, self._dashed, self._line, self._solid, self._letters, self._cross = self.items
        for item in self.items:
            item.setPos(symbol.x, symbol.y)
            item.setZValue(3.0)
            item.setData(ELEMENT, symbol.element)
            scene.addItem(item)
        self._shape_of("")

    @property
    def box(self) -> QRectF:
        box = QRectF(0, 0, self._drawing.width, self._drawing.height)
        box.moveCenter(box.topLeft())
        return self._placed().mapRect(box).translated(self._line.pos())

    def wear(self, look: Look) -> None:
        if look.state != self.look.state:
            self._shape_of(look.state)
        self.look = look
        self.recolour()

    def recolour(self) -> None:
        look, theme = self.look, self._theme
        colour, paper = theme.color(look.tone), theme.color("bg1")
        pen = QPen(colour, OUTLINE_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
        outline = QPen(pen)
        if look.is_dashed or look.doubt is Doubt.STALE:
            outline.setDashPattern(_DASHES)
        dashed = QPen(pen)
        dashed.setDashPattern(_DASHES)
        is_hatched = look.doubt is Doubt.UNCERTAIN
        self._hollow.setPen(outline)
        self._hollow.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern) if is_hatched else paper)
        self._dashed.setPen(dashed)
        self._dashed.setBrush(paper)
        self._line.setPen(outline if look.is_dashed else pen)
        self._solid.setPen(outline)
        self._solid.setBrush(colour)
        self._letters.setPen(QPen(Qt.PenStyle.NoPen))
        self._letters.setBrush(colour)
        self._cross.setPen(pen)
        self._cross.setVisible(look.doubt is Doubt.BAD)

    def _shape_of(self, state: str) -> None:
        shape, turn = self._drawing.shape(state), self._placed()
        self._hollow.setPath(turn.map(shape.hollow))
        self._dashed.setPath(turn.map(shape.dashed))
        self._line.setPath(turn.map(shape.line))
        self._solid.setPath(turn.map(shape.solid))
        self._letters.setPath(self._lettering(shape))
        half_width, half_height = self._drawing.width / 2, self._drawing.height / 2
        cross = QPainterPath()
        cross.moveTo(-half_width, -half_height)
        cross.lineTo(half_width, half_height)
        cross.moveTo(half_width, -half_height)
        cross.lineTo(-half_width, half_height)
        self._cross.setPath(turn.map(cross))
        self.recolour()

    def _placed(self) -> QTransform:
        return QTransform().rotate(self._rotation).scale(self._scale, self._scale)

    def _lettering(self, shape: Shape) -> QPainterPath:
        """Letters as outlines, upright whichever way the symbol is turned."""
        path = QPainterPath()
        for letters in shape.letters:
            font = self._theme.font("body", bold=True)
            font.setPixelSize(round(letters.size * self._scale))
            text = QPainterPath()
            text.addText(0, 0, font, letters.text)
            at = self._placed().map(letters.x, letters.y)
            middle = text.boundingRect().center()
            path.addPath(text.translated(at[0] - middle.x(), at[1] - middle.y()))
        return path


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
