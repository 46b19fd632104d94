"""A diagram as plain data: conductors, symbols, texts and places of values; whoever paints it adds colour.

Lengths are pixels at 100 %, x to the right, y downwards. Every piece names the element whose state it wears.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from backend_core.grid.model import ElementId


class Spot(NamedTuple):
    x: float
    y: float


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def grown(self, margin: float) -> "Box":
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)


class ConductorRole(StrEnum):
    """A busbar is thick; a lead joins a bar with a device; a tie is a line that is normally open."""

    BUSBAR = "busbar"
    LINE = "line"
    TIE = "tie"
    LEAD = "lead"


class SymbolKind(StrEnum):
    BREAKER = "breaker"
    DISCONNECTOR = "disconnector"
    LOAD_BREAK = "load_break"
    EARTHING = "earthing"
    TRANSFORMER = "transformer"
    GENERATOR = "generator"
    EXTERNAL_GRID = "external_grid"
    LOAD = "load"
    CAPACITOR = "capacitor"
    REACTOR = "reactor"
    SOLAR = "solar"
    WIND = "wind"
    CHP = "chp"
    FUEL_CELL = "fuel_cell"
    STORAGE = "storage"


class TextRole(StrEnum):
    """Which looks a text takes; the sizes in pixels stand in `TEXT_SIZE_PX`."""

    TITLE = "title"
    LABEL = "label"
    VALUE = "value"
    DETAIL = "detail"


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


TEXT_SIZE_PX = {TextRole.TITLE: 13, TextRole.LABEL: 12, TextRole.VALUE: 13, TextRole.DETAIL: 11}

# Measured on the bundled Inter (semi-bold titles, tabular figures) over the names and units that occur, rounded up.
ADVANCE_SHARE = {TextRole.TITLE: 0.70, TextRole.LABEL: 0.69, TextRole.VALUE: 0.65, TextRole.DETAIL: 0.64}
LINE_HEIGHT_SHARE = 1.3


@dataclass(frozen=True, slots=True)
class Conductor:
    key: str
    element_id: ElementId
    role: ConductorRole
    points: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A drawing from `resources/symbols`, by its middle; rotation clockwise, 0° as if fed from above."""

    key: str
    element_id: ElementId
    kind: SymbolKind
    centre: Spot
    width: float
    height: float
    rotation_deg: int = 0

    @property
    def box(self) -> Box:
        across, along = (self.width, self.height) if self.rotation_deg % 180 == 0 else (self.height, self.width)
        return Box(
            self.centre.x - across / 2, self.centre.y - along / 2, self.centre.x + across / 2, self.centre.y + along / 2
        )


@dataclass(frozen=True, slots=True)
class FlowArrow:
    """Where a flow shows its direction: pointing to `rotation_deg` (0 right, 90 down) while the point is positive."""

    key: str
    element_id: ElementId
    point_id: str
    centre: Spot
    rotation_deg: int
    size: float = 10.0

    @property
    def box(self) -> Box:
        half = self.size / 2
        return Box(self.centre.x - half, self.centre.y - half, self.centre.x + half, self.centre.y + half)


@dataclass(frozen=True, slots=True)
class Text:
    """A fixed text; `anchor` is the middle of its left end, right end or whole, as `align` says."""

    key: str
    element_id: ElementId
    text: str
    anchor: Spot
    role: TextRole = TextRole.LABEL
    align: Align = Align.LEFT

    @property
    def box(self) -> Box:
        return text_box(self.anchor, len(self.text), self.role, self.align)


@dataclass(frozen=True, slots=True)
class ValueSlot:
    """The place of a live value: `digits` characters with sign and point, right-aligned inside, then the unit.

    `shows_magnitude`: an arrow tells the direction, so the sign stays away.
    """

    key: str
    element_id: ElementId
    point_id: str
    anchor: Spot
    unit: str
    digits: int
    decimals: int
    role: TextRole = TextRole.VALUE
    align: Align = Align.LEFT
    shows_magnitude: bool = False

    @property
    def characters(self) -> int:
        return self.digits + (1 + len(self.unit) if self.unit else 0)

    @property
    def box(self) -> Box:
        return text_box(self.anchor, self.characters, self.role, self.align)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One diagram, ready for a screen or a page; equal networks give equal drawings."""

    network_name: str
    title: str
    width: float
    height: float
    conductors: tuple[Conductor, ...]
    symbols: tuple[Symbol, ...]
    arrows: tuple[FlowArrow, ...]
    texts: tuple[Text, ...]
    slots: tuple[ValueSlot, ...]


def text_box(anchor: Spot, characters: int, role: TextRole, align: Align) -> Box:
    """The room a text needs, on the safe side and in whole pixels, so that boxes stacked on each other only touch."""
    size = TEXT_SIZE_PX[role]
    width = math.ceil(characters * size * ADVANCE_SHARE[role])
    left = {Align.LEFT: anchor.x, Align.CENTRE: anchor.x - width / 2, Align.RIGHT: anchor.x - width}[align]
    half = math.ceil(size * LINE_HEIGHT_SHARE / 2)
    return Box(left, anchor.y - half, left + width, anchor.y + half)
