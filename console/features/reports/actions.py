"""What an operator can do with reports: make one, save it, print it."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QFileDialog

from backend_core.reporting.model import DailyReport
from console.bridge.heard import Heard
from console.features.contract import PanelContext
from console.features.reports import words

if TYPE_CHECKING:
    from console.features.reports.panel import ReportsPanel
    from console.features.reports.preview import PagesView

MAKE_LIMIT_S = 300.0
PRINT_DOTS_PER_INCH = 200


def register(panel: ReportsPanel, context: PanelContext) -> None:
    add, view = context.actions.add, panel.view
    add(panel, "reports.make", words.ACTION_MAKE, panel.make, key="Ctrl+Return")
    add(panel, "reports.save", words.ACTION_SAVE, panel.save, key="Ctrl+S")
    add(panel, "reports.print", words.ACTION_PRINT, panel.print_it, key="Ctrl+P")
    add(panel, "reports.earlier", words.ACTION_EARLIER, lambda: panel.step_day(-1), key="Alt+Left")
    add(panel, "reports.later", words.ACTION_LATER, lambda: panel.step_day(1), key="Alt+Right")
    add(panel, "reports.wider", words.ACTION_WIDER, lambda: view.step_zoom(1), key="Ctrl+Shift+=")
    add(panel, "reports.narrower", words.ACTION_NARROWER, lambda: view.step_zoom(-1), key="Ctrl+Shift+-")
    add(panel, "reports.fit", words.ACTION_FIT, view.fit_width, key="Ctrl+Shift+0")
    head = context.head
    head.add_action(words.NARROWER, lambda: view.step_zoom(-1), help_text=words.ACTION_NARROWER)
    head.add_action(words.WIDER, lambda: view.step_zoom(1), help_text=words.ACTION_WIDER)
    head.add_action(words.FIT, view.fit_width, help_text=words.ACTION_FIT)


async def make(context: PanelContext, day: date, heard: Heard) -> DailyReport:
    """Cancelling this coroutine's task ends the reading and kills the worker that sets the pages."""
    return await context.link.ask(lambda core: core.reports.daily(day, heard.hear), limit_s=MAKE_LIMIT_S)


def save(panel: ReportsPanel, context: PanelContext, report: DailyReport) -> QFileDialog:
    """Ask for a place without standing in the way."""
    dialog = QFileDialog(panel, words.SAVE_TITLE, "", words.PDF_FILES)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("pdf")
    dialog.selectFile(words.file_name(report.day))
    dialog.fileSelected.connect(lambda name: write(context, report, Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def write(context: PanelContext, report: DailyReport, path: Path) -> None:
    try:
        path.write_bytes(report.pdf)
    except OSError as error:
        context.notices.say(words.not_saved(path.name, error.strerror or str(error)), tone="high")
        return
    context.notices.say(words.saved(path.name))


def print_report(panel: ReportsPanel, context: PanelContext) -> QPrintDialog | None:
    """Ask for a printer; none on this machine is said at once rather than by an empty dialog."""
    if not QPrinterInfo.availablePrinterNames():
        panel.say(words.NO_PRINTER, words.NO_PRINTER_REMEDY)
        return None
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setFullPage(True)
    dialog = QPrintDialog(printer, panel)
    dialog.setFromTo(1, panel.view.pages)
    dialog.accepted.connect(lambda: context.link.start(_print(panel, context, printer), name=words.PRINT))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


async def _print(panel: ReportsPanel, context: PanelContext, printer: QPrinter) -> None:
    if await hand_over(panel.view, printer):
        context.notices.say(words.printed(panel.view.pages))
    else:
        panel.say(words.PRINT_FAILED, words.PRINT_FAILED_REMEDY)


async def hand_over(view: PagesView, printer: QPrinter) -> bool:
    """Paint page after page, giving way to the screen between them; false when the printer refuses."""
    painter = QPainter()
    if not painter.begin(printer):
        return False
    try:
        for page in range(view.pages):
            if page and not printer.newPage():
                return False
            sheet = printer.pageLayout().fullRectPixels(printer.resolution())
            painter.drawImage(QRect(0, 0, sheet.width(), sheet.height()), view.picture(page, PRINT_DOTS_PER_INCH))
            await asyncio.sleep(0)
    finally:
        painter.end()
    return True
