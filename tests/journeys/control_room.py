"""An operator at the real window over a real core: looks, presses keys, and waits for what must come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from backend_core.gateway.core import CoreGateway
from backend_core.kernel.clock import SystemClock
from console.bridge.core_link import HostedCore
from console.features.contract import Panel, Workspace
from console.shell.screen import Screen, ScreenWish
from ui.theme import Theme

LOOK_EVERY_MS = 40


class ControlRoom:
    """Ended with `leave`. Between its steps the screen stands still, while it waits the screen runs."""

    def __init__(self, app: QApplication, make_core: Callable[[], HostedCore], state: Path | None = None) -> None:
        self._app = app
        self._is_open = True
        self.theme = Theme()
        self.theme.apply_to(app)
        # Told that it runs already, the loop lives in whatever loop of Qt's turns: that of a wait, or pytest-qt's own.
        self.loop = qasync.QEventLoop(app, already_running=True)
        wish = ScreenWish("journey", "desk 7", (1600, 900), state=state)
        self.screen = Screen(make_core, wish, self.theme, SystemClock())
        self.window = self.screen.window
        self.screen.open()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifier)

    def panel(self, feature: str) -> Any:
        """A panel of the workspace in front."""
        view = self.window.current
        found: Panel | None = view.panel(feature) if view is not None else None
        assert found is not None, f"{feature} has no panel here"
        return found

    def go(self, workspace: Workspace) -> None:
        self.window.go_to_workspace(workspace)

    def ask(self, question: Callable[[CoreGateway], Awaitable[Any]]) -> Any:
        """Something only the core knows."""
        return self._await(self.screen.link.ask(question))

    def until(self, condition: Callable[[], Any], what: str, within_s: float = 75.0) -> None:
        """Let the screen run until it shows this."""
        turning = QEventLoop()
        look = QTimer(interval=LOOK_EVERY_MS)
        look.timeout.connect(lambda: condition() and turning.quit())
        look.start()
        QTimer.singleShot(round(within_s * 1000), turning, turning.quit)
        turning.exec()
        look.stop()
        assert condition(), f"{what}: not within {within_s:g} s"

    def close(self) -> None:
        """Close the window, and wait until everything behind it has ended."""
        if self._is_open:
            self._is_open = False
            self.window.close()
            self._await(self.screen.close())

    def leave(self) -> None:
        self.close()
        self.window.deleteLater()
        self.theme.deleteLater()
        self.loop.stop()
        # That told Qt to quit, and no loop of Qt's turns again until its main loop has run and ended once.
        QTimer.singleShot(0, self._app.quit)
        self._app.exec()
        asyncio._set_running_loop(None)
        self.loop.close()
        self._app.setStyleSheet("")
        self._app.setPalette(QPalette())

    def _await(self, work: Coroutine[Any, Any, Any]) -> Any:
        task = self.loop.create_task(work)
        self.until(task.done, "the core answers")
        return task.result()
