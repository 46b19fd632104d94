"""The reports panel as an operator meets it, with a real PDF."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from PySide6.QtCore import QDate, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from backend_core.kernel.errors import CoreError
from backend_core.reporting.model import DailyReport
from console.features.contract import Workspace
from console.features.reports import actions, words
from console.features.reports.panel import ReportsPanel
from tests.console.support.screen import NOON, FakeLink, TestClock, make_context

TODAY = NOON.date()
YESTERDAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Three empty A4 pages."""
    document = PdfDocument.new()
    for _ in range(3):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


class Desk:
    def __init__(self, qtbot: QtBot, pdf: bytes, answer: object = None) -> None:
        self.pdf = pdf
        self.link = FakeLink({"reports.daily": answer or self._report})
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.context = make_context(self.host, self.link, TestClock(), Workspace.REPORTS)
        self.panel = ReportsPanel(self.context)
        self.panel.setParent(self.host)
        self.panel.resize(1000, 800)
        self.host.resize(1000, 800)
        self.host.show()
        self.panel.panel_shown()

    def _report(self, day: date, progress: object) -> DailyReport:
        return DailyReport(day, self.pdf, 3, 97.25, 5744, NOON, is_over=day < TODAY)

    @property
    def days(self) -> list[date]:
        return [arguments[0] for arguments in self.link.called("reports.daily")]


@pytest.fixture
def desk(qtbot: QtBot, pdf: bytes) -> Iterator[Desk]:
    desk = Desk(qtbot, pdf)
    yield desk
    desk.panel.end()


def test_the_report_of_today_is_made_when_the_panel_is_first_shown(desk: Desk):
    assert desk.days == [TODAY]
    desk.panel.panel_shown()
    assert desk.days == [TODAY], "coming back makes nothing again"


def test_the_head_tells_day_pages_and_coverage(desk: Desk):
    assert desk.context.head.scope == "Saturday 21 November 2026 · 3 pages"
    assert desk.context.head.freshness == "coverage 97.2 % · 5,744 readings · made 12:00:00 UTC"


def test_another_day_is_chosen_by_key_and_made_on_wish(desk: Desk, qtbot: QtBot):
    desk.panel._day.setCurrentSection(desk.panel._day.Section.DaySection)
    qtbot.keyClick(desk.panel._day, Qt.Key.Key_Down)
    assert desk.panel.day == YESTERDAY
    assert desk.panel._stale.text() == words.stale(TODAY), "what stands below is of another day"
    desk.panel.make()
    assert desk.days == [TODAY, YESTERDAY]
    assert desk.panel._stale.text() == ""


def test_a_day_to_come_cannot_be_chosen(desk: Desk):
    desk.panel.step_day(1)
    assert desk.panel.day == TODAY
    assert desk.panel._day.maximumDate() == QDate(2026, 11, 21)


def test_page_keys_turn_pages(desk: Desk, qtbot: QtBot):
    view = desk.panel.view
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert view.page == 1
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.page == 2
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.page == 0
    assert desk.panel._page.text() == "page 1 of 3"


def test_zooming_keeps_the_page_that_is_read(desk: Desk):
    view = desk.panel.view
    view.turn_to(1)
    view.step_zoom(1)
    assert view.page == 1
    view.fit_width()
    assert view.page == 1


def test_pages_are_drawn_when_they_come_into_view(desk: Desk, qtbot: QtBot):
    view = desk.panel.view
    qtbot.waitUntil(lambda: {page for page, _ in view._pictures} == {0})
    view.turn_to(2)
    qtbot.waitUntil(lambda: 2 in {page for page, _ in view._pictures})


def test_a_report_is_saved_as_it_is(desk: Desk, tmp_path: Path):
    path = tmp_path / "day.pdf"
    actions.write(desk.context, desk.panel.report, path)
    assert path.read_bytes() == desk.pdf


def test_a_place_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path):
    actions.write(desk.context, desk.panel.report, tmp_path / "nowhere" / "day.pdf")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.asyncio
async def test_every_page_is_handed_to_the_printer(desk: Desk, tmp_path: Path):
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    assert await actions.hand_over(desk.panel.view, printer)
    document = PdfDocument(tmp_path / "printed.pdf")
    assert len(document) == 3
    document.close()


def test_a_failure_stands_in_the_panel_and_the_former_report_stays(desk: Desk):
    desk.link.answers["reports.daily"] = CoreError("The database does not answer.", "Try again.")
    desk.panel.make()
    assert desk.panel._banner.text == "The database does not answer."
    assert desk.panel.report is not None
    assert desk.panel._pages.currentWidget() is desk.panel.view


def test_without_a_report_there_is_nothing_to_save(qtbot: QtBot, pdf: bytes):
    desk = Desk(qtbot, pdf, CoreError("The database does not answer.", "Try again."))
    assert not desk.panel._save.isEnabled()
    assert desk.panel._pages.currentWidget() is desk.panel._empty
    desk.panel.end()


def test_bytes_that_are_no_document_are_told(qtbot: QtBot):
    desk = Desk(qtbot, b"no document")
    assert desk.panel._banner.text == words.UNREADABLE
    assert desk.panel.report is None
    desk.panel.end()
