"""How a value is written into a slot, so that it never looks better than it is and its figures stay in their place."""

from dataclasses import dataclass

from ui.tones import TONES
from ui.values import BAD_TEXT, HAND_MARK, NEVER_TEXT, Trust, format_age, format_number


@dataclass(frozen=True, slots=True)
class SlotText:
    """Figures, and what stands before and after them. Without a token it wears the one of its slot."""

    figures: str
    after: str = ""
    before: str = ""
    token: str = ""
    bold: bool = False
    italic: bool = False

    @property
    def text(self) -> str:
        return f"{self.before}{self.figures}{self.after}"


def write_value(
    value: float | None,
    unit: str = "",
    decimals: int = 1,
    *,
    trust: int = Trust.GOOD,
    age_s: float | None = None,
    by_hand: bool = False,
    tone: str = "normal",
) -> SlotText:
    """`61 °C`, `61 °C ?`, `[ 61 °C ] 3 min`, `###`, `n/a`: the forms of `ui.values`, with the figures kept apart."""
    if trust == Trust.NEVER or value is None:
        return SlotText(NEVER_TEXT, token="t2")
    if trust == Trust.BAD:
        return SlotText(BAD_TEXT, token="t1")
    figures = format_number(value, decimals)
    after = (f" {unit}" if unit else "") + (f" {HAND_MARK}" if by_hand else "")
    if trust == Trust.STALE:
        age = f" {format_age(age_s)}" if age_s is not None else ""
        return SlotText(figures, f"{after} ]{age}", "[ ", token="t1")
    if trust == Trust.UNCERTAIN:
        after = f"{after} ?"
    token = "man" if by_hand and tone == "normal" else "" if tone == "normal" else TONES[tone]
    return SlotText(figures, after, token=token, bold=tone in ("critical", "high"))
