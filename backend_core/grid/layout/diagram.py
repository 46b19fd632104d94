"""Draws a network: arranged, cut into conductors and symbols, labelled, and moved to the page's corner."""

from dataclasses import replace

from backend_core.grid.layout.arrangement import arrange
from backend_core.grid.layout.conductors import pieces_of
from backend_core.grid.layout.drawing import Box, Conductor, Drawing, FlowArrow, Spot, Symbol, Text, ValueSlot
from backend_core.grid.layout.labels import labels_of
from backend_core.grid.layout.polyline import boxes_around
from backend_core.grid.model import Network

PAGE_MARGIN = 24.0


def draw(network: Network) -> Drawing:
    """The single-line diagram of a sound network; placements are kept, the rest goes by rule."""
    arrangement = arrange(network)
    drawn = list(pieces_of(network, arrangement))
    written = labels_of(network, arrangement, drawn)
    boxes = [box for piece in drawn for box in _boxes(piece)] + [piece.box for piece in written]
    left, top = min(box.left for box in boxes) - PAGE_MARGIN, min(box.top for box in boxes) - PAGE_MARGIN
    right, bottom = max(box.right for box in boxes) + PAGE_MARGIN, max(box.bottom for box in boxes) + PAGE_MARGIN

    def moved(spot: Spot) -> Spot:
        return Spot(round(spot.x - left, 1), round(spot.y - top, 1))

    return Drawing(
        network_name=network.name,
        title=network.title,
        width=round(right - left, 1),
        height=round(bottom - top, 1),
        conductors=tuple(
            replace(piece, points=tuple(moved(spot) for spot in piece.points))
            for piece in drawn
            if isinstance(piece, Conductor)
        ),
        symbols=tuple(replace(piece, centre=moved(piece.centre)) for piece in drawn if isinstance(piece, Symbol)),
        arrows=tuple(replace(piece, centre=moved(piece.centre)) for piece in drawn if isinstance(piece, FlowArrow)),
        texts=tuple(replace(piece, anchor=moved(piece.anchor)) for piece in written if isinstance(piece, Text)),
        slots=tuple(replace(piece, anchor=moved(piece.anchor)) for piece in written if isinstance(piece, ValueSlot)),
    )


def _boxes(piece: Conductor | Symbol | FlowArrow) -> tuple[Box, ...]:
    return boxes_around(piece.points, 0.0) if isinstance(piece, Conductor) else (piece.box,)
