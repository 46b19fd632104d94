"""How a value is written into a slot, so that it never looks better than it is and its figures stay in their place."""

from dataclasses import dataclass, field
from typing import NamedTuple

from ui.tones import TONES
from ui.values import BAD_TEXT, HAND_MARK, NEVER_TEXT, Trust, format_age, format_number


class SlotText(NamedTuple):
    """Figures, and what stands before and after them. `colour` is a token; without one it wears that of its slot."""

    figures: str
    after: str = ""
    before: str = ""
    colour: str = ""
    bold: bool = False
    italic: bool = False

    @property
    def text(self) -> str:
        return self.before + self.figures + self.after


@dataclass(frozen=True, slots=True)
class Form:
    """The unit of a value, and how many decimals it keeps while it lives."""

    unit: str = ""
    decimals: int = 1
    suffix: str = field(init=False)
    """A degree sign belongs to its figures; every other unit stands apart."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "suffix", self.unit if self.unit in ("", "°") else f" {self.unit}")


_GOOD = int(Trust.GOOD)
PLAIN = Form()


def write_value(
    value: float | None,
    form: Form = PLAIN,
    *,
    trust: int = Trust.GOOD,
    age_s: float | None = None,
    by_hand: bool = False,
    tone: str = "normal",
) -> SlotText:
    """`61 °C`, `61 °C ?`, `[ 61 °C ] 3 min`, `###`, `n/a`: the forms of `ui.values`, with the figures kept apart."""
    if value is not None and trust == _GOOD and tone == "normal" and not by_hand:
        # Nearly every value of a screen goes this way, thirty times a second.
        return SlotText(format_number(value, form.decimals), form.suffix)
    if trust == Trust.NEVER or value is None:
        return SlotText(NEVER_TEXT, colour="t2")
    if trust == Trust.BAD:
        return SlotText(BAD_TEXT, colour="t1")
    figures = format_number(value, form.decimals)
    after = form.suffix + (f" {HAND_MARK}" if by_hand else "")
    if trust == Trust.STALE:
        age = f" {format_age(age_s)}" if age_s is not None else ""
        return SlotText(figures, f"{after} ]{age}", "[ ", colour="t1")
    if trust == Trust.UNCERTAIN:
        after = f"{after} ?"
    colour = "man" if by_hand and tone == "normal" else "" if tone == "normal" else TONES[tone]
    return SlotText(figures, after, colour=colour, bold=tone in ("critical", "high"))
