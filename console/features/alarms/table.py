"""The columns of the alarm list and of an alarm's journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend_core.alarms.model import JournalEntry
from console.features.alarms import words
from console.features.alarms.state import AlarmRow
from ui.marks import Mark
from ui.table import Column
from ui.values import Shown, format_age, show_value


def alarm_columns() -> tuple[Column[AlarmRow], ...]:
    return (
        Column(
            "p",
            words.PRIORITY,
            lambda row: str(row.priority),
            sort=lambda row: row.priority,
            width=36,
            least=32,
            mark=lambda row: Mark(row.priority, hollow=not row.is_active, pulsing=row.is_unacknowledged),
            tip=lambda row: words.priority_word(row.priority),
        ),
        Column(
            "time",
            words.TIME,
            lambda row: Shown(row.time, "secondary"),
            sort=lambda row: row.raised_at,
            width=76,
            least=72,
        ),
        Column(
            "where", words.WHERE, lambda row: _strong(row, row.where), sort=lambda row: row.where, width=132, least=78
        ),
        Column(
            "condition",
            words.CONDITION,
            lambda row: _strong(row, row.condition),
            sort=lambda row: row.condition,
            width=150,
            stretch=True,
        ),
        Column("value", words.VALUE, shown_value, sort=lambda row: row.value, width=112, least=84, right=True),
        Column("state", words.STATE, _state, sort=lambda row: row.state, width=112),
    )


def shown_value(row: AlarmRow) -> Shown:
    """The present value as far as it may be trusted; for a silent device how long it has been silent."""
    if row.silent_s is not None:
        return Shown(format_age(row.silent_s))
    if row.value is None:
        return Shown("")
    return show_value(row.value, row.unit, row.decimals, trust=row.trust, age_s=row.age_s)


def journal_columns(now: Callable[[], datetime]) -> tuple[Column[JournalEntry], ...]:
    return (
        Column("at", words.TIME, lambda line: Shown(words.clock_of(line.at, now()), "secondary"), width=76),
        Column("what", words.WHAT, lambda line: words.happening(line.kind), width=96, stretch=True),
        Column("who", words.WHO, lambda line: Shown(line.who, "secondary"), width=84),
        Column("value", words.VALUE, lambda line: show_value(line.value, decimals=2), width=72, right=True),
    )


def _strong(row: AlarmRow, text: str) -> Shown:
    return Shown(text, bold=row.is_unacknowledged and row.is_active)


def _state(row: AlarmRow) -> Shown:
    calm = not row.is_unacknowledged or not row.is_active
    return Shown(row.state, "secondary" if calm else "normal")
