"""What every process we start does first: leave signals to its parent, keep off its output, and end when it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import wait


def settle_in() -> None:
    """Called once at the start of a child; standard output stays the parent's alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        # A terminal or `timeout` signals the whole group: out of it, the parent ends us in its own good order.
        os.setsid()
    sys.stdout = sys.stderr
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), name="end with parent", daemon=True).start()


def _end_with(sentinel: int) -> None:
    """The sentinel becomes readable when the parent is gone, also after `kill -9`; a sum in progress is abandoned."""
    wait([sentinel])
    os._exit(1)
