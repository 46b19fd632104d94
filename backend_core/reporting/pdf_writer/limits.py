"""The worst voltages and the heaviest loadings, drawn and listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable, Paragraph

from backend_core.kernel.identities import split_point
from backend_core.reporting.pdf_writer import look
from backend_core.reporting.pdf_writer.charts import Trace, day_chart, number
from backend_core.reporting.pdf_writer.ground import Day, headed, percent
from backend_core.reporting.pdf_writer.tables import Head, table
from backend_core.reporting.rules.day import Extremes, clock_of

VOLTAGES_DRAWN = 4


def voltages(day: Day) -> Iterator[Flowable]:
    """The worst voltages first, drawn and listed; then the heaviest loadings."""
    found = day.digest.voltages
    if not found:
        yield headed("Voltages", Paragraph(f"No bus voltage was recorded on {day.facts.day}.", look.BODY))
    else:
        yield headed("Worst voltages", _voltage_chart(day))
        yield _extremes_table(found, 3)
        yield Paragraph(
            "Lowest and highest single reading with the beginning of its interval; minutes count five-minute means."
            + day.notes.mark(
                f"Points <bus>.voltage, bad readings left out; limits from the network file; {day.span}."
                .replace("<", "&lt;").replace(">", "&gt;")
            ),
            look.REMARK,
        )  # fmt: skip
    if day.digest.loadings:
        yield headed("Heaviest loadings", _extremes_table(day.digest.loadings[:10], 1))


def _voltage_chart(day: Day) -> Flowable:
    worst = day.digest.voltages[:VOLTAGES_DRAWN]
    series = {point.point: point for point in day.facts.points}
    traces = [
        Trace(str(split_point(e.point)[0]), series[e.point].mean, pen) for e, pen in zip(worst, look.PENS, strict=False)
    ]
    low = max((e.low for e in worst if e.low is not None), default=None)
    limits = {f"low limit {low:g} pu": low} if low is not None else {}
    return day_chart(traces, "pu", 130, slots=day.facts.slots, limits=limits, from_zero=False)


def _extremes_table(found: Sequence[Extremes], decimals: int) -> Flowable:
    is_loading = found[0].unit == "%"
    heads = [Head("Where", 22), Head("Mean", 9, right=True)]
    if not is_loading:
        heads += [Head("Lowest", 9, right=True), Head("at", 8, right=True)]
    heads += [Head("Highest", 9, right=True), Head("at", 8, right=True), Head("Limits", 14, right=True)]
    heads += [Head("Time past them", 13, right=True), Head("Coverage", 9, right=True)]
    rows = [_extremes_row(e, decimals, is_loading) for e in found]
    return table(heads, rows, marked=[n for n, e in enumerate(found) if e.minutes_low or e.minutes_high])


def _extremes_row(e: Extremes, decimals: int, is_loading: bool) -> list[str]:
    row = [str(split_point(e.point)[0]), f"{number(e.mean, decimals)} {e.unit}"]
    if not is_loading:
        row += [number(e.lowest, decimals), clock_of(e.lowest_slot)]
    limits = " to ".join(f"{limit:g}" for limit in (e.low, e.high) if limit is not None)
    past = e.minutes_low + e.minutes_high
    row += [number(e.highest, decimals), clock_of(e.highest_slot), limits, f"{past} min" if past else "–"]
    return [*row, percent(e.coverage)]
