"""The document: A4 pages with a letterhead, the sections in order, and numbered feet."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate
from typing_extensions import override

from backend_core.grid.model import Network
from backend_core.kernel.workers import Progress
from backend_core.reporting.model import DailyFacts, DailyReport
from backend_core.reporting.pdf_writer import look
from backend_core.reporting.pdf_writer.ground import Day
from backend_core.reporting.pdf_writer.happenings import alarms, outages
from backend_core.reporting.pdf_writer.limits import voltages
from backend_core.reporting.pdf_writer.opening import opening
from backend_core.reporting.pdf_writer.power import energy
from backend_core.reporting.pdf_writer.record import origins, quality
from backend_core.reporting.rules.day import Digest, digest


def set_document(facts: DailyFacts, network: Network, progress: Progress | None = None) -> DailyReport:
    """The finished report."""
    tell = progress or (lambda share, text: None)
    tell(0.1, "Adding up the day")
    summed = digest(facts, network)
    tell(0.4, "Setting the pages")
    look.register_fonts()
    out = io.BytesIO()
    document = _document(out, facts, network)
    document.build(_story(facts, summed, network), canvasmaker=_canvas_maker(facts, network))
    tell(1.0, "Done")
    return DailyReport(
        day=facts.day,
        pdf=out.getvalue(),
        pages=document.page,
        coverage_percent=100.0 * summed.coverage,
        readings=facts.version.readings,
        made_at=facts.made_at,
        is_over=facts.is_over,
    )


def _document(out: io.BytesIO, facts: DailyFacts, network: Network) -> BaseDocTemplate:
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=look.MARGIN,
        rightMargin=look.MARGIN,
        title=f"Daily report {facts.day} · {network.title}",
        author=facts.operator or "Linekeeper",
        subject="Energy, load, voltages, alarms, outages and data coverage of one day",
        creator="Linekeeper",
        # Nothing of the moment of writing in the file itself: the same facts make the same bytes.
        invariant=1,
    )
    bottom, height = look.FOOT + 8, look.HEIGHT - look.HEAD - look.FOOT - 16
    frame = Frame(look.MARGIN, bottom, look.WIDTH, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates([PageTemplate("day", [frame])])
    return document


def _story(facts: DailyFacts, summed: Digest, network: Network) -> list[Flowable]:
    day = Day(facts, summed, network)
    parts = (opening, energy, voltages, alarms, outages, quality, origins)
    return [flowable for part in parts for flowable in part(day)]


def _canvas_maker(facts: DailyFacts, network: Network) -> type[Canvas]:
    """A canvas that waits with the feet until it knows how many pages there are."""

    class NumberedCanvas(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._waiting: list[dict[str, Any]] = []

        @override
        def showPage(self) -> None:
            self._waiting.append(dict(self.__dict__))
            self._startPage()

        @override
        def save(self) -> None:
            for state in self._waiting:
                self.__dict__.update(state)
                _frame_page(self, facts, network, len(self._waiting))
                super().showPage()
            super().save()

    return NumberedCanvas


def _frame_page(canvas: Canvas, facts: DailyFacts, network: Network, pages: int) -> None:
    left, right, top = look.MARGIN, look.MARGIN + look.WIDTH, look.HEIGHT - look.HEAD
    canvas.setFont(look.BOLD, 9)
    canvas.setFillColor(look.INK)
    canvas.drawString(left, top + 6, "Linekeeper")
    canvas.setFont(look.REGULAR, 8)
    canvas.setFillColor(look.SECONDARY)
    canvas.drawRightString(right, top + 6, f"{network.title} · {facts.day}")
    canvas.setStrokeColor(look.LINE)
    canvas.setLineWidth(0.7)
    canvas.line(left, top, right, top)
    canvas.line(left, look.FOOT, right, look.FOOT)
    by = " · ".join(part for part in (facts.desk, facts.operator) if part)
    made = f"Made {facts.made_at:%Y-%m-%d %H:%M:%S} UTC" + (f" at {by}" if by else "")
    canvas.drawString(left, look.FOOT - 11, made)
    canvas.drawRightString(right, look.FOOT - 11, f"Page {canvas.getPageNumber()} of {pages}")
