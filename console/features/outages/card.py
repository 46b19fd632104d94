"""What stands above the list: the figures of the street, and the card of the outage that goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from backend_core.outages.model import Outage
from console.features.outages import words
from ui.marks import Mark, PriorityMark
from ui.styling import restyle
from ui.theme import Theme


class Figures(QWidget):
    """The few numbers that sum up the street, large enough to read from the next desk."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(16, 8, 16, 8)
        self._layout.setSpacing(48)
        self._labels: dict[str, QLabel] = {}
        self._layout.addStretch()

    def show_figures(self, figures: Mapping[str, tuple[str, str]]) -> None:
        for title, (text, tone) in figures.items():
            label = self._labels.get(title) or self._add(title)
            label.setText(text)
            if label.property("tone") != tone:
                restyle(label, tone=tone)
            label.setAccessibleName(f"{title}: {text}")

    def _add(self, title: str) -> QLabel:
        name, figure = QLabel(title), QLabel()
        restyle(name, tone="secondary")
        figure.setProperty("role", "figure")
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(name)
        column.addWidget(figure)
        self._layout.insertLayout(len(self._labels), column)
        self._labels[title] = figure
        return figure


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
