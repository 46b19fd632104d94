"""The first page's head: title, what must be known before reading, and the figures that matter first."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable, Paragraph, Spacer

from backend_core.kernel.identities import split_point
from backend_core.reporting.model import DailyFacts
from backend_core.reporting.pdf_writer import look
from backend_core.reporting.pdf_writer.charts import number
from backend_core.reporting.pdf_writer.ground import NO_VALUE, Day, percent
from backend_core.reporting.pdf_writer.tables import Tile, tiles
from backend_core.reporting.rules.day import Curve, Extremes, clock_of


def opening(day: Day) -> Iterator[Flowable]:
    """Title, the day in a few sentences, and the figures that matter first."""
    facts, digest = day.facts, day.digest
    yield Paragraph("Daily report", look.TITLE)
    yield Paragraph(
        f"{day.network.title} · {facts.day:%A} {facts.day.day} {facts.day:%B %Y} · {day.span}", look.SUBTITLE
    )
    for sentence in _notices(day):
        yield Paragraph(sentence, look.NOTICE)
    yield tiles(_tiles(day))
    yield Spacer(1, 6)
    if digest.load is None and digest.generation is None:
        yield Paragraph(_no_power(facts), look.BODY)


def _notices(day: Day) -> Iterator[str]:
    facts = day.facts
    if not facts.version.readings:
        yield (
            f"<b>No data.</b> The record holds no reading of {facts.day}: nothing was received that day, or it was"
            " removed since. What follows is empty for that reason, not because nothing happened."
        )
    elif not facts.is_over:
        yield f"<b>The day is not over.</b> This report reaches to {facts.made_at:%H:%M} UTC; sums are those so far."
    if day.digest.computed_share > 0.0:
        share = percent(day.digest.computed_share)
        yield f"<b>Demonstration.</b> {share} of the readings are history computed by the demo, not measured."


def _tiles(day: Day) -> list[Tile]:
    digest, facts = day.digest, day.facts
    figures = [
        _energy_tile(day, "Energy supplied", digest.load),
        _peak_tile("Peak load", digest.load),
        _energy_tile(day, "Energy generated", digest.generation),
        _energy_tile(day, "Losses", digest.losses),
    ]
    worst = digest.voltages[0] if digest.voltages else None
    figures.append(_voltage_tile(worst))
    unseen = sum(alarm.acked_at is None for alarm in facts.alarms)
    figures.append(Tile("Alarms raised", str(len(facts.alarms)), f"{unseen} not acknowledged", ink(unseen > 0)))
    figures.append(Tile("Outages", str(len(facts.outages)), _uptime_words(facts), ink(bool(facts.outages))))
    below = f"{number(facts.version.readings, 0)} readings"
    figures.append(Tile("Data coverage", percent(digest.coverage), below, ink(digest.coverage < 0.95)))
    return figures


def _energy_tile(day: Day, title: str, curve: Curve | None) -> Tile:
    if curve is None or curve.energy is None:
        return Tile(title, NO_VALUE, "not measured", look.TERTIARY)
    is_whole = curve.coverage >= 1.0 and not curve.silent
    covered = "" if is_whole else f"in the {percent(curve.coverage)} of the time covered"
    return Tile(
        title,
        f"{'' if is_whole else '≥ '}{number(curve.energy, 0 if curve.energy >= 10_000 else 1)} MWh",
        covered + day.ground(curve),
    )


def _peak_tile(title: str, curve: Curve | None) -> Tile:
    if curve is None or curve.peak is None:
        return Tile(title, NO_VALUE, "not measured", look.TERTIARY)
    peak, slot = curve.peak
    return Tile(title, f"{number(peak, 1)} MW", f"at {clock_of(slot)} UTC")


def _voltage_tile(worst: Extremes | None) -> Tile:
    if worst is None:
        return Tile("Worst voltage", NO_VALUE, "not measured", look.TERTIARY)
    is_low = worst.low is not None and (worst.high is None or worst.low - worst.lowest >= worst.highest - worst.high)
    value, slot = (worst.lowest, worst.lowest_slot) if is_low else (worst.highest, worst.highest_slot)
    where = f"{split_point(worst.point)[0]} at {clock_of(slot)} UTC"
    return Tile("Worst voltage", f"{number(value, 3)} pu", where, ink(worst.severity > 0))


def _uptime_words(facts: DailyFacts) -> str:
    known = sum(s.online + s.offline for s in facts.smart_switches)
    if not known:
        return "no smart switch was watched"
    return f"smart switches {100.0 * sum(s.online for s in facts.smart_switches) / known:.1f} % up"


def ink(is_bad: bool) -> object:
    return look.CRITICAL if is_bad else look.INK


def _no_power(facts: DailyFacts) -> str:
    if not facts.version.readings:
        return "No energy can be told."
    return "No load, generator or bus reported its power: no energy can be told. What was recorded stands below."
