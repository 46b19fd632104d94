"""The one bundled font: its files, its four sizes, and figures that all have the same width."""

from PySide6.QtGui import QFont, QFontDatabase

from ui.resources import resource

FAMILY = "Inter"
FILES = ("Inter-Regular.otf", "Inter-Italic.otf", "Inter-SemiBold.otf", "Inter-SemiBoldItalic.otf")

# The four sizes of hmi.md in pixels at 100 %, by the role that wears them.
SIZES = {"small": 11, "body": 12, "title": 13, "figure": 22}


def load_bundled_fonts() -> None:
    """Tell Qt about the shipped font files; asking twice costs nothing."""
    if FAMILY in QFontDatabase.families():
        return
    for name in FILES:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def make_font(role: str, zoom: float, *, bold: bool = False, italic: bool = False) -> QFont:
    font = QFont(FAMILY)
    font.setPixelSize(max(1, round(SIZES[role] * zoom)))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setItalic(italic)
    font.setFeature(QFont.Tag("tnum"), 1)
    # Hinting would move figures apart by whole pixels and undo their equal width at fractional scale factors.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
