"""What changes on a diagram from frame to frame: the looks of pieces and the badges beside elements, by token."""

from dataclasses import dataclass
from enum import StrEnum


class Doubt(StrEnum):
    """How far what a symbol shows can be trusted; never told by colour."""

    NONE = ""
    UNCERTAIN = "uncertain"
    STALE = "stale"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Look:
    """How one symbol, conductor or arrow stands there now. Of an arrow `flow` is 1 along, -1 against, 0 not shown."""

    tone: str = "cond"
    state: str = ""
    is_dashed: bool = False
    doubt: Doubt = Doubt.NONE
    flow: int = 0


@dataclass(frozen=True, slots=True)
class Badge:
    """What stands beside an element: the mark of its most urgent condition, and small boxed letters.

    A studied condition holds only in what somebody asked: its mark is hollow, with the outline of studies.
    """

    priority: int = 0
    pulsing: bool = False
    tags: tuple[str, ...] = ()
    is_studied: bool = False


NORMAL = Look()
DEAD = Look(tone="dead", is_dashed=True)
