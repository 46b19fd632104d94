"""The lists of the overview, as columns: what needs attention, branches by loading, buses by voltage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from console.features.overview import words
from console.features.overview.attention_state import Concern
from console.features.overview.elements_state import ElementRow
from ui.marks import Mark
from ui.table import Column
from ui.table.strip import Strip, StripPart
from ui.tones import PRIORITY_TONES
from ui.values import Shown, show_value


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
            width=200,
            stretch=True,
        ),
        Column(
            "detail",
            words.DETAIL,
            lambda c: Shown(c.detail, "secondary"),
            sort=lambda c: c.detail,
            width=156,
            drop=1,
            tip=lambda c: c.detail,
        ),
    )


def branch_columns() -> tuple[Column[ElementRow], ...]:
    return (
        Column("name", words.BRANCH, lambda r: r.name, sort=lambda r: r.name, width=90, stretch=True),
        Column("power", words.POWER, _power, sort=_flow, width=62, right=True, drop=3),
        _value_column(words.LOADING, 1, 58),
        _room_column(),
        _curve_column(),
    )


def bus_columns() -> tuple[Column[ElementRow], ...]:
    return (
        Column("name", words.BUS, lambda r: r.name, sort=lambda r: r.name, width=90, stretch=True),
        _value_column(words.VOLTS, 3, 62),
        _room_column(),
        _curve_column(),
    )


def _value_column(title: str, decimals: int, width: int) -> Column[ElementRow]:
    def text(row: ElementRow) -> Shown:
        tone = PRIORITY_TONES.get(row.priority, "normal")
        return show_value(row.reading.value, "", decimals, trust=row.reading.trust, tone=tone)

    return Column("value", title, text, sort=lambda row: row.reading.value, width=width, right=True)


def _flow(row: ElementRow) -> float:
    """How much flows; which way is seen on the diagram."""
    return abs(row.power.value) if row.power is not None else 0.0


def _power(row: ElementRow) -> Shown:
    if row.power is None:
        return show_value(None)
    shown = show_value(_flow(row), "", 1, trust=row.power.trust)
    return Shown(shown.text, "secondary")


def _room_column() -> Column[ElementRow]:
    return Column("room", "", lambda row: "", strip=_room, width=76, drop=1)


def _room(row: ElementRow) -> Strip:
    """A quarter of the bar lies beyond the limit."""
    share = max(0.0, min(row.used / 1.25, 1.0))
    tone = PRIORITY_TONES.get(row.priority, "secondary") if row.is_live else "dead"
    return Strip([StripPart(0.0, share, tone), StripPart(share, 1.0, "dead")], words.room_used(row.used))


def _curve_column() -> Column[ElementRow]:
    return Column("curve", words.LAST_HOUR, lambda row: "", spark=lambda row: row.curve, width=84, drop=2)
