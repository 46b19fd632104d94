"""How a value is written so that it never looks better than it is."""

from dataclasses import dataclass
from enum import IntEnum

HAND_MARK = "✎"
BAD_TEXT = "###"
NEVER_TEXT = "n/a"


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
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\u2212")


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
    spread: float | None = None,
    by_hand: bool = False,
    tone: str = "normal",
) -> Shown:
    """`61 °C`, `61 °C ?`, `[ 61 °C ] 3 min`, `###`, `n/a`; estimated in italics with its ±, by hand with a mark."""
    if trust == Trust.NEVER or value is None:
        return Shown(NEVER_TEXT, "tertiary")
    if trust == Trust.BAD:
        return Shown(BAD_TEXT, "secondary")
    number = format_number(value, decimals)
    if spread is not None:
        number = f"{number} ± {format_number(spread, decimals)}"
    text = f"{number} {unit}" if unit else number
    if by_hand:
        text = f"{text} {HAND_MARK}"
    if trust == Trust.STALE:
        age = f" {format_age(age_s)}" if age_s is not None else ""
        return Shown(f"[ {text} ]{age}", "secondary", italic=spread is not None)
    if trust == Trust.UNCERTAIN:
        text = f"{text} ?"
    if tone == "normal":
        tone = "manual" if by_hand else "estimated" if spread is not None else tone
    return Shown(text, tone, bold=tone in ("critical", "high"), italic=spread is not None)
