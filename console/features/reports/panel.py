"""The daily report: choose a day, make it, read it, print it, save it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QTimer
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from backend_core.kernel.errors import CoreError
from backend_core.reporting.model import DailyReport
from console.bridge.heard import Heard
from console.features.contract import Panel, PanelContext
from console.features.reports import actions, words
from console.features.reports.preview import PagesView
from ui.banner import Banner
from ui.empty_state import EmptyState
from ui.progress import ProgressLine

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame

_LISTEN_MS = 100
_FIRST_DAY = QDate(2000, 1, 1)


class ReportsPanel(Panel):
    """One report at a time; while one is made the former stays to be read."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._report: DailyReport | None = None
        self._task: asyncio.Task[None] | None = None
        self._heard = Heard()
        self._was_shown = False
        self.view = PagesView(context.theme)
        self._day = QDateEdit(calendarPopup=True, displayFormat="yyyy-MM-dd")
        self._page = QLabel()
        self._stale = QLabel()
        self._make = _button(words.MAKE, words.MAKE_HELP, tone="primary")
        self._save = _button(words.SAVE, words.SAVE_HELP)
        self._print = _button(words.PRINT, words.PRINT_HELP)
        self._banner = Banner()
        self._progress = ProgressLine()
        self._empty = EmptyState(words.EMPTY, words.EMPTY_WHY, words.EMPTY_NEXT, action=words.MAKE, run=self.make)
        self._pages = QStackedWidget()
        self._listen = QTimer(self, interval=_LISTEN_MS)
        self._listen.timeout.connect(lambda: self._progress.show_share(self._heard.share, self._heard.text))
        self._build()
        actions.register(self, context)
        self._show_state()

    # --- what the shell calls -----------------------------------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        """A report is of a day, not of a moment."""

    @override
    def panel_shown(self) -> None:
        if not self._was_shown:
            self._was_shown = True
            self._choose(self._context.clock.now().date())
            self.make()

    @override
    def end(self) -> None:
        self.cancel()
        self._listen.stop()
        self.view.clear()

    # --- what an operator can do --------------------------------------------------------------------------------------

    @property
    def day(self) -> date:
        chosen = self._day.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    @property
    def report(self) -> DailyReport | None:
        return self._report

    def step_day(self, days: int) -> None:
        self._choose(self.day + timedelta(days=days))

    def make(self) -> None:
        if self.is_busy:
            return
        self._heard = Heard()
        self._progress.begin(words.COLLECTING, self.cancel)
        self._listen.start()
        self._make.setEnabled(False)
        self._task = self._context.link.start(self.collect(self.day), name=words.COLLECTING)

    def cancel(self) -> None:
        if self.is_busy and self._task is not None:
            self._task.cancel()

    def save(self) -> None:
        if self._report is None:
            self._context.notices.say(words.NOTHING_YET)
        else:
            actions.save(self, self._context, self._report)

    def print_it(self) -> None:
        if self._report is None:
            self._context.notices.say(words.NOTHING_YET)
        else:
            actions.print_report(self, self._context)

    def say(self, what: str, remedy: str) -> None:
        self._banner.say(what, remedy)

    # --- making it ----------------------------------------------------------------------------------------------------

    async def collect(self, day: date) -> None:
        try:
            report = await actions.make(self._context, day, self._heard)
        except CoreError as error:
            self._banner.say(error.what, error.remedy, action=words.AGAIN, run=self.make)
        except asyncio.CancelledError:
            self._banner.say(words.CANCELLED, tone="selected", action=words.AGAIN, run=self.make)
            raise
        else:
            self._banner.clear()
            self._show(report)
        finally:
            self._listen.stop()
            self._progress.end()
            self._make.setEnabled(True)

    # --- inside -------------------------------------------------------------------------------------------------------

    @property
    @override
    def is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def _build(self) -> None:
        earlier, later = _button(words.EARLIER, words.ACTION_EARLIER), _button(words.LATER, words.ACTION_LATER)
        today = _button(words.TODAY, "")
        self._day.setMinimumDate(_FIRST_DAY)
        self._day.setAccessibleName(words.DAY)
        self._day.setToolTip(words.DAY_HELP)
        for label in (self._page, self._stale):
            label.setProperty("tone", "secondary")
        self._stale.setProperty("tone", "high")
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(8)
        for widget in (QLabel(words.DAY), self._day, earlier, later, today, self._make):
            bar.addWidget(widget)
        bar.addWidget(self._stale, stretch=1)
        for widget in (self._page, self._save, self._print):
            bar.addWidget(widget)
        holder = QWidget()
        holder.setLayout(bar)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self._banner, holder, self._progress):
            layout.addWidget(part)
        layout.addWidget(self._pages, stretch=1)
        earlier.clicked.connect(lambda: self.step_day(-1))
        later.clicked.connect(lambda: self.step_day(1))
        today.clicked.connect(lambda: self._choose(self._context.clock.now().date()))
        self._make.clicked.connect(self.make)
        self._save.clicked.connect(self.save)
        self._print.clicked.connect(self.print_it)
        self._day.dateChanged.connect(lambda _: self._show_state())
        self.view.page_changed.connect(lambda number, of: self._page.setText(words.page(number, of)))
        self.setFocusProxy(self._day)

    def _choose(self, day: date) -> None:
        latest = self._context.clock.now().date()
        self._day.setMaximumDate(QDate(latest.year, latest.month, latest.day))
        chosen = min(day, latest)
        self._day.setDate(QDate(chosen.year, chosen.month, chosen.day))

    def _show(self, report: DailyReport) -> None:
        if not self.view.show_pdf(report.pdf):
            self._banner.say(words.UNREADABLE, words.UNREADABLE_REMEDY, action=words.AGAIN, run=self.make)
            return
        self._report = report
        self._pages.setCurrentWidget(self.view)
        made = f"{report.made_at:%H:%M:%S}" if report.made_at else ""
        head = self._context.head
        head.set_scope(words.scope(report.day, report.pages))
        tone = "secondary" if report.coverage_percent >= 95.0 else "high"
        head.set_freshness(words.freshness(report.coverage_percent, report.readings, made), tone)
        if not report.readings:
            self._banner.say(words.no_data(report.day), tone="selected")
        self._show_state()

    def _show_state(self) -> None:
        there = self._report is not None
        self._save.setEnabled(there)
        self._print.setEnabled(there)
        self._page.setVisible(there)
        is_other = self._report is not None and self._report.day != self.day
        self._stale.setText(words.stale(self._report.day) if is_other and self._report else "")


def _button(text: str, tip: str, *, tone: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    if tone:
        button.setProperty("tone", tone)
    return button
