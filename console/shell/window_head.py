"""The head of every window: strip, lost links and alarm banner, for the main window and for detached panels alike."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from console.features.targets import Subject
from console.shell import words
from console.shell.alarm_banner import MOST, AlarmBanner, LostStrip
from console.shell.liveness_strip import LivenessStrip
from console.shell.mode import ModeKeeper
from console.shell.status_board import StatusBoard
from ui.theme import Theme

COMPACT_BELOW = 1720


class WindowHead(QWidget):
    """`lead` is what stands left of the strip in the main window: the name and the workspaces."""

    def __init__(
        self,
        theme: Theme,
        board: StatusBoard,
        mode: ModeKeeper,
        open_subject: Callable[[Subject], object],
        lead: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._board = board
        self._mode = mode
        self._clock = board.clock
        self._compact_below = COMPACT_BELOW if lead is not None else COMPACT_BELOW // 2
        bar = QWidget(objectName="topBar")
        self.strip = LivenessStrip(theme, board.desk)
        self.strip.face.set_to(board.clock.now().astimezone())
        self.lost = LostStrip()
        self.banner = AlarmBanner(theme, open_subject)
        across = QHBoxLayout(bar)
        across.setContentsMargins(12, 0, 16, 0)
        across.setSpacing(8)
        if lead is not None:
            lead.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            across.addWidget(lead, stretch=1)
        else:
            across.addStretch(1)
        across.addWidget(self.strip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (bar, self.lost, self.banner):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        board.changed.connect(self.refresh)
        mode.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        now = self._clock.now()
        liveness, alarms = self._board.liveness, self._board.alarms
        self.strip.show_signs(self._board.signs(), now)
        self.strip.show_mode(self._mode.tag, self._mode.tone)
        self.banner.show_scope(words.LIVE_BESIDE if self._mode.is_past else "")
        self.lost.show_lost(liveness.lost(now, self._clock.monotonic()))
        self.banner.show_alarms(alarms.first(MOST, self._clock.monotonic()), alarms.unacknowledged, alarms.active)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.set_compact(self.width() < self._theme.px(self._compact_below))
