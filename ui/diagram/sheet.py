"""What never changes on a diagram while it is shown: where conductors, symbols, texts and values have their places.

Lengths are pixels at 100 %, x to the right, y downwards. `element` says to which thing a piece belongs: a click
on any piece selects that thing. `key` says by which name the piece is given its look or its value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

Point = tuple[float, float]


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class TextStyle(StrEnum):
    """How important a text is; the less important ones leave first when the view zooms out."""

    TITLE = "title"
    LABEL = "label"
    VALUE = "value"
    DETAIL = "detail"


SIZE_PX = {TextStyle.TITLE: 13, TextStyle.LABEL: 12, TextStyle.VALUE: 13, TextStyle.DETAIL: 11}
TONE = {TextStyle.TITLE: "t0", TextStyle.LABEL: "t1", TextStyle.VALUE: "t0", TextStyle.DETAIL: "t1"}

# No text is smaller than an eye reads at arm's length: it is drawn larger than laid out, down to the scale at which it
# would meet its neighbours, and below that left out: details first, and what `gives_way` at once.
READABLE_PX = 11.0
SMALLEST_READABLE_SCALE = 0.30
SMALLEST_SCALE = {TextStyle.TITLE: 0.40, TextStyle.VALUE: 0.55, TextStyle.LABEL: 0.55, TextStyle.DETAIL: 0.90}


@dataclass(frozen=True, slots=True)
class Conductor:
    key: str
    element: str
    points: tuple[Point, ...]
    is_bar: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """A drawing of `resources/symbols` by its middle, turned clockwise; 0° as if fed from above."""

    key: str
    element: str
    drawing: str
    x: float
    y: float
    width: float
    height: float
    rotation_deg: int = 0


@dataclass(frozen=True, slots=True)
class Arrow:
    """A direction beside a conductor: 0° points right, 90° down; shown, turned round or hidden by its value."""

    key: str
    element: str
    x: float
    y: float
    rotation_deg: int
    size: float = 10.0


@dataclass(frozen=True, slots=True)
class Caption:
    """A fixed text by the middle of its left end, its right end or its whole."""

    element: str
    text: str
    x: float
    y: float
    style: TextStyle = TextStyle.LABEL
    align: Align = Align.LEFT
    stays_readable: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a changing text: room for `digits` figures, right-aligned inside, then the unit.

    One that `stays_readable` goes last when the view becomes small, one that `gives_way` goes first.
    """

    key: str
    element: str
    x: float
    y: float
    digits: int
    unit: str = ""
    style: TextStyle = TextStyle.VALUE
    align: Align = Align.LEFT
    stays_readable: bool = False
    gives_way: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    width: float
    height: float
    conductors: tuple[Conductor, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    captions: tuple[Caption, ...] = ()
    slots: tuple[Slot, ...] = ()

    def places(self) -> Iterator[tuple[str, float, float]]:
        """Each element's handle for the keyboard: its symbol, else its arrow, else the middle of its conductor."""
        seen: set[str] = set()
        handles = [(s.element, s.x, s.y) for s in self.symbols] + [(a.element, a.x, a.y) for a in self.arrows]
        handles += [(c.element, *_middle(c.points)) for c in self.conductors]
        for element, x, y in handles:
            if element and element not in seen:
                seen.add(element)
                yield element, x, y


def growth(style: TextStyle, scale: float, *, stays_readable: bool = False, gives_way: bool = False) -> float:
    """How much larger than laid out a text is drawn at a scale; nought when it is left out."""
    size_px = SIZE_PX[style] * scale
    if round(size_px) >= READABLE_PX:
        return 1.0
    if gives_way or scale < (SMALLEST_READABLE_SCALE if stays_readable else SMALLEST_SCALE[style]):
        return 0.0
    return READABLE_PX / size_px


def _middle(points: tuple[Point, ...]) -> Point:
    (x0, y0), (x1, y1) = points[(len(points) - 1) // 2], points[len(points) // 2]
    return (x0 + x1) / 2, (y0 + y1) / 2
