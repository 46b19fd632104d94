"""Which monitors there are, as a name a layout can be kept under, and where a window may stand on them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication, QScreen


def screen_identity(screens: Sequence[QScreen] | None = None) -> str:
    """The same monitors in the same places at the same scale give the same name."""
    present = QGuiApplication.screens() if screens is None else screens
    parts = []
    for screen in present:
        box = screen.geometry()
        parts.append(
            f"{screen.name()}@{box.x()},{box.y()} {box.width()}x{box.height()}x{screen.devicePixelRatio():.2f}"
        )
    return " | ".join(sorted(parts))


def brought_on_screen(window: QRect, available: Sequence[QRect]) -> QRect:
    """The window's rectangle if its title can be grasped on some monitor; else moved and shrunk onto the first."""
    title_middle = QPoint(window.center().x(), window.top() + 12)
    if any(area.contains(title_middle) for area in available) or not available:
        return window
    home = available[0]
    width, height = min(window.width(), home.width()), min(window.height(), home.height())
    return QRect(home.x() + (home.width() - width) // 2, home.y() + (home.height() - height) // 2, width, height)
