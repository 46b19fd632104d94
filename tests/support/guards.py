"""What no test may leave behind: threads, windows, running timers, errors in the log."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections.abc import Iterator

import pytest


class _ErrorLog(logging.Handler):
    """Keeps what was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            text += f" ({record.exc_info[1]!r})"
        self.lines.append(text)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a thread, a window, a running timer or an unexpected error in the log."""
    threads = set(threading.enumerate())
    windows = _windows()
    errors = _ErrorLog()
    logging.getLogger().addHandler(errors)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(errors)
    left = [f"a thread still runs: {name}" for name in _threads_beyond(threads)]
    left += [f"a window is still there: {name}" for name in _windows_beyond(windows)]
    if request.node.get_closest_marker("allow_log_errors") is None:
        left += [f"an error was logged: {line}" for line in errors.lines]
    if left:
        pytest.fail("\n".join(left), pytrace=False)


def _threads_beyond(before: set[threading.Thread], patience_s: float = 2.0) -> list[str]:
    """The names of threads that outlive the test, after a moment's grace."""
    deadline = time.monotonic() + patience_s
    left = [thread for thread in threading.enumerate() if thread not in before and not _is_pooled(thread)]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread.name for thread in left if thread.is_alive()]


def _is_pooled(thread: threading.Thread) -> bool:
    """Threads of asyncio's own pool end with their loop; foreign ones have no handle in `threading`."""
    return thread.name.startswith("asyncio_") or isinstance(thread, threading._DummyThread)


def _windows() -> set[int]:
    """The addresses of all top-level widgets, or nothing while Qt has not been loaded."""
    return set(_windows_by_address())


def _windows_beyond(before: set[int]) -> list[str]:
    if not (set(_windows_by_address()) - before or _active_timers()):
        return []
    _delete_later_is_now()
    gc.collect()
    left = [name for address, name in _windows_by_address().items() if address not in before]
    return left + [f"a timer that still runs, {timer}" for timer in _active_timers()]


def _windows_by_address() -> dict[int, str]:
    if "PySide6.QtWidgets" not in sys.modules:
        return {}
    import shiboken6
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return {}
    return {
        shiboken6.getCppPointer(widget)[0]: f"{type(widget).__name__} {widget.objectName()!r}"
        for widget in QApplication.topLevelWidgets()
    }


def _active_timers() -> list[str]:
    """Timers that belong to the application itself: those of a widget end with their widget."""
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtCore import QCoreApplication, QTimer

    application = QCoreApplication.instance()
    if application is None:
        return []
    return [timer.objectName() or repr(timer) for timer in application.findChildren(QTimer) if timer.isActive()]


def _delete_later_is_now() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
