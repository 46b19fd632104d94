"""The parts of the daily report, each from the digest of a day to what stands on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer

from backend_core.grid.model import Network
from backend_core.kernel.identities import split_point
from backend_core.reporting.model import SLOT_MINUTES, SLOTS, AlarmFact, DailyFacts, OutageFact
from backend_core.reporting.pdf_writer import look
from backend_core.reporting.pdf_writer.charts import Trace, day_chart, number, strip, strip_scale
from backend_core.reporting.pdf_writer.notes import Notes
from backend_core.reporting.pdf_writer.tables import Head, Tile, table, tiles
from backend_core.reporting.rules.day import GAPS_LISTED, Curve, Digest, Extremes, clock_of
from backend_core.telemetry.quantities import NAMED

ALARMS_LISTED = 40
VOLTAGES_DRAWN = 4
_LEVELS = {"HIHI": "high-high", "HI": "high", "LO": "low", "LOLO": "low-low", "OFFLINE": "offline"}
_KINDS = {
    "bus": "buses",
    "element": "lines, transformers, generators, loads",
    "sensor": "sensors",
    "converter": "converters",
    "res": "renewables",
    "switch": "switches",
    "smart_switch": "smart switches",
    "weather": "weather",
}
_NO_VALUE = "n/a"


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
            f"Five-minute means of {members}{silent}; bad readings left out; {self.span}; {_percent(curve.coverage)} of the"
            " intervals covered; nothing is counted for the others, so that an energy is never more than it was."
        )
        return self.notes.mark(text)


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


def energy(day: Day) -> Iterator[Flowable]:
    """Load and generation over the day, losses, and what each element took or gave."""
    digest = day.digest
    curves = [curve for curve in (digest.load, digest.generation) if curve is not None]
    if curves:
        traces = [Trace(c.title, c.values, pen) for c, pen in zip(curves, look.PENS, strict=False)]
        yield _headed("Load and generation", day_chart(traces, "MW", 170, slots=day.facts.slots))
        yield Paragraph(f"Taken from {digest.ground}." + "".join(day.ground(curve) for curve in curves), look.REMARK)
    if digest.losses is not None:
        trace = Trace("Losses", digest.losses.values, look.PENS[3])
        yield _headed("Losses", day_chart([trace], "MW", 95, slots=day.facts.slots))
    if digest.parts:
        yield _headed("Energy by element", _energy_table(digest.parts, "MWh", "MW", 1))
    small = [curve for curve in digest.renewables if curve.energy is not None]
    if small:
        yield _headed("Converters, renewables and sensors", _energy_table(small, "kWh", "kW", 1))


def voltages(day: Day) -> Iterator[Flowable]:
    """The worst voltages first, drawn and listed; then the heaviest loadings."""
    found = day.digest.voltages
    if not found:
        yield _headed("Voltages", Paragraph(f"No bus voltage was recorded on {day.facts.day}.", look.BODY))
    else:
        yield _headed("Worst voltages", _voltage_chart(day))
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
        yield _headed("Heaviest loadings", _extremes_table(day.digest.loadings[:10], 1))


def alarms(day: Day) -> Iterator[Flowable]:
    """What was raised, most urgent first, and whether somebody saw it."""
    facts = day.facts
    raised = sorted(facts.alarms, key=lambda a: (a.priority, a.raised_at))
    standing = f" {facts.standing_before} stood from the day before." if facts.standing_before else ""
    if not raised:
        yield _headed("Alarms", Paragraph(f"No alarm was raised.{standing}", look.BODY))
        return
    unseen = sum(alarm.acked_at is None for alarm in raised)
    sentence = f"{_count(len(raised), 'alarm')} raised, {unseen} of them not acknowledged.{standing}"
    note = day.notes.mark(
        f"The alarm journal, entries from {day.span}; what became of an alarm is told up to the making of this report."
    )
    heads = (
        Head("P", 3), Head("Raised", 6), Head("Where", 17), Head("Condition", 14),
        Head("Value", 8, right=True), Head("Limit", 8, right=True), Head("Acknowledged", 13), Head("Lasted", 7, right=True),
    )  # fmt: skip
    rows = [_alarm_row(alarm) for alarm in raised[:ALARMS_LISTED]]
    yield _headed("Alarms", Paragraph(sentence + note, look.BODY))
    yield table(heads, rows, priorities=[alarm.priority for alarm in raised[:ALARMS_LISTED]])
    if len(raised) > ALARMS_LISTED:
        rest = len(raised) - ALARMS_LISTED
        yield Paragraph(f"{rest} more of lower urgency are in the export 'linekeeper export alarms'.", look.REMARK)


def outages(day: Day) -> Iterator[Flowable]:
    """Outages with their lengths, and how long each smart switch had power."""
    facts = day.facts
    if facts.outages:
        heads = (
            Head("Began", 12),
            Head("Ended", 12),
            Head("Lasted", 9, right=True),
            Head("Offline", 10, right=True),
            Head("Smart switches", 40),
        )
        rows = [_outage_row(outage, facts.made_at) for outage in facts.outages]
        yield _headed(
            "Outages", table(heads, rows, marked=[n for n, o in enumerate(facts.outages) if o.ended_at is None])
        )
    else:
        yield _headed(
            "Outages", Paragraph("No outage." if facts.smart_switches else "No smart switch was watched.", look.BODY)
        )
    if facts.smart_switches:
        yield from _uptime(day)


def quality(day: Day) -> Iterator[Flowable]:
    """How complete and how good the record is: the ground on which every figure stands."""
    facts, digest = day.facts, day.digest
    if not facts.version.readings:
        yield _headed("Data", Paragraph(f"The record holds no reading of {facts.day}.", look.BODY))
    else:
        heads = (
            Head("Kind", 30), Head("Devices", 8, right=True), Head("Silent", 8, right=True), Head("Readings", 12, right=True),
            Head("Good", 9, right=True), Head("Uncertain", 9, right=True), Head("Bad", 9, right=True), Head("Coverage", 9, right=True),
        )  # fmt: skip
        rows = [
            [
                _KINDS.get(kind.kind, kind.kind), str(kind.devices), str(kind.silent) if kind.silent else "–", number(kind.readings, 0),
                number(kind.good, 0), number(kind.uncertain, 0), number(kind.bad, 0), _percent(kind.coverage),
            ]
            for kind in digest.kinds
        ]  # fmt: skip
        yield _headed("Data coverage and quality", table(heads, rows))
        yield Paragraph(
            "Coverage is the share of five-minute intervals with at least one reading, averaged over the points of a kind."
            + f" Age of the newest reading: {_age(facts)}.",
            look.REMARK,
        )
    yield from _gaps(day)
    if facts.quarantined:
        reasons = ", ".join(f"{reason} {count}" for reason, count in facts.quarantined.items())
        yield Paragraph(f"Messages in quarantine that came this day, by reason: {reasons}.", look.BODY)


def origins(day: Day) -> Iterator[Flowable]:
    """Where the numbers come from, and by what they could be made again."""
    version = day.facts.version
    newest = f"{version.newest_reading:%Y-%m-%d %H:%M:%S} UTC" if version.newest_reading else "none"
    lines = [
        *day.notes.all(),
        f"Data version: {version.database}, schema {version.schema or _NO_VALUE}, {number(version.readings, 0)} readings of the"
        f" day, the newest {newest}. Made {day.facts.made_at:%Y-%m-%d %H:%M:%S} UTC. Made again from the same record, the"
        " numbers are the same.",
    ]
    yield _headed("Where these numbers come from", Paragraph(lines[0], look.REMARK))
    for line in lines[1:]:
        yield Paragraph(line, look.REMARK)


def _notices(day: Day) -> Iterator[str]:
    facts = day.facts
    if not facts.version.readings:
        yield (
            f"<b>No data.</b> The record holds no reading of {facts.day}: nothing was received that day, or it was removed since."
            " What follows is empty for that reason, not because nothing happened."
        )
    elif not facts.is_over:
        yield f"<b>The day is not over.</b> This report reaches to {facts.made_at:%H:%M} UTC; sums are those so far."
    if day.digest.computed_share > 0.0:
        share = _percent(day.digest.computed_share)
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
    figures.append(Tile("Alarms raised", str(len(facts.alarms)), f"{unseen} not acknowledged", _ink(unseen > 0)))
    figures.append(Tile("Outages", str(len(facts.outages)), _uptime_words(facts), _ink(bool(facts.outages))))
    below = f"{number(facts.version.readings, 0)} readings"
    figures.append(Tile("Data coverage", _percent(digest.coverage), below, _ink(digest.coverage < 0.95)))
    return figures


def _energy_tile(day: Day, title: str, curve: Curve | None) -> Tile:
    if curve is None or curve.energy is None:
        return Tile(title, _NO_VALUE, "not measured", look.TERTIARY)
    is_whole = curve.coverage >= 1.0 and not curve.silent
    covered = "" if is_whole else f"in the {_percent(curve.coverage)} of the time covered"
    return Tile(
        title,
        f"{'' if is_whole else '≥ '}{number(curve.energy, 0 if curve.energy >= 10_000 else 1)} MWh",
        covered + day.ground(curve),
    )


def _peak_tile(title: str, curve: Curve | None) -> Tile:
    if curve is None or curve.peak is None:
        return Tile(title, _NO_VALUE, "not measured", look.TERTIARY)
    peak, slot = curve.peak
    return Tile(title, f"{number(peak, 1)} MW", f"at {clock_of(slot)} UTC")


def _voltage_tile(worst: Extremes | None) -> Tile:
    if worst is None:
        return Tile("Worst voltage", _NO_VALUE, "not measured", look.TERTIARY)
    is_low = worst.low is not None and (worst.high is None or worst.low - worst.lowest >= worst.highest - worst.high)
    value, slot = (worst.lowest, worst.lowest_slot) if is_low else (worst.highest, worst.highest_slot)
    where = f"{split_point(worst.point)[0]} at {clock_of(slot)} UTC"
    return Tile("Worst voltage", f"{number(value, 3)} pu", where, _ink(worst.severity > 0))


def _uptime_words(facts: DailyFacts) -> str:
    known = sum(s.online + s.offline for s in facts.smart_switches)
    if not known:
        return "no smart switch was watched"
    return f"smart switches {100.0 * sum(s.online for s in facts.smart_switches) / known:.1f} % up"


def _ink(is_bad: bool) -> object:
    return look.CRITICAL if is_bad else look.INK


def _no_power(facts: DailyFacts) -> str:
    if not facts.version.readings:
        return "No energy can be told."
    return "No load, generator or bus reported its power: no energy can be told. What was recorded stands below."


def _energy_table(curves: Sequence[Curve], energy_unit: str, power_unit: str, decimals: int) -> Flowable:
    heads = (
        Head("Element", 30), Head(energy_unit, 12, right=True), Head(f"Mean {power_unit}", 12, right=True),
        Head(f"Peak {power_unit}", 12, right=True), Head("Peak at", 10, right=True), Head("Coverage", 12, right=True),
    )  # fmt: skip
    return table(heads, [_energy_row(curve, decimals) for curve in curves])


def _energy_row(curve: Curve, decimals: int) -> list[str]:
    scale = 0.001 if curve.unit == "W" else 1.0
    if curve.energy is None or curve.peak is None:
        return [curve.title, *[_NO_VALUE] * 4, _percent(curve.coverage)]
    mean = float(np.nanmean(curve.values))
    figures = (curve.energy * scale, mean * scale, curve.peak[0] * scale)
    places = 3 if curve.unit == "W" else decimals
    return [curve.title, *(number(f, places) for f in figures), clock_of(curve.peak[1]), _percent(curve.coverage)]


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
    return [*row, _percent(e.coverage)]


def _alarm_row(alarm: AlarmFact) -> list[str]:
    device, quantity = split_point(alarm.point)
    unit = NAMED[quantity].unit if quantity in NAMED else ""
    unit = "pu" if quantity == "voltage" and abs(alarm.limit) < 3 else unit
    condition = (
        f"{quantity.replace('_percent', '').replace('_', ' ')} {_LEVELS.get(alarm.level.upper(), alarm.level.lower())}"
    )
    seen = f"{alarm.acked_at:%H:%M:%S} {alarm.acked_by}" if alarm.acked_at else "not yet"
    lasted = _duration(alarm.cleared_at - alarm.raised_at) if alarm.cleared_at else "stands"
    decimals = 3 if unit == "pu" else 1
    return [
        str(alarm.priority), f"{alarm.raised_at:%H:%M:%S}", str(device), condition,
        f"{number(alarm.value, decimals)} {unit}".strip(), f"{number(alarm.limit, decimals)} {unit}".strip(), seen, lasted,
    ]  # fmt: skip


def _outage_row(outage: OutageFact, made_at: datetime) -> list[str]:
    ended = f"{outage.ended_at:%d %b %H:%M:%S}" if outage.ended_at else "not yet"
    lasted = _duration((outage.ended_at or made_at) - outage.started_at)
    names = ", ".join(outage.smart_switches)
    return [f"{outage.started_at:%d %b %H:%M:%S}", ended, lasted, f"{outage.offline} of {outage.known}", names]


def _uptime(day: Day) -> Iterator[Flowable]:
    switches = day.facts.smart_switches
    colors = (look.MISSING, look.LINE, look.PRIORITY_FILLS[3], look.CRITICAL)
    drawn = [s for s in switches if s.worst]
    strips: list[Flowable] = [
        strip(
            s.name,
            [colors[rank] for rank in s.worst],
            _NO_VALUE if s.uptime_percent is None else f"{s.uptime_percent:.2f} %",
        )
        for s in drawn
    ]
    yield KeepTogether([Paragraph("Smart-switch uptime", look.HEADING), *strips[:6]])
    yield from strips[6:]
    yield strip_scale()
    more = (
        f" {len(switches) - len(drawn)} more, all with less time offline, are not drawn."
        if len(switches) > len(drawn)
        else ""
    )
    yield Paragraph(
        "Grey online, red offline, yellow unknown, pale not checked; each five minutes by their worst check. Uptime is the"
        f" share of known checks that were answered.{more}"
        + day.notes.mark(f"Probes of smart switches, {day.span}; unknown verdicts are left out of the share."),
        look.REMARK,
    )


def _gaps(day: Day) -> Iterator[Flowable]:
    gaps = day.digest.gaps
    if not gaps:
        if day.facts.version.readings:
            yield Paragraph("No device that spoke this day was silent for ten minutes or longer.", look.BODY)
        return
    heads = (Head("Device", 20), Head("Kind", 30), Head("From", 10), Head("To", 10), Head("Silent for", 12, right=True))
    rows = [
        [
            gap.device,
            _KINDS.get(gap.kind, gap.kind),
            clock_of(gap.begin),
            _end_clock(gap.end),
            _duration(_slots(gap.end - gap.begin)),
        ]
        for gap in gaps[:GAPS_LISTED]
    ]
    yield _headed("Gaps", table(heads, rows))
    if len(gaps) > GAPS_LISTED:
        yield Paragraph(f"The longest {GAPS_LISTED} of {len(gaps)} gaps.", look.REMARK)


def _headed(title: str, first: Flowable) -> Flowable:
    """A heading never stands alone at the foot of a page."""
    return KeepTogether([Paragraph(title, look.HEADING), first])


def _end_clock(slot: int) -> str:
    return "24:00" if slot == SLOTS else clock_of(slot)


def _slots(count: int) -> timedelta:
    return timedelta(minutes=count * SLOT_MINUTES)


def _duration(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s" if seconds % 60 else f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def _age(facts: DailyFacts) -> str:
    newest = facts.version.newest_reading
    return _NO_VALUE if newest is None else f"{_duration(facts.made_at - newest)} when this was made"


def _percent(share: float) -> str:
    """Never rounded up to a hundred: 99.97 is not all."""
    percent = 100.0 * share
    return "100 %" if percent >= 100.0 else f"{min(percent, 99.9):.1f} %"


def _count(number_of: int, noun: str) -> str:
    return f"{number_of} {noun}{'' if number_of == 1 else 's'} were" if number_of != 1 else f"1 {noun} was"
