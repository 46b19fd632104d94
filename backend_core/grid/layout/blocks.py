"""Blocks of text that look for a free place: each tries its candidates in order and never covers what is drawn."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from backend_core.grid.layout.arrangement import Bar
from backend_core.grid.layout.drawing import Align, Box, Spot, Text, ValueSlot
from backend_core.grid.layout.polyline import length_of

Piece = Text | ValueSlot
GAP = 8.0
AIR = 8.0
CLEAR = 11.0  # past the switches and arrows that stand on a conductor
STEP = 8.0
CELL = 64.0


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of pieces that belong together; a second form is tried when the first finds no room."""

    rows: tuple[tuple[Piece, ...], ...]
    other_form: "Block | None" = None

    @property
    def width(self) -> float:
        return max(_row_width(row) for row in self.rows)

    @property
    def height(self) -> float:
        return sum(_row_height(row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place offered to a block: its upper left corner, and to which side its rows lean."""

    corner: Spot
    lean: Align = Align.LEFT


class Page:
    """What is already drawn, asked only whether a place is free."""

    def __init__(self, taken: Iterable[Box]) -> None:
        self._cells: defaultdict[tuple[int, int], list[Box]] = defaultdict(list)
        self.pieces: list[Piece] = []
        for box in taken:
            self._take(box)

    def place(self, block: Block, candidates_for: "CandidatesFor") -> bool:
        """The first candidate that is free for every form in turn; a block without room is left out, not laid over."""
        form: Block | None = block
        while form is not None:
            for candidate in candidates_for(form.width, form.height):
                rows = list(_set_at(form, candidate))
                boxes = [_row_box(row) for row in rows]
                if all(self._is_free(box) for box in boxes):
                    self.pieces += [piece for row in rows for piece in row]
                    for box in boxes:
                        self._take(box)
                    return True
            form = form.other_form
        return False

    def _is_free(self, box: Box) -> bool:
        return not any(box.overlaps(other) for cell in _cells_of(box) for other in self._cells.get(cell, ()))

    def _take(self, box: Box) -> None:
        for cell in _cells_of(box):
            self._cells[cell].append(box)


def _cells_of(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box.left // CELL), int(box.right // CELL) + 1):
        for row in range(int(box.top // CELL), int(box.bottom // CELL) + 1):
            yield column, row


class CandidatesFor:
    """The places around one thing, for a block of given size; built from the generators below."""

    def __init__(self, *offers: "Offer") -> None:
        self._offers = offers

    def __call__(self, width: float, height: float) -> Iterator[Candidate]:
        for offer in self._offers:
            yield from offer(width, height)


class Offer:
    """A way of offering places; subclasses say where."""

    def __call__(self, width: float, height: float) -> Iterator[Candidate]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Beside(Offer):
    """Right, left, below and above a box, then a little further each time."""

    box: Box
    order: str = "right left below above"
    reach: int = 4

    def __call__(self, width: float, height: float) -> Iterator[Candidate]:
        box = self.box
        middle_x, middle_y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        for step in range(self.reach):
            away = AIR + step * STEP
            places = {
                "right": Candidate(Spot(box.right + away, middle_y - height / 2)),
                "left": Candidate(Spot(box.left - away - width, middle_y - height / 2), Align.RIGHT),
                "below": Candidate(Spot(middle_x - width / 2, box.bottom + away), Align.CENTRE),
                "above": Candidate(Spot(middle_x - width / 2, box.top - away - height), Align.CENTRE),
            }
            yield from (places[side] for side in self.order.split())


@dataclass(frozen=True, slots=True)
class AlongBar(Offer):
    """Above a bar from one end to the other, then below it, then beyond its ends."""

    bar: Bar
    from_right: bool = False

    def __call__(self, width: float, height: float) -> Iterator[Candidate]:
        bar = self.bar
        lean = Align.RIGHT if self.from_right else Align.LEFT
        room = max(0, int((bar.right - bar.left - width) // STEP))
        starts = [
            bar.right - width - step * STEP if self.from_right else bar.left + step * STEP for step in range(room + 1)
        ]
        for top in (bar.y - AIR - height, bar.y + AIR):
            yield from (Candidate(Spot(x, top), lean) for x in starts)
        beyond = (Spot(bar.right + AIR, bar.y - height / 2), Spot(bar.left - AIR - width, bar.y - height / 2))
        yield from (Candidate(corner, lean) for corner in (beyond if self.from_right else reversed(beyond)))


@dataclass(frozen=True, slots=True)
class AlongWay(Offer):
    """Beside the pieces of a conductor, the longest first, from the middle outwards."""

    points: Sequence[Spot]

    def __call__(self, width: float, height: float) -> Iterator[Candidate]:
        for a, b in sorted(pairwise(self.points), key=lambda piece: -length_of(piece)):
            level = a.y == b.y
            half = max(0.0, length_of((a, b)) / 2 - (width if level else height) / 2)
            for shift in _outwards(half):
                x, y = (a.x + b.x) / 2, (a.y + b.y) / 2
                if level:
                    yield Candidate(Spot(x + shift - width / 2, y - CLEAR - height), Align.CENTRE)
                    yield Candidate(Spot(x + shift - width / 2, y + CLEAR), Align.CENTRE)
                else:
                    yield Candidate(Spot(x + CLEAR, y + shift - height / 2))
                    yield Candidate(Spot(x - CLEAR - width, y + shift - height / 2), Align.RIGHT)


def _outwards(half: float) -> Iterator[float]:
    yield 0.0
    for step in range(1, int(half // STEP) + 1):
        yield -step * STEP
        yield step * STEP


def _row_width(row: tuple[Piece, ...]) -> float:
    return sum(piece.box.right - piece.box.left for piece in row) + GAP * (len(row) - 1)


def _row_height(row: tuple[Piece, ...]) -> float:
    return max(piece.box.bottom - piece.box.top for piece in row)


def _row_box(row: tuple[Piece, ...]) -> Box:
    """The gaps included, or a conductor could pass between a name and its value."""
    boxes = [piece.box for piece in row]
    return Box(boxes[0].left, min(box.top for box in boxes), boxes[-1].right, max(box.bottom for box in boxes))


def _set_at(block: Block, candidate: Candidate) -> Iterator[tuple[Piece, ...]]:
    y = candidate.corner.y
    for row in block.rows:
        spare = block.width - _row_width(row)
        x = candidate.corner.x + {Align.LEFT: 0.0, Align.CENTRE: spare / 2, Align.RIGHT: spare}[candidate.lean]
        height = _row_height(row)
        placed = []
        for piece in row:
            placed.append(replace(piece, anchor=Spot(x, y + height / 2)))
            x += piece.box.right - piece.box.left + GAP
        yield tuple(placed)
        y += height
