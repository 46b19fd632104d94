"""A conductor as a walk along straight pieces: where one is after so many pixels, and in which direction."""

from collections.abc import Sequence
from itertools import pairwise

from backend_core.grid.layout.drawing import Box, Spot

RIGHT, DOWN, LEFT, UP = 0, 90, 180, 270


def length_of(points: Sequence[Spot]) -> float:
    return sum(_distance(a, b) for a, b in pairwise(points))


def spot_at(points: Sequence[Spot], distance: float) -> Spot:
    for a, b in pairwise(points):
        piece = _distance(a, b)
        if distance <= piece and piece > 0:
            share = distance / piece
            return Spot(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
        distance -= piece
    return points[-1]


def direction_at(points: Sequence[Spot], distance: float) -> int:
    """Clockwise degrees from pointing right, of the piece that holds this distance."""
    for a, b in pairwise(points):
        piece = _distance(a, b)
        if distance <= piece and piece > 0:
            return direction(a, b)
        distance -= piece
    return direction(points[-2], points[-1])


def direction(a: Spot, b: Spot) -> int:
    if abs(b.x - a.x) >= abs(b.y - a.y):
        return RIGHT if b.x >= a.x else LEFT
    return DOWN if b.y > a.y else UP


def part_of(points: Sequence[Spot], start: float, end: float) -> tuple[Spot, ...]:
    """The walk between two distances, its corners kept."""
    corners = []
    walked = 0.0
    for a, b in pairwise(points):
        walked += _distance(a, b)
        if start < walked < end:
            corners.append(b)
    return (spot_at(points, start), *corners, spot_at(points, end))


def longest_piece(points: Sequence[Spot]) -> tuple[Spot, Spot]:
    return max(pairwise(points), key=lambda ends: _distance(*ends))


def distance_of(points: Sequence[Spot], spot: Spot) -> float:
    """How far along the walk the nearest corner or foot of a spot lies; for spots on the walk, exactly there."""
    best, answer, walked = float("inf"), 0.0, 0.0
    for a, b in pairwise(points):
        piece = _distance(a, b)
        along = 0.0 if piece == 0 else ((spot.x - a.x) * (b.x - a.x) + (spot.y - a.y) * (b.y - a.y)) / piece
        along = min(max(along, 0.0), piece)
        off = _distance(spot, spot_at((a, b), along)) if piece else _distance(spot, a)
        if off < best:
            best, answer = off, walked + along
        walked += piece
    return answer


def boxes_around(points: Sequence[Spot], margin: float) -> tuple[Box, ...]:
    return tuple(
        Box(min(a.x, b.x) - margin, min(a.y, b.y) - margin, max(a.x, b.x) + margin, max(a.y, b.y) + margin)
        for a, b in pairwise(points)
    )


def _distance(a: Spot, b: Spot) -> float:
    return abs(b.x - a.x) + abs(b.y - a.y)
