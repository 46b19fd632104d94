"""The columns of the event log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from console.features.events import words
from ui.table import Column
from ui.values import Shown

if TYPE_CHECKING:
    from backend_core.gateway.frame import LogLine


def columns(now: Callable[[], datetime]) -> tuple[Column[LogLine], ...]:
    return (
        Column(
            "time",
            words.TIME,
            lambda line: Shown(words.time_of(line.at, now()), "secondary"),
            sort=lambda line: (line.at, line.id),
            width=136,
        ),
        Column("kind", words.KIND, lambda line: line.kind, sort=lambda line: line.kind, width=104),
        Column("who", words.WHO, lambda line: line.who, sort=lambda line: line.who, width=110),
        Column("object", words.OBJECT, lambda line: line.object, sort=lambda line: line.object, width=190),
        Column(
            "text",
            words.TEXT,
            lambda line: line.text,
            sort=lambda line: line.text,
            width=420,
            stretch=True,
            tip=lambda line: line.text,
        ),
        Column(
            "count",
            words.COUNT,
            lambda line: Shown(words.times(line.count), "secondary"),
            sort=lambda line: line.count,
            width=64,
            right=True,
        ),
        Column(
            "origin",
            words.ORIGIN,
            lambda line: Shown(line.origin, "tertiary"),
            sort=lambda line: line.origin,
            width=120,
        ),
    )
