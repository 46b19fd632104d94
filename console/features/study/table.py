"""The columns of the study's three tables: what can be changed, the figures, the broken limits."""

from __future__ import annotations

from collections.abc import Callable

from backend_core.grid.model import ElementId
from backend_core.simulation.model import Violation, ViolationKind
from console.features.study import words
from console.features.study.state import ElementRow, FigureRow
from ui.marks import Mark
from ui.table import Column
from ui.values import NEVER_TEXT, Shown, format_number

_DECIMALS = {"pu": 3, "%": 1, "MW": 1, "Mvar": 1}
_PRIORITY = {True: 1, False: 2}


def element_columns() -> tuple[Column[ElementRow], ...]:
    return (
        Column("name", words.COLUMN_ELEMENT, _name, sort=lambda row: row.name, width=104),
        Column(
            "kind", words.COLUMN_KIND, lambda row: Shown(row.kind, "secondary"), sort=lambda row: row.kind,
            width=120, stretch=True, drop=1,
        ),
        Column("now", words.COLUMN_NOW, _now, sort=lambda row: row.now, width=80, right=True),
        Column("planned", words.COLUMN_STUDY, _planned, sort=_planned_first, width=112, right=True),
    )  # fmt: skip


def figure_columns() -> tuple[Column[FigureRow], ...]:
    return (
        Column("title", words.COLUMN_FIGURE, lambda row: row.title, width=110, stretch=True),
        Column(
            "before",
            words.COLUMN_BEFORE,
            lambda row: Shown(_placed(row, row.before, row.where_before), "secondary"),
            width=128,
            right=True,
        ),
        Column("after", words.COLUMN_AFTER, _after, width=128, right=True),
        Column("change", words.COLUMN_CHANGE, _change, width=64, right=True),
    )


def violation_columns(name_of: Callable[[ElementId], str]) -> tuple[Column[Violation], ...]:
    return (
        Column(
            "priority", words.PRIORITY, lambda v: str(_PRIORITY[v.is_severe]), sort=lambda v: not v.is_severe, width=30,
            mark=lambda v: Mark(_PRIORITY[v.is_severe], hollow=v.was_broken),
        ),
        Column("where", words.COLUMN_ELEMENT, lambda v: _where(v, name_of), sort=lambda v: v.element, width=120),
        Column("what", words.COLUMN_WHAT, _what, sort=lambda v: v.kind, width=120, stretch=True),
        Column("before", words.COLUMN_BEFORE, _before, sort=lambda v: v.before or 0.0, width=72, right=True, drop=1),
        Column("after", words.COLUMN_AFTER, _value, sort=lambda v: v.value, width=84, right=True),
        Column("limit", words.COLUMN_LIMIT, _limit, width=64, right=True, drop=2),
    )  # fmt: skip


def _name(row: ElementRow) -> Shown:
    return Shown(row.name, bold=bool(row.planned))


def _now(row: ElementRow) -> Shown:
    return Shown(row.now, "secondary")


def _planned_first(row: ElementRow) -> tuple[bool, int]:
    return not row.planned, row.place


def _planned(row: ElementRow) -> Shown:
    return Shown(row.planned, "estimated", bold=True, italic=True)


def _after(row: FigureRow) -> Shown:
    text = _placed(row, row.after, row.where_after)
    return Shown(text, "critical" if row.is_worse else "estimated", bold=row.is_worse, italic=True)


def _placed(row: FigureRow, value: float | None, where: ElementId) -> str:
    if value is None:
        return NEVER_TEXT
    return f"{where}  {format_number(value, row.decimals)} {row.unit}".strip()


def _change(row: FigureRow) -> Shown:
    if row.before is None:
        return Shown("")
    difference = round(row.after - row.before, row.decimals)
    if difference == 0.0:
        return Shown(words.UNCHANGED, "secondary")
    sign = "+" if difference > 0.0 else ""
    text = f"{sign}{format_number(difference, row.decimals)}"
    return Shown(text, "critical" if row.is_worse else "secondary")


def _where(violation: Violation, name_of: Callable[[ElementId], str]) -> Shown:
    return Shown(name_of(violation.element), bold=not violation.was_broken)


def _what(violation: Violation) -> Shown:
    kind = words.KINDS[violation.kind]
    if violation.kind is ViolationKind.DEAD_LOAD and violation.customers:
        kind = words.with_customers(kind, violation.customers)
    if violation.was_broken:
        return Shown(words.known_before(kind), "secondary")
    return Shown(kind, bold=True)


def _before(violation: Violation) -> Shown:
    if violation.before is None:
        return Shown(NEVER_TEXT, "tertiary")
    return Shown(format_number(violation.before, _DECIMALS.get(violation.unit, 1)), "secondary")


def _value(violation: Violation) -> Shown:
    text = f"{format_number(violation.value, _DECIMALS.get(violation.unit, 1))} {violation.unit}"
    tone = "secondary" if violation.was_broken else "critical" if violation.is_severe else "high"
    return Shown(text, tone, bold=not violation.was_broken, italic=True)


def _limit(violation: Violation) -> Shown:
    if violation.kind is ViolationKind.DEAD_LOAD:
        return Shown("", "secondary")
    return Shown(f"{violation.limit:g}", "secondary")
