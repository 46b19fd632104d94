"""Pure decisions: what a broker's welcome, its refusals and its counter of dropped messages mean for the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from backend_core.gaps.model import EVERYTHING, BrokerMemory, Cause, Gap, Incident
from backend_core.kernel.clock import from_us
from backend_core.telemetry.events import SessionDoubted, SessionOpened
from backend_core.telemetry.model import BrokerTidings

STILL_DROPPING = timedelta(seconds=60)
"""Messages dropped within this of the ones before belong to the same gap."""


def on_session(memory: BrokerMemory | None, lasting: Sequence[Gap], opened: SessionOpened) -> Incident:
    """A session that is new though one was expected has lost what it held; a refused filter brings nothing."""
    at = from_us(opened.at_us)
    now = replace(memory, reached=min(memory.reached, at)) if memory else BrokerMemory(opened.broker, at)
    gaps: list[Gap] = []
    lines: list[str] = []
    if memory is not None and not opened.is_kept:
        gap = Gap(now.reached, at, Cause.SESSION_LOST, EVERYTHING, "")
        gaps.append(gap)
        lines.append(session_lost(opened.broker, gap))
        now = replace(now, reached=at)
    refused_before = {gap.scope: gap for gap in lasting if gap.cause is Cause.REFUSED}
    for scope in opened.refused:
        if scope not in refused_before:
            gaps.append(Gap(at, None, Cause.REFUSED, scope, ""))
            lines.append(refused(opened.broker, scope))
    for scope, gap in refused_before.items():
        if scope not in opened.refused:
            gaps.append(replace(gap, ended_at=at))
            lines.append(granted(opened.broker, scope, gap))
    return Incident(now, tuple(gaps), tuple(lines))


def on_doubt(memory: BrokerMemory, reached: datetime, doubted: SessionDoubted) -> Incident:
    """A session that does not go on where it stood: its broker came back from an older state of itself."""
    at = from_us(doubted.at_us)
    gap = Gap(min(reached, at), at, Cause.RESTARTED, EVERYTHING, "")
    return Incident(replace(memory, reached=max(memory.reached, at)), (gap,), (restarted(memory.broker, gap),))


def on_restart_unseen(memory: BrokerMemory, reached: datetime, opened_at: datetime, told: BrokerTidings) -> Incident:
    """The broker began anew while no core was there to see whether it could save what it held."""
    if told.started_us is None or from_us(told.started_us) <= reached:
        return Incident(memory)
    gap = Gap(reached, max(reached, opened_at), Cause.RESTARTED, EVERYTHING, "")
    return Incident(memory, (gap,), (restarted(memory.broker, gap),))


def on_tidings(memory: BrokerMemory, last: Gap | None, told: BrokerTidings) -> Incident:
    """The count of dropped messages is the only sign of a queue that was full: when it grows, readings are missing."""
    at = from_us(told.at_us)
    now = replace(memory, version=told.version or memory.version)
    if told.dropped is None:
        return Incident(now)
    more = _grown(memory.dropped, told.dropped)
    since = memory.looked_at or at
    now = replace(now, dropped=told.dropped, looked_at=at)
    if not more:
        return Incident(now)
    if last is not None and last.ended_at is not None and at - last.ended_at <= STILL_DROPPING:
        more += int(last.detail)
        gap = replace(last, ended_at=at, detail=str(more))
    else:
        gap = Gap(since, at, Cause.DROPPED, EVERYTHING, str(more))
    return Incident(now, (gap,), (dropped(memory.broker, gap),))


def missing_share(gaps: Iterable[Gap], start: datetime, end: datetime) -> float:
    """The share of a span, 0 to 1, that lies in one gap or another that concerns everything."""
    if end <= start:
        return 0.0
    missing, reached = timedelta(), start
    for gap in sorted((gap for gap in gaps if gap.scope == EVERYTHING), key=lambda gap: gap.started_at):
        first, last = max(gap.started_at, reached), min(gap.ended_at or end, end)
        if last > first:
            missing += last - first
            reached = last
    return missing / (end - start)


def session_lost(broker: str, gap: Gap) -> str:
    return (
        f"The broker at {broker} had forgotten our session. "
        f"What it took {_span(gap)} and had not yet delivered is missing from the record."
    )


def restarted(broker: str, gap: Gap) -> str:
    return (
        f"The broker at {broker} was started anew, and it cannot be told whether it had saved all it held. "
        f"Readings it took {_span(gap)} may be missing."
    )


def dropped(broker: str, gap: Gap) -> str:
    return (
        f"The broker at {broker} dropped {int(gap.detail):,} messages {_span(gap)} because a queue was full; readings "
        "may be missing. Raise max_queued_messages there, as installers/mosquitto/linekeeper.conf has it."
    )


def refused(broker: str, scope: str) -> str:
    return (
        f"The broker at {broker} refuses the subscription to {scope}: nothing of it is recorded. "
        "Allow it in the broker's access rules, or take it out of [mqtt] topics."
    )


def granted(broker: str, scope: str, gap: Gap) -> str:
    since = _clock(gap.started_at)
    return f"The broker at {broker} grants the subscription to {scope} again; it was refused since {since}."


def spool_damaged(gap: Gap) -> str:
    return (
        f"{int(gap.detail):,} messages received {_span(gap)} had waited on a core's disk, and the disk damaged them; "
        "their readings are missing. The damaged file is kept."
    )


def _grown(before: int | None, now: int) -> int:
    """A counter that is smaller than it was has begun anew with its broker; the first look tells nothing."""
    if before is None:
        return 0
    return now - before if now >= before else now


def _span(gap: Gap) -> str:
    return f"from {_clock(gap.started_at)} to {_clock(gap.ended_at) if gap.ended_at else 'now'}"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
