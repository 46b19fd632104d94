"""How a value is written so that it never looks better than it is."""

from dataclasses import dataclass
from enum import IntEnum

HAND_MARK = "✎"
BAD_TEXT = "###"
NEVER_TEXT = "n/a"
_SPECS = tuple(f",.{decimals}f" for decimals in range(10))


class Trust(IntEnum):
    """How far a value may be trusted; the numbers are those that travel with the readings."""

    GOOD = 0
    UNCERTAIN = 1
    STALE = 2
    BAD = 3
    NEVER = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A text with its looks: what a table cell, a label or a diagram writes."""

    text: str
    tone: str = "normal"
    bold: bool = False
    italic: bool = False


def format_number(value: float, decimals: int = 1) -> str:
    """Thousands in groups, a true minus, and always the same number of decimals while a value lives."""
    text = format(value, _SPECS[decimals])
    if text[0] != "-":
        return text
    digits = text[1:]
    return f"\u2212{digits}" if digits.strip("0.,") else digits


def format_age(seconds: float) -> str:
    """An age in its one natural unit: `4 s`, `3 min`, `2 h`, `5 d`."""
    if seconds < 60:
        return f"{max(0, int(seconds))} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min"
    if seconds < 48 * 3600:
        return f"{int(seconds // 3600)} h"
    return f"{int(seconds // 86400)} d"


def show_value(
    value: float | None,
    unit: str = "",
    decimals: int = 1,
    *,
    trust: int = Trust.GOOD,
    age_s: float | None = None,
    tone: str = "normal",
) -> Shown:
    """`61 °C`, `61 °C ?` (uncertain), `[ 61 °C ] 3 min` (stale), `###` (bad), `n/a` (never seen)."""
    if value is None:
        return Shown(NEVER_TEXT, "tertiary")
    text = _with_unit(format_number(value, decimals), unit)
    return _graded(text, trust, age_s, Shown(text, tone, bold=tone in ("critical", "high")))


def show_estimate(
    value: float | None,
    spread: float,
    unit: str = "",
    decimals: int = 1,
    *,
    trust: int = Trust.GOOD,
    age_s: float | None = None,
) -> Shown:
    """`124 ± 7 %` in italics: worked out, not measured."""
    if value is None:
        return Shown(NEVER_TEXT, "tertiary")
    text = _with_unit(f"{format_number(value, decimals)} ± {format_number(spread, decimals)}", unit)
    return _graded(text, trust, age_s, Shown(text, "estimated", italic=True))


def show_by_hand(value: float, unit: str = "", decimals: int = 1, *, age_s: float | None = None) -> Shown:
    """`61 °C ✎`: entered by an operator; its age shows once it is told."""
    text = f"{_with_unit(format_number(value, decimals), unit)} {HAND_MARK}"
    return Shown(text if age_s is None else f"{text} {format_age(age_s)}", "manual")


def _with_unit(number: str, unit: str) -> str:
    return f"{number} {unit}" if unit else number


def _graded(text: str, trust: int, age_s: float | None, good: Shown) -> Shown:
    """The same value as far as it may be trusted."""
    if trust == Trust.NEVER:
        return Shown(NEVER_TEXT, "tertiary")
    if trust == Trust.BAD:
        return Shown(BAD_TEXT, "secondary")
    if trust == Trust.STALE:
        age = f" {format_age(age_s)}" if age_s is not None else ""
        return Shown(f"[ {text} ]{age}", "secondary", italic=good.italic)
    if trust == Trust.UNCERTAIN:
        return Shown(f"{text} ?", good.tone, good.bold, good.italic)
    return good
