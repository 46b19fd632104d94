"""How complete and good the record is, its gaps, and where every number comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reportlab.platypus import Flowable, Paragraph

from backend_core.reporting.model import SLOT_MINUTES, SLOTS
from backend_core.reporting.pdf_writer import look
from backend_core.reporting.pdf_writer.charts import number
from backend_core.reporting.pdf_writer.ground import KINDS, NO_VALUE, Day, age, duration, headed, percent
from backend_core.reporting.pdf_writer.tables import Head, table
from backend_core.reporting.rules.day import GAPS_LISTED, clock_of


def quality(day: Day) -> Iterator[Flowable]:
    """How complete and how good the record is: the ground on which every figure stands."""
    facts, digest = day.facts, day.digest
    if not facts.version.readings:
        yield headed("Data", Paragraph(f"The record holds no reading of {facts.day}.", look.BODY))
    else:
        heads = (
            Head("Kind", 30), Head("Devices", 8, right=True), Head("Silent", 8, right=True),
            Head("Readings", 12, right=True), Head("Good", 9, right=True), Head("Uncertain", 9, right=True),
            Head("Bad", 9, right=True), Head("Coverage", 9, right=True),
        )  # fmt: skip
        rows = [
            [
                KINDS.get(kind.kind, kind.kind), str(kind.devices), str(kind.silent) if kind.silent else "–",
                number(kind.readings, 0), number(kind.good, 0), number(kind.uncertain, 0), number(kind.bad, 0),
                percent(kind.coverage),
            ]
            for kind in digest.kinds
        ]  # fmt: skip
        yield headed("Data coverage and quality", table(heads, rows))
        yield Paragraph(
            "Coverage is the share of five-minute intervals with at least one reading, averaged over the points of a"
            f" kind. Age of the newest reading: {age(facts)}.",
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
        f"Data version: {version.database}, schema {version.schema or NO_VALUE},"
        f" {number(version.readings, 0)} readings of the day, the newest {newest}."
        f" Made {day.facts.made_at:%Y-%m-%d %H:%M:%S} UTC. Made again from the same record, the numbers are the same.",
    ]
    yield headed("Where these numbers come from", Paragraph(lines[0], look.REMARK))
    for line in lines[1:]:
        yield Paragraph(line, look.REMARK)


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
            KINDS.get(gap.kind, gap.kind),
            clock_of(gap.begin),
            end_clock(gap.end),
            duration(_slots(gap.end - gap.begin)),
        ]
        for gap in gaps[:GAPS_LISTED]
    ]
    yield headed("Gaps", table(heads, rows))
    if len(gaps) > GAPS_LISTED:
        yield Paragraph(f"The longest {GAPS_LISTED} of {len(gaps)} gaps.", look.REMARK)


def end_clock(slot: int) -> str:
    return "24:00" if slot == SLOTS else clock_of(slot)


def _slots(count: int) -> timedelta:
    return timedelta(minutes=count * SLOT_MINUTES)
