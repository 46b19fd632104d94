"""Why is there no data: the search for a point, and its way from broker to screen with a verdict at each step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from backend_core.gateway.diagnosis import Finding, Verdict
from console.features.diagnostics import words
from console.features.diagnostics.payload_state import readable
from console.features.diagnostics.walk_state import TONES, breakable, conclude
from ui.empty_state import EmptyState
from ui.styling import restyle
from ui.theme import Theme
from ui.tones import TONES as TOKENS

_TYPING_PAUSE_MS = 200
_MARK = 16


class VerdictMark(QWidget):
    """A shape and a sign for each verdict, joined to the steps before and after it: the walk can be seen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._verdict = Verdict.UNKNOWN
        self._is_first = self._is_last = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.updateGeometry)

    def show_verdict(self, verdict: Verdict, *, is_first: bool, is_last: bool) -> None:
        self._verdict, self._is_first, self._is_last = verdict, is_first, is_last
        self.setAccessibleName(words.VERDICTS[verdict])
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_MARK) + 4, self._theme.px(_MARK) + 4)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, side = self._theme, self._theme.px(_MARK)
        box = QRectF((self.width() - side) / 2, 2, side, side)
        x = box.center().x()
        painter.setPen(theme.pen("line", 2))
        if not self._is_first:
            painter.drawLine(QPointF(x, 0), QPointF(x, box.top()))
        if not self._is_last:
            painter.drawLine(QPointF(x, box.bottom()), QPointF(x, self.height()))
        self._paint_sign(painter, box.adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_sign(self, painter: QPainter, box: QRectF) -> None:
        """Good: a ring with a tick. Doubtful: a diamond with a question. Broken: a square with a cross. Else a dash."""
        theme, token = self._theme, TOKENS[TONES[self._verdict]]
        x, y, r = box.center().x(), box.center().y(), box.width() / 2
        painter.setPen(theme.pen(token, 1.5))
        match self._verdict:
            case Verdict.GOOD:
                painter.drawEllipse(box)
                tick = [QPointF(x - 0.45 * r, y), QPointF(x - 0.1 * r, y + 0.4 * r), QPointF(x + 0.5 * r, y - 0.4 * r)]
                painter.drawPolyline(QPolygonF(tick))
            case Verdict.DOUBTFUL:
                points = [QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r), QPointF(x - r, y)]
                painter.drawPolygon(QPolygonF(points))
                painter.setFont(theme.font("small", bold=True))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
            case Verdict.BROKEN:
                painter.fillRect(box, theme.color(f"{token}_fill"))
                painter.setPen(theme.pen(f"{token}_ink", 2))
                d = 0.5 * r
                painter.drawLine(QPointF(x - d, y - d), QPointF(x + d, y + d))
                painter.drawLine(QPointF(x - d, y + d), QPointF(x + d, y - d))
            case _:
                painter.setPen(theme.pen(token, 1.5, Qt.PenStyle.DotLine))
                painter.drawEllipse(box)
                painter.drawLine(QPointF(x - 0.4 * r, y), QPointF(x + 0.4 * r, y))


class _Step:
    """The widgets of one step in the grid."""

    def __init__(self, theme: Theme, grid: QGridLayout, row: int) -> None:
        self.mark, self.name, self.texts = VerdictMark(theme), QLabel(), QWidget()
        self.name.setContentsMargins(0, 3, 0, 0)
        self._seen, self._remedy = (QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _ in range(2))
        layout = QVBoxLayout(self.texts)
        layout.setContentsMargins(0, 3, 0, theme.px(8))
        layout.setSpacing(0)
        layout.addWidget(self._seen)
        layout.addWidget(self._remedy)
        layout.addStretch()
        grid.addWidget(self.mark, row, 0)
        grid.addWidget(self.name, row, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.texts, row, 2)

    def show_finding(self, finding: Finding, *, is_first: bool, is_last: bool) -> None:
        self.mark.show_verdict(finding.verdict, is_first=is_first, is_last=is_last)
        self.name.setText(finding.step)
        self.name.setAccessibleName(f"{finding.step}: {words.VERDICTS[finding.verdict]}")
        self._seen.setText(breakable(readable(finding.seen.encode("utf-8", "backslashreplace"))))
        self._remedy.setText(finding.remedy)
        self._remedy.setVisible(bool(finding.remedy))
        tone = TONES[finding.verdict]
        restyle(self.name, tone="normal" if finding.verdict is Verdict.GOOD else tone)
        restyle(self._seen, tone="secondary")
        restyle(self._remedy, tone="normal")


class Doctor(QWidget):
    """Type to search, Enter to choose; the walk is walked anew each second while it can be seen."""

    searched = Signal(str)
    asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.search = QLineEdit(placeholderText=words.SEARCH_HINT, clearButtonEnabled=True)
        self._offers = QStringListModel(self)
        self._completer = QCompleter(self._offers, self)
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._headline = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._grid = QGridLayout()
        self._steps: list[_Step] = []
        self._pages = QStackedWidget()
        self._build()

    def offer(self, points: Sequence[str]) -> None:
        """The points that fit what was typed."""
        self._offers.setStringList(list(points))
        if points and self.search.hasFocus() and self.search.text() not in points:
            self._completer.complete()

    def show_point(self, point: str) -> None:
        """A point was chosen elsewhere."""
        self.search.blockSignals(True)
        self.search.setText(point)
        self.search.blockSignals(False)

    def show_walk(self, point: str, findings: Sequence[Finding]) -> None:
        conclusion = conclude(point, findings)
        self._headline.setText(conclusion.sentence)
        restyle(self._headline, tone=conclusion.tone)
        while len(self._steps) < len(findings):
            self._steps.append(_Step(self._theme, self._grid, len(self._steps)))
            self._grid.setRowStretch(len(self._steps) - 1, 0)
            self._grid.setRowStretch(len(self._steps), 1)
        for i, (step, finding) in enumerate(zip(self._steps, findings, strict=False)):
            step.show_finding(finding, is_first=i == 0, is_last=i == len(findings) - 1)
        self._pages.setCurrentIndex(1)

    def _build(self) -> None:
        px = self._theme.px
        self.search.setAccessibleName(words.SEARCH)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(12)
        self.search.setCompleter(self._completer)
        self._headline.setProperty("role", "title")
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(8))
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(2, 1)
        walk = QWidget()
        inside = QVBoxLayout(walk)
        inside.setContentsMargins(px(12), px(4), px(12), px(4))
        inside.setSpacing(px(8))
        inside.addWidget(self._headline)
        inside.addLayout(self._grid, stretch=1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(walk)
        self._pages.addWidget(EmptyState(words.CHOOSE_POINT, words.CHOOSE_POINT_WHY, words.CHOOSE_POINT_NEXT))
        self._pages.addWidget(scroll)
        line = QVBoxLayout()
        line.setContentsMargins(px(12), px(4), px(12), px(4))
        line.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self._pages, stretch=1)
        self.search.textEdited.connect(lambda _: self._pause.start())
        self._pause.timeout.connect(lambda: self.searched.emit(self.search.text().strip()))
        self.search.returnPressed.connect(self._ask)
        self._completer.activated.connect(self.asked)

    def _ask(self) -> None:
        """Enter takes what stands there if it is a point, else the first that fits."""
        typed, offered = self.search.text().strip(), self._offers.stringList()
        point = typed if typed in offered or not offered else offered[0]
        if point:
            self.show_point(point)
            self.asked.emit(point)
