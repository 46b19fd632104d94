"""Asking "really?" in place, without a window in the way: Enter does it, Escape leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget
from shiboken6 import isValid
from typing_extensions import override

from ui.styling import restyle

CANCEL = "Cancel"


class InlineConfirm(QFrame):
    """One question at a time; a newer one answers the older with no."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._run: Callable[[], object] | None = None
        self._refuse: Callable[[], object] | None = None
        self._came_from: QWidget | None = None
        self._question = QLabel(wordWrap=True)
        self._yes = QPushButton()
        self._no = QPushButton(CANCEL)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.addWidget(self._question, stretch=1)
        layout.addWidget(self._yes)
        layout.addWidget(self._no)
        self._yes.clicked.connect(self._on_yes)
        self._no.clicked.connect(self.withdraw)
        self.hide()

    def ask(
        self,
        question: str,
        verb: str,
        run: Callable[[], object],
        *,
        tone: str = "primary",
        refuse: Callable[[], object] | None = None,
    ) -> None:
        """Show the question; `run` is called on yes. The keyboard stands on Cancel when the tone is danger."""
        self.withdraw()
        self._run, self._refuse = run, refuse
        self._came_from = QApplication.focusWidget()
        self._question.setText(question)
        self._yes.setText(verb)
        self.setAccessibleName(question)
        restyle(self._yes, tone=tone)
        restyle(self, tone="critical" if tone == "danger" else "selected")
        self.show()
        (self._no if tone == "danger" else self._yes).setFocus(Qt.FocusReason.OtherFocusReason)

    async def answer(self, question: str, verb: str, *, tone: str = "primary") -> bool:
        """The same, to be awaited; cancelling the task withdraws the question."""
        said: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def decide(value: bool) -> None:
            if not said.done():
                said.set_result(value)

        self.ask(question, verb, lambda: decide(True), tone=tone, refuse=lambda: decide(False))
        try:
            return await said
        finally:
            self.withdraw()

    def withdraw(self) -> None:
        refuse, self._run, self._refuse = self._refuse, None, None
        self._close()
        if refuse is not None:
            refuse()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.withdraw()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self._no if self._no.hasFocus() else self._yes).click()
            return
        super().keyPressEvent(event)

    def _on_yes(self) -> None:
        run, self._run, self._refuse = self._run, None, None
        self._close()
        if run is not None:
            run()

    def _close(self) -> None:
        """The keyboard goes back to where the question came from."""
        held = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        if held and self._came_from is not None and isValid(self._came_from) and self._came_from.isVisible():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)
        self._came_from = None
