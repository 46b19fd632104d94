"""A message that stays until its reason is gone: what happened, what still works, what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.styling import restyle

CLOSE = "Dismiss"


class Banner(QFrame):
    """Hidden while there is nothing to say. It never takes the focus and never covers anything."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._run: Callable[[], object] | None = None
        self._what = QLabel(wordWrap=True)
        self._what.setProperty("role", "title")
        self._remedy = QLabel(wordWrap=True)
        self._remedy.setProperty("tone", "secondary")
        self._act = QPushButton()
        self._close = QPushButton(CLOSE)
        self._close.setProperty("tone", "quiet")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._what)
        texts.addWidget(self._remedy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.addLayout(texts, stretch=1)
        layout.addWidget(self._act)
        layout.addWidget(self._close)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._act.clicked.connect(self._on_act)
        self._close.clicked.connect(self.clear)
        self.hide()

    def say(
        self,
        what: str,
        remedy: str = "",
        *,
        tone: str = "high",
        action: str = "",
        run: Callable[[], object] | None = None,
    ) -> None:
        self._what.setText(what)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self._act.setText(action)
        self._act.setVisible(bool(action))
        self._run = run
        self.setAccessibleName(f"{what} {remedy}".strip())
        restyle(self, tone=tone)
        self.show()

    def clear(self) -> None:
        self._run = None
        self.hide()

    @property
    def text(self) -> str:
        return self._what.text() if not self.isHidden() else ""

    def _on_act(self) -> None:
        if self._run is not None:
            self._run()
