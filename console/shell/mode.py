"""Live, history, study, training: which of them the window shows, and the frame around it that says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.shell import words
from ui.theme import Theme


class Mode(StrEnum):
    LIVE = "live"
    HISTORY = "history"
    STUDY = "study"
    TRAINING = "training"


class FrameLine(NamedTuple):
    """One line of a frame, in pixels at 100 %."""

    inset: int
    width: int


@dataclass(frozen=True, slots=True)
class ModeLook:
    """Colour and shape of a mode's frame, from the window's edge inwards; no two share either."""

    tone: str
    token: str
    style: Qt.PenStyle
    lines: tuple[FrameLine, ...]

    @property
    def width(self) -> int:
        return max(line.inset + line.width for line in self.lines)


WIDE = (FrameLine(0, 4),)
DOUBLE = (FrameLine(0, 2), FrameLine(4, 2))
LOOKS = {
    Mode.HISTORY: ModeLook("manual", "man", Qt.PenStyle.SolidLine, DOUBLE),
    Mode.STUDY: ModeLook("estimated", "est", Qt.PenStyle.DashLine, WIDE),
    Mode.TRAINING: ModeLook("low", "low", Qt.PenStyle.DotLine, WIDE),
}


class ModeKeeper(QObject):
    """One per window. Control is refused in every mode but live."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mode = Mode.LIVE
        self.detail = ""

    @property
    def allows_control(self) -> bool:
        return self.mode is Mode.LIVE

    @property
    def is_past(self) -> bool:
        """Whether the panels show a moment of the record."""
        return self.mode is Mode.HISTORY

    @property
    def tag(self) -> str:
        return "" if self.mode is Mode.LIVE else words.mode_tag(self.mode, self.detail)

    @property
    def tone(self) -> str:
        return "normal" if self.mode is Mode.LIVE else LOOKS[self.mode].tone

    def enter(self, mode: Mode, detail: str = "") -> None:
        if (mode, detail) != (self.mode, self.detail):
            self.mode, self.detail = mode, detail
            self.changed.emit()

    def leave(self) -> None:
        self.enter(Mode.LIVE)


class ModeFrame(QWidget):
    """Drawn over the edges of its host; clicks pass through."""

    def __init__(self, theme: Theme, keeper: ModeKeeper, host: QWidget) -> None:
        super().__init__(host)
        self._theme = theme
        self._keeper = keeper
        self._host = host
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        host.installEventFilter(self)
        keeper.changed.connect(self._follow)
        theme.changed.connect(self._follow)
        self._follow()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._follow()
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        look = LOOKS.get(self._keeper.mode)
        if look is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg0"))
        for line in look.lines:
            painter.setPen(self._theme.pen(look.token, line.width, look.style))
            middle = self._theme.zoom * (line.inset + line.width / 2)
            painter.drawRect(QRectF(self.rect()).adjusted(middle, middle, -middle, -middle))
        painter.end()

    def _follow(self) -> None:
        self.setGeometry(self._host.rect())
        look = LOOKS.get(self._keeper.mode)
        width = self._theme.px(look.width if look else 0)
        inner = QRect(self.rect()).adjusted(width, width, -width, -width)
        # Only the edge is a widget: anything larger would be painted again with everything below it.
        self.setMask(QRegion(self.rect()).subtracted(QRegion(inner)))
        self.setVisible(self._keeper.mode is not Mode.LIVE)
        self.raise_()
        self.update()
