"""The colour tokens of the day and the night look, and nothing else that knows a colour by its value."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Tokens:
    """One look. Every field is a colour; the comments say what may wear it."""

    bg0: str  # window
    bg1: str  # panel
    bg2: str  # raised, panel title, selected row
    line: str  # border
    hair: str  # grid and row rule
    t0: str  # text
    t1: str  # secondary text
    t2: str  # tertiary text, units
    cond: str  # conductor and symbol, energised
    dead: str  # conductor, dead (dashed)
    sel: str  # selection, focus, cursors
    crit: str  # priority 1, square
    high: str  # priority 2, triangle
    med: str  # priority 3, diamond
    low: str  # priority 4, circle
    man: str  # entered by hand
    est: str  # estimated
    ink: str  # text on a strong fill
    pen1: str  # plot pens, in the order they are given out
    pen2: str
    pen3: str
    pen4: str
    crit_fill: str  # fills of priority marks, told apart in every simulated colour vision
    high_fill: str
    med_fill: str
    low_fill: str
    crit_ink: str  # the digit on each of those fills
    high_ink: str
    med_ink: str
    low_ink: str

    def as_mapping(self) -> Mapping[str, str]:
        return MappingProxyType({field.name: getattr(self, field.name) for field in fields(self)})


NIGHT = Tokens(
    bg0="#12161A",
    bg1="#1A2026",
    bg2="#232B32",
    line="#36414A",
    hair="#2A333A",
    t0="#DCE3E8",
    t1="#9FACB6",
    t2="#8A97A1",
    cond="#93A4B1",
    dead="#6F7C86",
    sel="#58A6E0",
    crit="#FF6166",
    high="#F28A3C",
    med="#E6C84A",
    low="#A48BD6",
    man="#8CBBE3",
    est="#5FB7A8",
    ink="#0E1215",
    pen1="#7FB4DE",
    pen2="#C9A96A",
    pen3="#8FBF8F",
    pen4="#B48EAD",
    crit_fill="#F0474D",
    high_fill="#F59A3E",
    med_fill="#FAEE9C",
    low_fill="#8E78CF",
    crit_ink="#0E1215",
    high_ink="#0E1215",
    med_ink="#0E1215",
    low_ink="#0E1215",
)

DAY = Tokens(
    bg0="#D9DCDF",
    bg1="#E8EAEC",
    bg2="#F4F5F6",
    line="#A7AFB6",
    hair="#C6CCD1",
    t0="#1E262C",
    t1="#4A555D",
    t2="#56626A",
    cond="#55626C",
    dead="#727C84",
    sel="#17639F",
    crit="#BF161B",
    high="#994A00",
    med="#775D00",
    low="#6A4BA8",
    man="#1C5D99",
    est="#0E6C5E",
    ink="#FFFFFF",
    pen1="#1F6FB2",
    pen2="#8A5A00",
    pen3="#2E7D32",
    pen4="#7B3F8C",
    crit_fill="#B80F16",
    high_fill="#E8832A",
    med_fill="#F5E27A",
    low_fill="#6A4BA8",
    crit_ink="#FFFFFF",
    high_ink="#1E262C",
    med_ink="#1E262C",
    low_ink="#FFFFFF",
)

TEXT_TOKENS = ("t0", "t1", "t2", "sel", "crit", "high", "med", "low", "man", "est")
SYMBOL_TOKENS = ("cond", "dead", "pen1", "pen2", "pen3", "pen4")
FILL_TOKENS = ("crit_fill", "high_fill", "med_fill", "low_fill")
PEN_TOKENS = ("pen1", "pen2", "pen3", "pen4")
