"""Jobs that the tests of worker processes run; imported by the workers by name."""

from __future__ import annotations

import os
import sys
import threading

from backend_core.kernel.workers import Progress


def double(number: int) -> int:
    return 2 * number


def fail() -> None:
    raise ValueError("the sum does not work out")


def hang(progress: Progress | None = None) -> None:
    if progress is not None:
        progress(1.0, "hanging from now on")
    threading.Event().wait()


def die() -> None:
    os._exit(7)


def warm_up() -> None:
    os.environ["LINEKEEPER_TEST_IS_WARM"] = "yes"


def is_warm() -> bool:
    return "LINEKEEPER_TEST_IS_WARM" in os.environ


def pid() -> int:
    return os.getpid()


def heavy_modules() -> list[str]:
    return sorted(name for name in ("PySide6", "pandapower", "sklearn", "reportlab") if name in sys.modules)


def count(to: int, progress: Progress | None = None) -> int:
    for step in range(to):
        if progress is not None:
            progress((step + 1) / to, f"step {step + 1}")
    return to
