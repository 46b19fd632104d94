"""Everything about the chosen alarm: limits, times, who has seen it, guidance, and its journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from backend_core.alarms.model import Alarm, JournalEntry, Level
from backend_core.kernel.identities import split_point
from console.features.alarms import words
from console.features.alarms.state import AlarmRow
from console.features.alarms.table import journal_columns, shown_value
from ui.empty_state import EmptyState
from ui.marks import Mark, PriorityMark
from ui.table import Table
from ui.theme import Theme
from ui.values import format_age, show_value

FACTS = (words.LIMIT, words.NOW, words.LEVEL, words.RAISED, words.BACK, words.SEEN, words.OCCURRENCE, words.POINT)


class AlarmCard(QFrame):
    """A function of one alarm and its row; empty until one is chosen."""

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._theme = theme
        self._now = now
        self._mark = PriorityMark(theme, Mark(4))
        self._title = _label("title")
        self._priority = _label("secondary")
        self._facts = {name: _label("") for name in FACTS}
        self._guidance = {name: _label("") for name in (words.CAUSES, words.CONSEQUENCE, words.ACT)}
        self._journal: Table[JournalEntry] = Table(
            theme,
            words.JOURNAL,
            journal_columns(now),
            lambda line: line.seq,
            order=lambda line: -line.seq,
            empty=EmptyState(words.JOURNAL_EMPTY),
        )
        self._journal.hide_foot()
        self._empty = EmptyState(words.NOTHING_CHOSEN)
        self._sheet = QWidget()
        self._build()
        self.show_nothing()

    def show_nothing(self) -> None:
        """No alarm is chosen."""
        self._sheet.hide()
        self._empty.show()

    def show_alarm(self, alarm: Alarm, row: AlarmRow) -> None:
        """Limits, times and guidance of one alarm."""
        self._empty.hide()
        self._sheet.show()
        _, quantity = split_point(alarm.point)
        self._mark.show_mark(Mark(row.priority, hollow=not row.is_active, pulsing=row.is_unacknowledged))
        self._title.setText(f"{row.where} · {row.condition}")
        self._priority.setText(f"{words.priority_word(row.priority)} · {row.state}")
        for name, text in self._told(alarm, row).items():
            self._facts[name].setText(text)
        texts = words.guidance(quantity, alarm.side)
        for label, text in zip(self._guidance.values(), texts, strict=True):
            label.setText(text)

    def show_journal(self, lines: Sequence[JournalEntry]) -> None:
        """What is written about it."""
        self._journal.reset_rows(lines)

    def _told(self, alarm: Alarm, row: AlarmRow) -> dict[str, str]:
        now, seen = self._now(), alarm.acknowledgement if alarm.is_seen else None
        unit, decimals = row.unit, row.decimals
        is_silent = alarm.level is Level.OFFLINE
        limit = format_age(alarm.limit) if is_silent else show_value(alarm.limit, unit, decimals).text
        level = alarm.level.value if alarm.present in (alarm.level, None) else f"{alarm.level} (now {alarm.present})"
        back = words.clock_of(alarm.cleared_at, now)
        return {
            words.LIMIT: words.CANNOT_BE if alarm.level is Level.RANGE else f"{alarm.level} {limit}",
            words.NOW: shown_value(row).text,
            words.LEVEL: level,
            words.RAISED: words.clock_of(alarm.raised_at, now),
            words.BACK: words.STILL if alarm.base.is_active else back,
            words.SEEN: words.seen_by(seen.by, seen.at) if seen else words.NOBODY,
            words.OCCURRENCE: str(alarm.occurrence),
            words.POINT: alarm.point,
        }

    def _build(self) -> None:
        px = self._theme.px
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._title)
        texts.addWidget(self._priority)
        head.addLayout(texts, stretch=1)
        facts = QGridLayout()
        facts.setHorizontalSpacing(px(12))
        facts.setVerticalSpacing(px(4))
        facts.setColumnStretch(1, 1)
        for i, (name, label) in enumerate(self._facts.items()):
            facts.addWidget(_label("secondary", name), i, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(label, i, 1)
        sheet = QVBoxLayout(self._sheet)
        sheet.setContentsMargins(px(12), px(12), px(12), px(8))
        sheet.setSpacing(px(12))
        sheet.addLayout(head)
        sheet.addLayout(facts)
        for name, label in self._guidance.items():
            block = QVBoxLayout()
            block.setSpacing(px(4))
            block.addWidget(_label("secondary", name))
            block.addWidget(label)
            sheet.addLayout(block)
        sheet.addWidget(_label("secondary", words.JOURNAL))
        sheet.addWidget(self._journal, stretch=1)
        self._journal.setMinimumHeight(px(160))
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._sheet)
        for transparent in (scroll.viewport(), self._sheet):
            transparent.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)
        layout.addWidget(scroll)


def _label(role: str, text: str = "") -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setProperty("role", role)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
