"""What no test may leave behind: threads, windows, running timers, errors in the log."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QWidget


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
    belongings = _qt_belongings()
    errors = _ErrorLog()
    logging.getLogger().addHandler(errors)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(errors)
    left = [f"a thread still runs: {name}" for name in _threads_beyond(threads)]
    left += _qt_beyond(belongings)
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


def _qt_beyond(before: dict[int, str]) -> list[str]:
    """What of Qt outlives the test, once everything that was to be deleted later is deleted."""
    if not _qt_belongings().keys() - before.keys():
        return []
    _delete_later_is_now()
    gc.collect()
    return [sentence for address, sentence in _qt_belongings().items() if address not in before]


def _qt_belongings() -> dict[int, str]:
    """Windows and the application's running timers by their address; a widget's timers end with their widget."""
    if "PySide6.QtWidgets" not in sys.modules:
        return {}
    import shiboken6
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    if application is None:
        return {}
    windows = {w: f"a window is still there: {_name(w)}" for w in QApplication.topLevelWidgets() if not _measures(w)}
    timers = {t: f"a timer still runs: {_name(t)}" for t in application.findChildren(QTimer) if t.isActive()}
    return {shiboken6.getCppPointer(thing)[0]: sentence for thing, sentence in (windows | timers).items()}


def _measures(widget: QWidget) -> bool:
    """Whether this is the empty widget by which a layout in a scene asks the style for spacings; it ends with it."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QWidget

    is_real = widget.testAttribute(Qt.WidgetAttribute.WA_WState_Created) or bool(widget.children())
    return type(widget) is QWidget and not is_real and not widget.objectName()


def _name(thing: QObject) -> str:
    return f"{type(thing).__name__} {thing.objectName()!r}"


def _delete_later_is_now() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    for _ in range(2):  # what goes may send after it what it owned
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
