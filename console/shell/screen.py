"""One window over one core: put together, opened, and ended in the right order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from backend_core.gateway.frame import Frame
from console.bridge.core_link import CoreLink, HostedCore
from console.bridge.frame_pump import FramePump
from console.bridge.screen_clock import ScreenClock
from console.bridge.shown_time import ShownLink, ShownTime
from console.features import FEATURES
from console.features.contract import Workspace
from console.shell import window_actions, words
from console.shell.annunciator import Annunciator
from console.shell.black_box import BlackBox
from console.shell.feature_list import load_features
from console.shell.main_window import MainWindow, WindowParts
from console.shell.panel_memory import ScreenMemory
from console.shell.shots import take_shots
from console.shell.stall_watch import StallWatch
from console.shell.status_board import StatusBoard
from ui.sound import SoundPlayer
from ui.theme import Theme

_log = logging.getLogger(__name__)
SAVE_EVERY_S = 30.0
SILENT_PLATFORMS = ("offscreen", "minimal")


@dataclass(frozen=True, slots=True)
class ScreenWish:
    """What a screen is to show, and for how long. `memory` is its own file, `state` the folder of its logs.

    A rehearsal does not speak of how the last run ended: nobody was on duty.
    """

    station: str
    desk: str
    size: tuple[int, int] = (1920, 1080)
    shots: Path | None = None
    seconds: float | None = None
    memory: Path | None = None
    state: Path | None = None
    sound: bool = True
    is_rehearsal: bool = False
    is_ready: Callable[[], bool] = lambda: True


class Screen:
    """Made on the GUI thread; `open`, `until_done` and `close` are called once each."""

    def __init__(self, make_core: Callable[[], HostedCore], wish: ScreenWish, theme: Theme, clock: ScreenClock) -> None:
        self._wish = wish
        self._clock = clock
        self._closed = asyncio.Event()
        self.link = CoreLink(make_core)
        self.board = StatusBoard(self.link, clock, wish.desk)
        self.board.trouble = lambda: str(self.link.trouble) if self.link.trouble else ""
        shown = ShownTime(clock)
        self.pump = FramePump(lambda: _take(self.link), self.link, clock, ShownLink(self.link, shown))
        self._memory = ScreenMemory(wish.memory)
        features = load_features(FEATURES)
        parts = WindowParts(self.link, self.pump, self.board, clock, shown, theme, self._memory, features, wish.station)
        self.window = MainWindow(parts)
        self.link.tell = self.window.tell
        self.window.on_close = self._closed.set
        self._annunciator = self._give_voice()
        self._black_box = BlackBox(wish.state) if wish.state is not None else None
        self.stalls = StallWatch(clock, self._black_box.note_stall if self._black_box else lambda stood_still_s: None)
        for owned in (self.board, self.pump, self._annunciator, self.stalls):
            owned.setParent(self.window)
        window_actions.register(self.window, silence=self._annunciator.silence)

    def open(self) -> None:
        """Start the core and show the window; returns at once."""
        if self._black_box is not None:
            self._open_black_box(self._black_box)
        self.link.open()
        self.window.resize(*self._wish.size)
        kept = self._memory.get("window", "workspace", Workspace.OPERATIONS.value)
        self.window.go_to_workspace(Workspace(kept))
        self.window.show()
        self.pump.start()
        self.stalls.start()

    async def until_done(self) -> None:
        """Until the window is closed, the time is over, or the pictures are taken."""
        wish = self._wish
        if wish.shots is not None:
            await take_shots(self.window, wish.shots, lambda: self.board.is_settled and wish.is_ready())
            return
        if wish.seconds is not None:
            # Somebody may close the window, or a signal the program, before the time is over.
            with suppress(TimeoutError):
                async with asyncio.timeout(wish.seconds):
                    await self._closed.wait()
            return
        while not self._closed.is_set():
            try:
                async with asyncio.timeout(SAVE_EVERY_S):
                    await self._closed.wait()
            except TimeoutError:
                # A frozen or killed screen comes back as it was half a minute ago.
                self.window.remember()

    async def close(self) -> None:
        """End everything that was begun; what the core had not stored is delivered again."""
        self.pump.stop()
        self._annunciator.stop()
        self.stalls.stop()
        if not self._closed.is_set():
            self.window.close()
        try:
            await self.link.close()
        except TimeoutError:
            _log.warning("The core did not end within its time; what was not stored is delivered again")
        if self._black_box is not None:
            self._black_box.close()

    def end_on_signals(self) -> None:
        """The first Ctrl+C or SIGTERM closes the window in good order; the second ends the program at once."""

        def close(number: int, frame: FrameType | None) -> None:
            signal.signal(number, signal.SIG_DFL)
            QTimer.singleShot(0, self.window.close)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, close)

    def _give_voice(self) -> Annunciator:
        """Sound for new alarms; where nobody can be listening none is tried."""
        is_heard = self._wish.shots is None and QGuiApplication.platformName() not in SILENT_PLATFORMS
        annunciator, board = Annunciator(self._clock, SoundPlayer if is_heard else None), self.board
        annunciator.set_on(self._wish.sound)
        annunciator.tell = self.window.tell
        self.window.on_sound = annunciator.set_on
        board.sound = lambda: annunciator.sign
        board.alarms_new.connect(annunciator.on_new)
        board.changed.connect(lambda: annunciator.on_second(board.alarms.most_urgent, is_live=not board.silence))
        annunciator.changed.connect(board.changed)
        return annunciator

    def _open_black_box(self, box: BlackBox) -> None:
        box.tell = self.window.tell
        box.open(asyncio.get_running_loop())
        if box.last_run_crashed and not self._wish.is_rehearsal:
            self.window.tell(words.last_run_crashed(str(box.folder)), words.LAST_RUN_REMEDY)


def _take(link: CoreLink) -> Frame | None:
    """The next frame; the buffer keeps nothing until somebody looks, and from now on somebody does."""
    gateway = link.gateway
    if gateway is None:
        return None
    gateway.frames.is_watched = True
    return gateway.take_frame()
