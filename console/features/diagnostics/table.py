"""The tables of diagnostics, as columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from backend_core.kernel.links import LinkState
from console.features.diagnostics import words
from console.features.diagnostics.state import PanelLine, QueueLine, RejectionLine, SourceLine
from ui.table import Column
from ui.values import Shown, format_number

LONG_SILENCE_S, WRONG_CLOCK_S, SLOW_PANEL_MS = 60.0, 5.0, 16.0
_NOT = Shown("")


def link_columns(now: Callable[[], datetime]) -> tuple[Column[LinkState], ...]:
    return (
        Column("link", words.LINK, lambda link: words.LINK_NAMES.get(link.name, str(link.name)), width=74),
        Column("state", words.STATE, _link_state, width=68),
        Column(
            "since",
            words.SINCE,
            lambda link: Shown(
                words.day_and_time(datetime.fromtimestamp(link.since_us / 1e6, UTC), now()), "secondary"
            ),
            width=74,
        ),
        Column(
            "latency",
            words.LATENCY,
            lambda link: _NOT if link.latency_ms is None else format_number(link.latency_ms, 1),
            width=44,
            right=True,
        ),
        Column("detail", words.DETAIL, lambda link: Shown(link.detail, "secondary"), width=60, stretch=True, drop=1),
    )


def _link_state(link: LinkState) -> Shown:
    return Shown(words.UP) if link.ok else Shown(words.DOWN, "high", bold=True)


def queue_columns() -> tuple[Column[QueueLine], ...]:
    return (
        Column("queue", words.QUEUE, lambda q: q.name.capitalize(), sort=lambda q: q.name, width=120, stretch=True),
        Column(
            "waiting", words.WAIT, lambda q: f"{q.waiting:,}", sort=lambda q: q.waiting, width=50, least=44, right=True
        ),
        Column(
            "most",
            words.MOST,
            lambda q: Shown(f"{q.most:,}", "secondary"),
            sort=lambda q: q.most,
            width=56,
            right=True,
            drop=1,
        ),
        Column("dropped", words.GONE, _dropped, sort=lambda q: q.dropped, width=62, right=True, drop=2),
    )


def _dropped(queue: QueueLine) -> Shown:
    return Shown(f"{queue.dropped:,}", "medium", bold=True) if queue.dropped else Shown("0", "secondary")


def screen_columns() -> tuple[Column[PanelLine], ...]:
    return (
        Column("panel", words.PANEL, lambda p: p.name, sort=lambda p: p.name, width=110, stretch=True),
        Column(
            "slowest",
            words.SLOWEST,
            lambda p: Shown(format_number(p.slowest_ms, 1), "medium" if p.slowest_ms > SLOW_PANEL_MS else "normal"),
            sort=lambda p: p.slowest_ms,
            width=66,
            right=True,
        ),
    )


def source_columns(now: Callable[[], datetime]) -> tuple[Column[SourceLine], ...]:
    return (
        Column("device", words.DEVICE, lambda s: s.device, sort=lambda s: s.device, width=126, stretch=True),
        Column(
            "kind", words.KIND, lambda s: Shown(s.kind.replace("_", " "), "secondary"), sort=lambda s: s.kind, width=92
        ),
        Column("messages", words.COUNT, _messages, sort=lambda s: s.messages, width=84, right=True),
        Column("rate", words.RATE, _rate, sort=lambda s: s.rate_per_s or 0.0, width=60, right=True),
        Column("heard", words.HEARD, _heard, sort=lambda s: s.silent_s or 0.0, width=98, right=True),
        Column("offset", words.OFFSET, _offset, sort=lambda s: s.clock_offset_s or 0.0, width=76, right=True, drop=1),
        Column("rejected", words.REFUSED, _rejected, sort=lambda s: s.rejected_total, width=70, right=True),
        Column(
            "first",
            words.FIRST_SEEN,
            lambda s: Shown(words.day_and_time(s.first_seen, now()) if s.first_seen else "", "secondary"),
            sort=lambda s: s.first_seen.timestamp() if s.first_seen else 0.0,
            width=96,
            right=True,
            drop=2,
        ),
        Column(
            "state", words.STANDING, lambda s: Shown(s.state, "secondary"), sort=lambda s: s.state, width=84, drop=3
        ),
    )


def _messages(source: SourceLine) -> Shown:
    if source.messages:
        return Shown(f"{source.messages:,}")
    return Shown(words.BY_PROBE if source.kind == "smart_switch" else "0", "secondary")


def _rate(source: SourceLine) -> Shown:
    rate = source.rate_per_s
    return _NOT if rate is None else Shown(format_number(rate, 2 if rate < 1.0 else 1))


def _heard(source: SourceLine) -> Shown:
    if source.silent_s is None:
        return _NOT if source.kind == "smart_switch" else Shown(words.NEVER_HEARD, "tertiary")
    is_long = source.silent_s > LONG_SILENCE_S
    return Shown(words.ago(source.silent_s), "medium" if is_long else "normal", bold=is_long)


def _offset(source: SourceLine) -> Shown:
    if source.clock_offset_s is None:
        return _NOT
    is_wrong = abs(source.clock_offset_s) > WRONG_CLOCK_S
    return Shown(words.offset(source.clock_offset_s), "medium" if is_wrong else "secondary", bold=is_wrong)


def _rejected(source: SourceLine) -> Shown:
    return Shown(f"{source.rejected_total:,}", "medium" if source.rejected_total else "secondary")


def rejection_columns() -> tuple[Column[RejectionLine], ...]:
    return (
        Column(
            "time",
            words.TIME,
            lambda r: Shown(words.time_of(r.received_us), "secondary"),
            sort=lambda r: r.received_us,
            width=98,
        ),
        Column("reason", words.REASON, lambda r: words.reason(r.reason), sort=lambda r: r.reason, width=112),
        Column("topic", words.TOPIC, lambda r: Shown(r.topic, "secondary"), sort=lambda r: r.topic, width=190, drop=1),
        Column("detail", words.DETAIL, lambda r: r.detail, sort=lambda r: r.detail, width=150, stretch=True),
    )
