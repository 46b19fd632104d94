"""A status timeline: what something was, drawn as a row of small bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Theme
from ui.tones import TONES

BAR_WIDTH = 4
BAR_GAP = 1


@dataclass(frozen=True, slots=True)
class StripPart:
    """A stretch of time with one state, as parts of the whole strip from 0 to 1; abnormal ones stand taller."""

    start: float
    end: float
    tone: str = "normal"
    word: str = ""

    @property
    def abnormal(self) -> bool:
        return self.tone not in ("normal", "secondary", "tertiary", "dead")


@dataclass(frozen=True, slots=True)
class Strip:
    parts: Sequence[StripPart] = ()
    words: str = ""  # the strip in one sentence, for those who hear it


def paint_strip(painter: QPainter, theme: Theme, box: QRectF, strip: Strip) -> None:
    """One bar per step; a bar that holds something abnormal shows that, however short it was."""
    step = theme.px(BAR_WIDTH) + BAR_GAP
    count = max(1, int(box.width() // step))
    for i in range(count):
        part = _worst_within(strip.parts, i / count, (i + 1) / count)
        if part is None:
            continue
        height = box.height() * (0.62 if part.abnormal else 0.28 if part.tone != "dead" else 0.1)
        token = "cond" if part.tone == "normal" else TONES[part.tone]
        x = box.left() + i * step
        painter.fillRect(QRectF(x, box.center().y() - height / 2, theme.px(BAR_WIDTH), height), theme.color(token))


def _worst_within(parts: Sequence[StripPart], start: float, end: float) -> StripPart | None:
    within = [part for part in parts if part.start < end and part.end > start]
    return max(within, key=lambda part: (part.abnormal, min(part.end, end) - max(part.start, start)), default=None)


class TimelineStrip(QWidget):
    """The strip as a widget."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strip = Strip()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_strip(self, strip: Strip) -> None:
        if strip != self._strip:
            self._strip = strip
            self.setAccessibleDescription(strip.words)
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.px(22))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_strip(painter, self._theme, QRectF(self.rect()), self._strip)
        painter.end()
