"""All texts of a view as two painting items: captions that never change, and values that change with every frame."""

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGlyphRun, QPaintEngine, QPainter, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from ui.diagram.figure_text import FigureFont
from ui.diagram.sheet import SIZE_PX, TONE, Align, Caption, Sheet, Slot, TextStyle, growth
from ui.diagram.slot_text import SlotText
from ui.theme import Theme

_VECTOR_ENGINES = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf, QPaintEngine.Type.Picture)
_MANY_CHANGES = 64


def sheet_font(theme: Theme, style: TextStyle, *, bold: bool = False, italic: bool = False) -> QFont:
    """The console's font at the size the sheet was laid out for; the view's zoom does the rest."""
    font = theme.font("body", bold=bold or style is TextStyle.TITLE, italic=italic)
    font.setPixelSize(SIZE_PX[style])
    return font


class _TextLayer(QGraphicsItem):
    """A layer as large as its sheet."""

    def __init__(self, sheet: Sheet, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bounds = QRectF(-200, -100, sheet.width + 400, sheet.height + 200)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        # Only then does the option carry the part that truly needs paint.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    @override
    def boundingRect(self) -> QRectF:
        return self._bounds


class CaptionLayer(_TextLayer):
    """Names and remarks."""

    def __init__(self, sheet: Sheet, theme: Theme) -> None:
        super().__init__(sheet, theme)
        self.setZValue(4.0)
        self._captions = sheet.captions
        self._dead: frozenset[str] = frozenset()
        self._texts: list[tuple[Caption, QStaticText, QPointF]] = []
        self._fonts = {style: sheet_font(theme, style) for style in TextStyle}
        for caption in sheet.captions:
            text = QStaticText(caption.text)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.prepare(font=self._fonts[caption.style])
            size = text.size()
            shift = {Align.LEFT: 0.0, Align.CENTRE: size.width() / 2, Align.RIGHT: size.width()}[caption.align]
            self._texts.append((caption, text, QPointF(caption.x - shift, caption.y - size.height() / 2)))

    def mute(self, elements: frozenset[str]) -> None:
        """Write the captions of these elements in the tone of dead things."""
        if elements != self._dead:
            self._dead = elements
            self.update()

    def at(self, spot: QPointF) -> str:
        for caption, text, origin in self._texts:
            if QRectF(origin, text.size()).contains(spot):
                return caption.element
        return ""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale, exposed = option.levelOfDetailFromTransform(painter.worldTransform()), option.exposedRect
        for caption, text, origin in self._texts:
            grown = growth(caption.style, scale, stays_readable=caption.stays_readable)
            if not grown or not exposed.intersects(QRectF(origin, text.size() * grown).adjusted(-40, -20, 0, 0)):
                continue
            tone = "t2" if caption.element in self._dead else TONE[caption.style]
            painter.setPen(self._theme.color(tone))
            painter.setFont(self._fonts[caption.style])
            if grown == 1.0:
                painter.drawStaticText(origin, text)
                continue
            painter.save()
            painter.translate(caption.x, caption.y)
            painter.scale(grown, grown)
            painter.drawStaticText(origin - QPointF(caption.x, caption.y), text)
            painter.restore()


class ValueLayer(_TextLayer):
    """Every value of the view. A frame hands over what changed; only those texts are set anew."""

    def __init__(self, sheet: Sheet, theme: Theme) -> None:
        super().__init__(sheet, theme)
        self.setZValue(5.0)
        self._slots = sheet.slots
        self._index = {slot.key: i for i, slot in enumerate(sheet.slots)}
        self._fonts: dict[tuple[TextStyle, bool, bool], FigureFont] = {}
        self._shown: list[SlotText | None] = [None] * len(sheet.slots)
        self._runs: list[QGlyphRun] = [QGlyphRun() for _ in sheet.slots]
        self._origins = [QPointF()] * len(sheet.slots)
        self._forms = [""] * len(sheet.slots)
        self._fonts_now: list[FigureFont] = [self._font(slot.style) for slot in sheet.slots]
        self._rights = [self._right_of_figures(slot) for slot in sheet.slots]
        self._edges = np.array([self._cell(i) for i in range(len(sheet.slots))], dtype=np.float64).reshape(-1, 4)
        self._rises = [QFontMetricsF(self._font(slot.style).font).capHeight() / 2 for slot in sheet.slots]
        self.changes = 0

    def apply(self, shown: Mapping[str, SlotText]) -> int:
        """Take the values that changed and ask for paint where they stand; unknown keys belong to other sheets."""
        index, now, changed = self._index, self._shown, []
        for key, value in shown.items():
            if (i := index.get(key)) is not None and now[i] != value:
                self._set(i, value)
                changed.append(i)
        if len(changed) > _MANY_CHANGES:
            self.update()
        else:
            for i in changed:
                self.update(self._rect(i))
        self.changes += len(changed)
        return len(changed)

    def at(self, spot: QPointF) -> str:
        """The element whose value stands at a spot."""
        return self._slots[i].element if (i := self._slot_at(spot)) is not None else ""

    def key_at(self, spot: QPointF) -> str:
        return self._slots[i].key if (i := self._slot_at(spot)) is not None else ""

    def text_of(self, key: str) -> str:
        shown = self._shown[self._index[key]]
        return shown.text if shown else ""

    def texts_by_element(self) -> Mapping[str, Sequence[str]]:
        """What is written now at each element, for those who hear rather than see."""
        texts: dict[str, list[str]] = {}
        for slot, shown in zip(self._slots, self._shown, strict=True):
            if shown:
                texts.setdefault(slot.element, []).append(shown.text)
        return texts

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        growths = {
            (style, stays, gives): growth(style, scale, stays_readable=stays, gives_way=gives)
            for style in TextStyle
            for stays in (False, True)
            for gives in (False, True)
        }
        # SVG and PDF keep texts as texts: a glyph run there has no characters and comes out empty.
        as_text = painter.paintEngine().type() in _VECTOR_ENGINES
        tone_now = ""
        slots, showns, runs, origins = self._slots, self._shown, self._runs, self._origins
        draw = painter.drawGlyphRun
        for i in self._within(option.exposedRect):
            if (shown := showns[i]) is None:
                continue
            slot = slots[i]
            grown = growths[slot.style, slot.stays_readable, slot.gives_way]
            if not grown:
                continue
            if (tone := shown.colour or TONE[slot.style]) != tone_now:
                tone_now = tone
                painter.setPen(self._theme.color(tone))
            if grown != 1.0:
                self._draw_grown(painter, i, grown)
            elif as_text:
                painter.setFont(self._font(slot.style, shown).font)
                painter.drawText(origins[i], shown.text)
            else:
                draw(origins[i], runs[i])

    def _draw_grown(self, painter: QPainter, i: int, grown: float) -> None:
        """Larger than laid out, around the middle of the end that its alignment holds."""
        left, top, right, bottom = self._edges[i]
        fixed = QPointF(left if self._slots[i].align is Align.LEFT else right, (top + bottom) / 2)
        painter.save()
        painter.translate(fixed)
        painter.scale(grown, grown)
        painter.drawGlyphRun(self._origins[i] - fixed, self._runs[i])
        painter.restore()

    def _set(self, i: int, shown: SlotText) -> None:
        """Figures of the form that already stands there only change their glyphs; anything else is placed anew."""
        old = self._shown[i]
        self._shown[i] = shown
        if old is None or old.bold != shown.bold or old.italic != shown.italic:
            self._fonts_now[i] = self._font(self._slots[i].style, shown)
            self._forms[i] = ""
        self._runs[i], form = self._fonts_now[i].set(shown.before + shown.figures + shown.after)
        if form != self._forms[i]:
            self._forms[i] = form
            self._place(i, shown, form)

    def _place(self, i: int, shown: SlotText, form: str) -> None:
        font = self._fonts_now[i]
        width = font.place(form)[1]
        left = self._rights[i] - font.width(shown.before + shown.figures)
        self._origins[i] = QPointF(left, self._slots[i].y + self._rises[i])
        if left < self._edges[i, 0] or left + width > self._edges[i, 2]:
            self._edges[i, 0] = min(left, self._edges[i, 0])
            self._edges[i, 2] = max(left + width, self._edges[i, 2])

    def _cell(self, i: int) -> tuple[float, float, float, float]:
        """The room a slot takes when nothing unusual stands in it; it grows for what is longer, and stays so."""
        slot = self._slots[i]
        font, half = self._font(slot.style), SIZE_PX[slot.style] * (2.0 if slot.stays_readable else 1.0)
        left = self._rights[i] - slot.digits * font.figure_width
        return left - 2, slot.y - half, self._rights[i] + font.width(f" {slot.unit}") + 2, slot.y + half

    def _font(self, style: TextStyle, shown: SlotText | None = None) -> FigureFont:
        wanted = (style, bool(shown and shown.bold), bool(shown and shown.italic))
        if wanted not in self._fonts:
            self._fonts[wanted] = FigureFont(sheet_font(self._theme, style, bold=wanted[1], italic=wanted[2]))
        return self._fonts[wanted]

    def _right_of_figures(self, slot: Slot) -> float:
        font = self._font(slot.style)
        room, unit = slot.digits * font.figure_width, font.width(f" {slot.unit}") if slot.unit else 0.0
        return {Align.LEFT: slot.x + room, Align.CENTRE: slot.x + (room - unit) / 2, Align.RIGHT: slot.x - unit}[
            slot.align
        ]

    def _rect(self, i: int) -> QRectF:
        left, top, right, bottom = self._edges[i]
        return QRectF(left, top, right - left, bottom - top)

    def _within(self, exposed: QRectF) -> Sequence[int]:
        edges = self._edges
        inside = (edges[:, 0] < exposed.right()) & (edges[:, 2] > exposed.left())
        inside &= (edges[:, 1] < exposed.bottom()) & (edges[:, 3] > exposed.top())
        return np.flatnonzero(inside).tolist()

    def _slot_at(self, spot: QPointF) -> int | None:
        hits = self._within(QRectF(spot.x(), spot.y(), 0.1, 0.1))
        return hits[0] if hits else None
