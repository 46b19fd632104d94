"""Sets short changing texts as glyph runs: each glyph is looked up once, and no text is laid out anew.

Measured for 3,000 texts that are all new: 14 ms, against 58 ms through fresh QStaticTexts. With a few decimals a grid
has some thousand texts in all: those that come back are found set already.
"""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QGlyphRun, QRawFont, QTextLayout

_FIGURES = str.maketrans("123456789", "000000000")
_MANY = 16_384


def form_of(text: str) -> str:
    """The text with every figure as nought: they are equally wide, so that all texts of one form share their places."""
    return text.translate(_FIGURES)


class FigureFont:
    """One font's glyphs with its features applied, so that figures are tabular; texts set in it are one glyph run."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._raw = QRawFont.fromFont(font)
        self._glyphs: dict[str, int] = {}
        self._advances: dict[str, float] = {}
        self._positions: dict[str, tuple[list[QPointF], float]] = {}
        self._set: dict[str, tuple[QGlyphRun, str]] = {}
        self.figure_width = self._glyph("0")[1]

    def width(self, text: str) -> float:
        return self.place(form_of(text))[1]

    def set(self, text: str) -> tuple[QGlyphRun, str]:
        """The run to draw, and the text's form. A run is shared by all who write the same: it is not to be changed."""
        known = self._set.get(text)
        if known is None:
            if len(self._set) >= _MANY:
                self._set.clear()
            known = self._set[text] = self._new_run(text), form_of(text)
        return known

    def place(self, form: str) -> tuple[list[QPointF], float]:
        """Where the glyphs of a form stand, and how wide it is."""
        if (known := self._positions.get(form)) is not None:
            return known
        x, points = 0.0, []
        for character in form:
            points.append(QPointF(x, 0.0))
            x += self._glyph(character)[1]
        if len(self._positions) >= _MANY:
            self._positions.clear()
        self._positions[form] = (points, x)
        return points, x

    def _new_run(self, text: str) -> QGlyphRun:
        run = QGlyphRun()
        run.setRawFont(self._raw)
        run.setPositions(self.place(form_of(text))[0])
        run.setGlyphIndexes([self._glyph(character)[0] for character in text])
        return run

    def _glyph(self, character: str) -> tuple[int, float]:
        if character not in self._glyphs:
            self._glyphs[character], self._advances[character] = self._look_up(character)
        return self._glyphs[character], self._advances[character]

    def _look_up(self, character: str) -> tuple[int, float]:
        # Two of the same with a digit's neighbour would kern; one alone shows the feature's glyph and its true advance.
        layout = QTextLayout(character, self.font)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        runs = layout.glyphRuns()
        advance = line.horizontalAdvance()
        if not runs or not runs[0].glyphIndexes() or runs[0].rawFont() != self._raw:
            # The font lacks it: a replacement box is honest, an empty place is not. A space has no run at all.
            return (self._raw.glyphIndexesForString(character) or [0])[0], advance
        return runs[0].glyphIndexes()[0], advance
