"""How printed pages look: the bundled font with tabular figures, ink that survives a copier, a few styles."""

from __future__ import annotations

from importlib.resources import files

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Inter", "Inter-SemiBold"
_FILES = {REGULAR: "InterPrint-Regular.ttf", BOLD: "InterPrint-SemiBold.ttf"}

INK = HexColor("#1E262C")
SECONDARY = HexColor("#4A555D")
TERTIARY = HexColor("#6A757D")
LINE = HexColor("#A7AFB6")
HAIR = HexColor("#D5DADE")
GROUND = HexColor("#F1F3F4")
MISSING = HexColor("#E4E7E9")
CRITICAL = HexColor("#BF161B")
HIGH = HexColor("#994A00")
PENS = (HexColor("#1F6FB2"), HexColor("#8A5A00"), HexColor("#2E7D32"), HexColor("#7B3F8C"))
PRIORITY_FILLS = {1: HexColor("#B80F16"), 2: HexColor("#E8832A"), 3: HexColor("#F5E27A"), 4: HexColor("#6A4BA8")}
PRIORITY_INKS = {1: HexColor("#FFFFFF"), 2: INK, 3: INK, 4: HexColor("#FFFFFF")}

MARGIN = 18 * mm
HEAD = 16 * mm
FOOT = 12 * mm
WIDTH = 210 * mm - 2 * MARGIN
HEIGHT = 297 * mm


def register_fonts() -> None:
    """Embed the bundled font; a report never depends on what a machine has installed."""
    for name, file in _FILES.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            with files("resources").joinpath("fonts", file).open("rb") as font:
                pdfmetrics.registerFont(TTFont(name, font))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def _style(name: str, size: float, *, font: str = REGULAR, color: Color = INK, space: float = 0.0) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=size * 1.4, textColor=color, spaceAfter=space, alignment=TA_LEFT
    )


TITLE = _style("title", 20, font=BOLD, space=2)
SUBTITLE = _style("subtitle", 10, color=SECONDARY, space=8)
HEADING = ParagraphStyle("heading", parent=_style("h", 12.5, font=BOLD, space=4), spaceBefore=12, keepWithNext=1)
BODY = _style("body", 9, space=5)
SMALL = _style("small", 7.5, color=SECONDARY, space=3)
REMARK = ParagraphStyle("remark", parent=SMALL, spaceBefore=4)
FIGURE = _style("figure", 15, font=BOLD)
NOTICE = ParagraphStyle(
    "notice", parent=BODY, backColor=GROUND, borderPadding=(5, 7, 5, 7), spaceBefore=4, spaceAfter=10
)
CELL = _style("cell", 8)
