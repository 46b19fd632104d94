"""One place for all that should not have happened: mistakes, crashes and stand-stills, written where they last."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from console.shell import words

LOG_NAME, CRASH_NAME = "linekeeper.log", "crash.log"
LOG_BYTES, LOG_FILES = 1_000_000, 3
_FORM = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")


class BlackBox(QObject):
    """One per program, from before the window until after it. A folder that cannot be written costs only the files."""

    _happened = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.tell: Callable[[str, str], None] = lambda what, remedy: None
        self.mistakes = 0
        self.last_run_crashed = False
        self._handler: logging.Handler | None = None
        self._crash_file: IO[str] | None = None
        self._give_back: Callable[[], None] = lambda: None
        self._happened.connect(self._on_happened, Qt.ConnectionType.QueuedConnection)

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        self._open_files()
        hooks_before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        loop.set_exception_handler(self._on_loop_exception)
        messages_before = qInstallMessageHandler(self._on_qt_message)

        def give_back() -> None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = hooks_before
            loop.set_exception_handler(None)
            qInstallMessageHandler(messages_before)

        self._give_back = give_back

    def close(self) -> None:
        """Give every hook back; the files stay."""
        self._give_back()
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
            self._crash_file = None
        if self._handler is not None:
            logging.getLogger().removeHandler(self._handler)
            self._handler.close()

    def note_stall(self, stood_still_s: float) -> None:
        """From any thread, while the screen stands still: write down where every thread is."""
        if self._crash_file is not None:
            self._crash_file.write(words.stall_head(stood_still_s) + "\n")
            self._crash_file.flush()
            faulthandler.dump_traceback(self._crash_file, all_threads=True)

    # --- files --------------------------------------------------------------------------------

    def _open_files(self) -> None:
        crash = self.folder / CRASH_NAME
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if crash.exists() and crash.stat().st_size:
                crash.replace(crash.with_suffix(".last.log"))
                self.last_run_crashed = True
            self._crash_file = crash.open("w", encoding="utf-8")
            self._handler = RotatingFileHandler(
                self.folder / LOG_NAME, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
            )
        except OSError as error:
            _log.warning("Nothing can be written to %s: %s", self.folder, error)
            return
        faulthandler.enable(self._crash_file)
        self._handler.setFormatter(logging.Formatter(_FORM))
        logging.getLogger().addHandler(self._handler)

    # --- hooks ---------------------------------------------------------------------------------

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str = "the screen"
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.mistakes += 1
        _log.error("A mistake of our own in %s", where, exc_info=(kind, error, trace))
        self._happened.emit(where)

    def _on_thread_exception(self, facts: threading.ExceptHookArgs) -> None:
        name = facts.thread.name if facts.thread is not None else "a thread"
        if facts.exc_value is not None:
            self._on_exception(facts.exc_type, facts.exc_value, facts.exc_traceback, f"the thread '{name}'")

    def _on_unraisable(self, facts: Any) -> None:
        _log.error("A mistake of our own while '%r' was cleared away", facts.object, exc_info=facts.exc_value)

    def _on_loop_exception(self, loop: asyncio.AbstractEventLoop, facts: dict[str, Any]) -> None:
        error = facts.get("exception")
        if isinstance(error, Exception):
            self._on_exception(type(error), error, error.__traceback__, "the screen's loop")
        else:
            _log.error("The screen's loop reports: %s", facts.get("message"))

    @staticmethod
    def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        # A platform that cannot do something has nothing to report: what is shown is right all the same.
        is_limit = message.startswith("This plugin does not support")
        _qt_log.log(logging.DEBUG if is_limit else _LEVELS.get(kind, logging.WARNING), "%s", message)

    def _on_happened(self, where: str) -> None:
        self.tell(words.own_mistake(where), words.own_mistake_remedy(str(self.folder)))
