"""What a worker process runs to set a report; named by dotted string, for reportlab is heavy."""

from __future__ import annotations

from backend_core.grid.model import Network
from backend_core.kernel.workers import Progress
from backend_core.reporting.model import DailyFacts, DailyReport
from backend_core.reporting.pdf_writer.document import set_document


def set_daily(facts: DailyFacts, network: Network, progress: Progress | None = None) -> DailyReport:
    """The daily report as a PDF."""
    return set_document(facts, network, progress)
