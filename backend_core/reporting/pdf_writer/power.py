"""Load, generation and losses over the day, and what each element took or gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from reportlab.platypus import Flowable, Paragraph

from backend_core.reporting.pdf_writer import look
from backend_core.reporting.pdf_writer.charts import Trace, day_chart, number
from backend_core.reporting.pdf_writer.ground import NO_VALUE, Day, headed, percent
from backend_core.reporting.pdf_writer.tables import Head, table
from backend_core.reporting.rules.day import Curve, clock_of


def energy(day: Day) -> Iterator[Flowable]:
    """Load and generation over the day, losses, and what each element took or gave."""
    digest = day.digest
    curves = [curve for curve in (digest.load, digest.generation) if curve is not None]
    if curves:
        traces = [Trace(c.title, c.values, pen) for c, pen in zip(curves, look.PENS, strict=False)]
        yield headed("Load and generation", day_chart(traces, "MW", 170, slots=day.facts.slots))
        yield Paragraph(f"Taken from {digest.ground}." + "".join(day.ground(curve) for curve in curves), look.REMARK)
    if digest.losses is not None:
        trace = Trace("Losses", digest.losses.values, look.PENS[3])
        yield headed("Losses", day_chart([trace], "MW", 95, slots=day.facts.slots))
    if digest.parts:
        yield headed("Energy by element", _energy_table(digest.parts, "MWh", "MW", 1))
    small = [curve for curve in digest.renewables if curve.energy is not None]
    if small:
        yield headed("Converters, renewables and sensors", _energy_table(small, "kWh", "kW", 1))


def _energy_table(curves: Sequence[Curve], energy_unit: str, power_unit: str, decimals: int) -> Flowable:
    heads = (
        Head("Element", 30), Head(energy_unit, 12, right=True), Head(f"Mean {power_unit}", 12, right=True),
        Head(f"Peak {power_unit}", 12, right=True), Head("Peak at", 10, right=True), Head("Coverage", 12, right=True),
    )  # fmt: skip
    return table(heads, [_energy_row(curve, decimals) for curve in curves])


def _energy_row(curve: Curve, decimals: int) -> list[str]:
    scale = 0.001 if curve.unit == "W" else 1.0
    if curve.energy is None or curve.peak is None:
        return [curve.title, *[NO_VALUE] * 4, percent(curve.coverage)]
    mean = float(np.nanmean(curve.values))
    figures = (curve.energy * scale, mean * scale, curve.peak[0] * scale)
    places = 3 if curve.unit == "W" else decimals
    return [curve.title, *(number(f, places) for f in figures), clock_of(curve.peak[1]), percent(curve.coverage)]
