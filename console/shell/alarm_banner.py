"""The banner of the most urgent alarms, in every window: marks, words, and the counts at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from console.features.targets import Subject
from console.shell import words
from console.shell.alarm_summary import UrgentAlarm
from ui.marks import Mark, PriorityMark
from ui.styling import restyle
from ui.theme import Theme

ENTRY_WIDTH = 236
ENTRY_MOST = 300
MOST = 6


class BannerEntry(QFrame):
    """One alarm; a click or Enter shows it on the diagram."""

    def __init__(self, theme: Theme, open_subject: Callable[[Subject], object]) -> None:
        super().__init__()
        self._open = open_subject
        self.subject = Subject()
        self.setProperty("role", "bannerEntry")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._mark = PriorityMark(theme, Mark(4))
        self._title = QLabel()
        self._detail = QLabel()
        self._detail.setProperty("role", "small")
        texts = QVBoxLayout()
        texts.setContentsMargins(0, 0, 0, 0)
        texts.setSpacing(0)
        texts.addStretch()
        texts.addWidget(self._title)
        texts.addWidget(self._detail)
        texts.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.setSpacing(8)
        layout.addWidget(self._mark)
        layout.addLayout(texts, stretch=1)

    def show_alarm(self, alarm: UrgentAlarm) -> None:
        self.subject = alarm.subject
        self._mark.show_mark(alarm.mark)
        self._title.setText(alarm.title)
        self._detail.setText(alarm.detail)
        restyle(self._title, weight="bold" if alarm.unacknowledged else "normal")
        self.setAccessibleName(f"{self._mark.accessibleName()}: {alarm.title}, {alarm.detail}")
        self.setToolTip(f"{alarm.title}\n{alarm.detail}")

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._open(self.subject)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(self.subject)
            return
        super().keyPressEvent(event)


class AlarmBanner(QFrame):
    """Shows as many as fit, never a scroll bar; the rest is in the counts."""

    def __init__(self, theme: Theme, open_subject: Callable[[Subject], object]) -> None:
        super().__init__(objectName="alarmBanner")
        self.setAccessibleName(words.BANNER_NAME)
        self._theme = theme
        self._alarms: Sequence[UrgentAlarm] = ()
        self._entries = [BannerEntry(theme, open_subject) for _ in range(MOST)]
        self._scope = QLabel()
        self._scope.setProperty("weight", "bold")
        self._scope.hide()
        self._calm = QLabel(words.NO_ALARMS)
        self._calm.setProperty("tone", "secondary")
        self._counts = QLabel()
        self._counts.setProperty("tone", "secondary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 16, 0)
        layout.setSpacing(12)
        layout.addWidget(self._scope)
        layout.addWidget(self._calm)
        for entry in self._entries:
            entry.setMaximumWidth(theme.px(ENTRY_MOST))
            layout.addWidget(entry)
            entry.hide()
        layout.addStretch()
        layout.addWidget(self._counts)

    def show_alarms(self, alarms: Sequence[UrgentAlarm], unacknowledged: int, active: int) -> None:
        self._counts.setText(words.alarm_counts(unacknowledged, active))
        restyle(self._counts, weight="bold" if unacknowledged else "normal")
        if list(alarms) != list(self._alarms):
            self._alarms = tuple(alarms)
            self._fill()

    def show_scope(self, text: str) -> None:
        """Say of which time the banner is, where the panels show another."""
        if text != self._scope.text():
            self._scope.setText(text)
            self._scope.setVisible(bool(text))
            self.setAccessibleName(f"{words.BANNER_NAME} {text}".strip())
            self._fill()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        scope = self._scope.sizeHint().width() + self._theme.px(12) if self._scope.text() else 0
        width = self.width() - self._counts.sizeHint().width() - scope - self._theme.px(48)
        fits = max(1, min(MOST, width // self._theme.px(ENTRY_WIDTH)))
        self._calm.setVisible(not self._alarms)
        for i, entry in enumerate(self._entries):
            wanted = i < min(fits, len(self._alarms))
            if wanted:
                entry.show_alarm(self._alarms[i])
            entry.setVisible(wanted)


class LostStrip(QWidget):
    """Amber, in words, as long as a link is away: nothing has to be clicked, nothing moves when it goes."""

    def __init__(self) -> None:
        super().__init__(objectName="lostStrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = QLabel(wordWrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 12, 2)
        layout.addWidget(self._text)
        self.hide()

    def show_lost(self, sentences: Sequence[str]) -> None:
        text = "\n".join(f"⚠ {sentence}" for sentence in sentences)
        if text != self._text.text():
            self._text.setText(text)
            self.setAccessibleName(text)
        self.setVisible(bool(sentences))
