"""The list of what needs attention now, as columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from console.features.overview import words
from console.features.overview.attention import Concern
from ui.marks import Mark
from ui.table import Column
from ui.values import Shown


def columns(now: Callable[[], datetime]) -> tuple[Column[Concern], ...]:
    return (
        Column(
            "priority",
            words.PRIORITY,
            lambda c: str(c.priority),
            sort=lambda c: c.priority,
            width=34,
            mark=lambda c: Mark(c.priority, hollow=c.is_over, pulsing=c.is_unseen),
        ),
        Column(
            "since",
            words.TIME,
            lambda c: Shown(words.clock_of(c.since, now()), "secondary"),
            sort=lambda c: c.since.timestamp() if c.since else 0.0,
            width=84,
        ),
        Column(
            "what",
            words.WHAT,
            lambda c: Shown(c.what, "secondary" if c.is_over else "normal", bold=c.is_unseen),
            sort=lambda c: c.what,
            width=230,
            stretch=True,
        ),
        Column(
            "detail",
            words.DETAIL,
            lambda c: Shown(c.detail, "secondary"),
            sort=lambda c: c.detail,
            width=220,
            drop=1,
            tip=lambda c: c.detail,
        ),
    )
