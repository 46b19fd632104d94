"""The card of the outage that goes on: since when, how many, and who."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from backend_core.outages.model import Outage
from console.features.outages import words
from ui.marks import Mark, PriorityMark
from ui.styling import restyle
from ui.theme import Theme


class OutageCard(QFrame):
    """Hidden while there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        restyle(self, tone="high")
        self._headline = QLabel()
        self._headline.setProperty("role", "title")
        restyle(self._headline, tone="high")
        self._detail = QLabel(wordWrap=True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._headline)
        texts.addWidget(self._detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(12)
        layout.addWidget(PriorityMark(theme, Mark(2)))
        layout.addLayout(texts, stretch=1)
        self.hide()

    def show_outage(self, outage: Outage | None, now: datetime) -> None:
        self.setVisible(outage is not None)
        if outage is None:
            return
        self._headline.setText(words.outage_headline(outage, now))
        self._detail.setText(words.outage_detail(outage))
        self.setAccessibleName(f"{self._headline.text()}. {self._detail.text()}")

    @property
    def text(self) -> str:
        return "" if self.isHidden() else f"{self._headline.text()} {self._detail.text()}"
