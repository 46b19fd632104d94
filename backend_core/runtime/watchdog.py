"""A thread that ends a leader whose loop has stood still past its lease, for no task could do that then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from backend_core.kernel.clock import Clock

_log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.25
GRACE_S = 2.0


class Watchdog:
    """Looks at the deadline of the lease with a clock of its own; `on_late` runs on this thread, once."""

    def __init__(self, clock: Clock, deadline_s: Callable[[], float | None], on_late: Callable[[], None]) -> None:
        self._clock = clock
        self._deadline_s = deadline_s
        self._on_late = on_late
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="lease watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(2.0)

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            deadline_s = self._deadline_s()
            if deadline_s is not None and self._clock.monotonic() > deadline_s + GRACE_S:
                _log.critical("The core stood still past its lease; it is ended before it can write")
                self._on_late()
                return
