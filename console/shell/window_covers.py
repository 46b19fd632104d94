"""What lies over every window when it must not be believed: the hatch of a silent core, the frame of another mode."""

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
