"""Alarms, outages, and how long each smart switch had power."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reportlab.platypus import Flowable, KeepTogether, Paragraph

from backend_core.kernel.identities import split_point
from backend_core.reporting.model import AlarmFact, OutageFact
from backend_core.reporting.pdf_writer import look
from backend_core.reporting.pdf_writer.charts import number, strip, strip_scale
from backend_core.reporting.pdf_writer.ground import NO_VALUE, Day, duration, headed
from backend_core.reporting.pdf_writer.tables import Head, table
from backend_core.telemetry.quantities import NAMED

ALARMS_LISTED = 40
_LEVELS = {
    "HIHI": "high-high",
    "HI": "high",
    "LO": "low",
    "LOLO": "low-low",
    "OFFLINE": "offline",
    "RANGE": "implausible",
}


def alarms(day: Day) -> Iterator[Flowable]:
    """What was raised, most urgent first, and whether somebody saw it."""
    facts = day.facts
    raised = sorted(facts.alarms, key=lambda a: (a.priority, a.raised_at))
    standing = f" {facts.standing_before} stood from the day before." if facts.standing_before else ""
    if not raised:
        yield headed("Alarms", Paragraph(f"No alarm was raised.{standing}", look.BODY))
        return
    unseen = sum(alarm.acked_at is None for alarm in raised)
    sentence = f"{_count(len(raised), 'alarm')} raised, {unseen} of them not acknowledged.{standing}"
    note = day.notes.mark(
        f"The alarm journal, entries from {day.span}; what became of an alarm is told up to the making of this report."
    )
    heads = (
        Head("P", 3), Head("Raised", 6), Head("Where", 17), Head("Condition", 14),
        Head("Value", 8, right=True), Head("Limit", 8, right=True), Head("Acknowledged", 13),
        Head("Lasted", 7, right=True),
    )  # fmt: skip
    rows = [_alarm_row(alarm) for alarm in raised[:ALARMS_LISTED]]
    yield headed("Alarms", Paragraph(sentence + note, look.BODY))
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
        yield headed(
            "Outages", table(heads, rows, marked=[n for n, o in enumerate(facts.outages) if o.ended_at is None])
        )
    else:
        yield headed(
            "Outages", Paragraph("No outage." if facts.smart_switches else "No smart switch was watched.", look.BODY)
        )
    if facts.smart_switches:
        yield from _uptime(day)


def _alarm_row(alarm: AlarmFact) -> list[str]:
    device, quantity = split_point(alarm.point)
    unit = NAMED[quantity].unit if quantity in NAMED else ""
    unit = "pu" if quantity == "voltage" and abs(alarm.limit) < 3 else unit
    condition = (
        f"{quantity.replace('percent', '').replace('_', ' ')} {_LEVELS.get(alarm.level.upper(), alarm.level.lower())}"
    )
    seen = f"{alarm.acked_at:%H:%M:%S} {alarm.acked_by}" if alarm.acked_at else "not yet"
    lasted = duration(alarm.cleared_at - alarm.raised_at) if alarm.cleared_at else "stands"
    decimals = 3 if unit == "pu" else 1
    return [
        str(alarm.priority), f"{alarm.raised_at:%H:%M:%S}", str(device), condition,
        f"{number(alarm.value, decimals)} {unit}".strip(), f"{number(alarm.limit, decimals)} {unit}".strip(),
        seen, lasted,
    ]  # fmt: skip


def _outage_row(outage: OutageFact, made_at: datetime) -> list[str]:
    ended = f"{outage.ended_at:%d %b %H:%M:%S}" if outage.ended_at else "not yet"
    lasted = duration((outage.ended_at or made_at) - outage.started_at)
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
            NO_VALUE if s.uptime_percent is None else f"{s.uptime_percent:.2f} %",
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
        "Grey online, red offline, yellow unknown, pale not checked; each five minutes by their worst check. Uptime is"
        f" the share of known checks that were answered.{more}"
        + day.notes.mark(f"Probes of smart switches, {day.span}; unknown verdicts are left out of the share."),
        look.REMARK,
    )


def _count(number_of: int, noun: str) -> str:
    return f"{number_of} {noun}{'' if number_of == 1 else 's'} were" if number_of != 1 else f"1 {noun} was"
