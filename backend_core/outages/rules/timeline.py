"""Checks laid out in time: stretches of equal verdicts, uptime, and the cells of a status strip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from backend_core.outages.model import Span, Verdict

_WORST_FIRST = (Verdict.OFFLINE, Verdict.UNKNOWN, Verdict.ONLINE)


def extend(spans: tuple[Span, ...], verdict: Verdict, at: datetime, longest_gap_s: float) -> tuple[Span, ...]:
    """The stretches after one more check; a verdict holds until the next check unless that is too late."""
    if not spans:
        return (Span(verdict, at, at),)
    last = spans[-1]
    if at <= last.ended_at:
        return spans
    is_gap = (at - last.ended_at).total_seconds() > longest_gap_s
    if is_gap:
        return (*spans, Span(verdict, at, at))
    held = replace(last, ended_at=at)
    return (*spans[:-1], held) if verdict is last.verdict else (*spans[:-1], held, Span(verdict, at, at))


def trimmed(spans: tuple[Span, ...], since: datetime, at_most: int) -> tuple[Span, ...]:
    """The stretches that reach into the window, the newest of them when there are too many."""
    kept = tuple(s for s in spans if s.ended_at >= since)
    return kept[-at_most:]


def uptime(spans: Iterable[Span], since: datetime, until: datetime) -> float | None:
    """Share of the known time with power, 0 to 1; none when nothing is known."""
    seconds = dict.fromkeys(Verdict, 0.0)
    for span in spans:
        overlap = min(span.ended_at, until) - max(span.started_at, since)
        seconds[span.verdict] += max(0.0, overlap.total_seconds())
    known = seconds[Verdict.ONLINE] + seconds[Verdict.OFFLINE]
    return seconds[Verdict.ONLINE] / known if known else None


def cells(spans: Sequence[Span], since: datetime, until: datetime, count: int) -> list[Verdict | None]:
    """The window cut into equal cells; each shows the worst verdict that reaches into it, none when unchecked."""
    width = (until - since) / count
    strip: list[Verdict | None] = [None] * count
    if width <= timedelta(0):
        return strip
    for span in spans:
        if span.ended_at < since or span.started_at > until:
            continue
        first = max(0, int((span.started_at - since) / width))
        last = min(count - 1, int((span.ended_at - since) / width))
        for i in range(first, last + 1):
            strip[i] = span.verdict if strip[i] is None else _worse(strip[i], span.verdict)
    return strip


def _worse(a: Verdict | None, b: Verdict) -> Verdict:
    return next(v for v in _WORST_FIRST if v in (a, b))
