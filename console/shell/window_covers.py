"""What lies over a window or panel that must not be believed: a silent core, another mode, no past to show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from console.shell import words
from console.shell.mode import ModeFrame, ModeKeeper
from console.shell.status_board import StatusBoard
from ui.hatch import HatchOverlay
from ui.theme import Theme


class WindowCovers(QObject):
    """`room` is what the hatch lies over, `frame` the whole the mode's frame runs around; ends with `room`."""

    def __init__(self, theme: Theme, board: StatusBoard, mode: ModeKeeper, room: QWidget, frame: QWidget) -> None:
        super().__init__(room)
        self.hatch = HatchOverlay(theme, room)
        self.frame = ModeFrame(theme, mode, frame)
        self._board = board
        board.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        why = self._board.silence
        if why:
            self.hatch.say(words.NOT_LIVE, why)
        else:
            self.hatch.hide()

    def end(self) -> None:
        """The window joins another one again, which has covers of its own."""
        for widget in (self.hatch, self.frame, self):
            widget.deleteLater()


MakeCovers = Callable[[QWidget, QWidget], WindowCovers]


class PresentOnly(QObject):
    """Lies over a panel that has no past while the others show theirs; ends with the panel."""

    def __init__(self, theme: Theme, mode: ModeKeeper, panel: QWidget, title: str) -> None:
        super().__init__(panel)
        self._mode = mode
        self._title = title
        self.cover = HatchOverlay(theme, panel)
        mode.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        if self._mode.is_past:
            self.cover.say(words.HERE_AND_NOW, words.has_no_past(self._title))
        else:
            self.cover.hide()
