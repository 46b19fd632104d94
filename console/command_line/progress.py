"""A line on standard error that tells how far a long errand has come; nothing when no person is watching."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from backend_core.history.model import Progress

EVERY_S = 0.2


class ProgressLine:
    """Rewrites its line at most five times a second, and leaves none behind."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._is_watched = self._out.isatty()
        self._shown = ""
        self._last_s = 0.0

    def __call__(self, progress: Progress) -> None:
        now_s = time.monotonic()
        if not self._is_watched or now_s - self._last_s < EVERY_S:
            return
        self._last_s = now_s
        of = f" of {progress.total:,}" if progress.total is not None else ""
        text = f"{progress.doing}: {progress.done:,}{of}"
        self._out.write("\r" + text.ljust(len(self._shown)))
        self._out.flush()
        self._shown = text

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            self._out.write("\r" + " " * len(self._shown) + "\r")
            self._out.flush()
            self._shown = ""
