"""Python's search for dead cycles, kept away from a program's start and from what stays for its whole life."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """What is made here stays: no search while it is made, and no later search looks at it again.

    Modules, classes and windows are some hundred thousand objects; a search through all of them stops every thread
    of the program for a tenth of a second.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
