"""Notices when the screen stands still: a beat on its event loop, and a thread of its own that listens for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from console.bridge.screen_clock import ScreenClock

BEAT_MS = 250
STALLED_S = 2.0
LOOK_EVERY_S = 0.5
_log = logging.getLogger(__name__)


class StallWatch(QObject):
    """`on_stall` is called on the watch's thread, once a stand-still; the screen itself tells when it is over."""

    def __init__(self, clock: ScreenClock, on_stall: Callable[[float], None]) -> None:
        super().__init__()
        self._clock = clock
        self._on_stall = on_stall
        self._beat_s = clock.monotonic()
        self._noticed = False
        self._ended = threading.Event()
        self.stalls = 0
        self.longest_s = 0.0
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self.beat)
        self._thread = threading.Thread(target=self._watch, name="stall watch", daemon=True)

    def start(self) -> None:
        self.beat()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        self._timer.stop()
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def beat(self) -> None:
        """The screen is alive."""
        now_s = self._clock.monotonic()
        stood_still_s, self._beat_s = now_s - self._beat_s, now_s
        if self._noticed:
            self._noticed = False
            self.longest_s = max(self.longest_s, stood_still_s)
            _log.warning("The screen stood still for %.1f s; where every thread was stands in crash.log", stood_still_s)

    def look(self) -> None:
        """On the watch's thread: has the beat stayed away?"""
        stood_still_s = self._clock.monotonic() - self._beat_s
        if stood_still_s > STALLED_S and not self._noticed:
            self._noticed = True
            self.stalls += 1
            self._on_stall(stood_still_s)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            self.look()
