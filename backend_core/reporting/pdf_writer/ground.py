"""What every section of the report stands on: the day with its notes, and how times and shares are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from reportlab.platypus import Flowable, KeepTogether, Paragraph

from backend_core.grid.model import Network
from backend_core.reporting.model import DailyFacts
from backend_core.reporting.pdf_writer import look
from backend_core.reporting.pdf_writer.notes import Notes
from backend_core.reporting.rules.day import Curve, Digest

NO_VALUE = "n/a"
KINDS = {
    "bus": "buses",
    "element": "lines, transformers, generators, loads",
    "sensor": "sensors",
    "converter": "converters",
    "res": "renewables",
    "switch": "switches",
    "smart_switch": "smart switches",
    "weather": "weather",
}


@dataclass(slots=True)
class Day:
    """What every section is made from."""

    facts: DailyFacts
    digest: Digest
    network: Network
    notes: Notes = field(default_factory=Notes)

    @property
    def span(self) -> str:
        return f"00:00 to {'24:00' if self.facts.is_over else self.facts.made_at.strftime('%H:%M')} UTC"

    def ground(self, curve: Curve) -> str:
        """The footnote of a sum of points."""
        members = ", ".join(curve.members) if len(curve.members) <= 12 else f"{len(curve.members)} points"
        silent = f"; left out, for they said nothing: {', '.join(curve.silent)}" if curve.silent else ""
        text = (
            f"Five-minute means of {members}{silent}; bad readings left out; {self.span}; {percent(curve.coverage)} of"
            " the intervals covered; nothing is counted for the others, so that an energy is never more than it was."
        )
        return self.notes.mark(text)


def headed(title: str, first: Flowable) -> Flowable:
    """A heading never stands alone at the foot of a page."""
    return KeepTogether([Paragraph(title, look.HEADING), first])


def percent(share: float) -> str:
    """Never rounded up to a hundred: 99.97 is not all."""
    percent = 100.0 * share
    return "100 %" if percent >= 100.0 else f"{min(percent, 99.9):.1f} %"


def duration(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s" if seconds % 60 else f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def age(facts: DailyFacts) -> str:
    newest = facts.version.newest_reading
    return NO_VALUE if newest is None else f"{duration(facts.made_at - newest)} when this was made"
