"""Outages and smart switches as they stood at a moment, told from what is known of them since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from backend_core.outages.model import Board, Outage, Standing, Verdict
from backend_core.outages.rules.timeline import uptime
from backend_core.outages.rules.verdict import tally

DAY = timedelta(hours=24)


def outages_then(outages: Iterable[Outage], at: datetime) -> tuple[Outage, ...]:
    """Those that had begun, as if nobody knew how they went on."""
    return tuple(_outage_then(outage, at) for outage in outages if outage.started_at <= at)


def standing_then(standing: Standing, at: datetime, longest_gap_s: float) -> Standing:
    """A smart switch of which nothing was heard for too long stood in the dark of not knowing."""
    checked_at = standing.checked_at
    if checked_at is not None and (at - checked_at).total_seconds() > longest_gap_s:
        return replace(standing, verdict=Verdict.UNKNOWN, since=checked_at)
    return standing


def board_then(at: datetime, standings: Sequence[Standing], outages: Sequence[Outage], interval_s: float) -> Board:
    """Everything a screen would have shown."""
    counts = tally(standings)
    is_open = next((outage for outage in outages if outage.is_open), None)
    up = [u for s in standings if s.switch.active and (u := uptime(s.spans, at - DAY, at)) is not None]
    return Board(
        as_of=at,
        standings=tuple(standings),
        open_outage=is_open and replace(is_open, offline=counts.offline, known=counts.known),
        past_outages=tuple(outages),
        tally=counts,
        uptime_day=sum(up) / len(up) if up else None,
        interval_s=interval_s,
    )


def _outage_then(outage: Outage, at: datetime) -> Outage:
    ended = outage.ended_at if outage.ended_at is not None and outage.ended_at <= at else None
    affected = tuple(
        replace(each, returned_at=each.returned_at if each.returned_at and each.returned_at <= at else None)
        for each in outage.affected
        if each.since <= at
    )
    return replace(outage, ended_at=ended, affected=affected)
