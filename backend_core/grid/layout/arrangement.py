"""Where everything stands: as a person placed it, and by rule where nobody did.

By rule: busbars lie flat, loads and small units hang below them, machines stand above; a line between bars of one
height runs straight, one between heights leaves the upper bar below its loads and turns down at the lower bar.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from backend_core.grid.layout.drawing import Spot
from backend_core.grid.model import (
    Branch,
    ElementId,
    ExternalGrid,
    Generator,
    Injection,
    Network,
    Placement,
    Transformer,
)

PITCH = 64.0
BAR_OVERHANG = 22.0
LEAST_BAR = 264.0
HANG = 64.0
BELOW_LOADS = 128.0
BELOW_BARE_BAR = 44.0
ABOVE_BAR = 40.0
TRACK = 16.0
COLUMN = 320.0
ROW = 220.0


@dataclass(frozen=True, slots=True)
class Bar:
    left: float
    right: float
    y: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a branch from its first bus to its second; a transformer's symbol stands on it."""

    points: tuple[Spot, ...]
    symbol_at: Spot | None = None


@dataclass(frozen=True, slots=True)
class Hung:
    """An injection on its lead: the foot lies on the bar."""

    foot: Spot
    centre: Spot


@dataclass(frozen=True, slots=True)
class Arrangement:
    bars: Mapping[ElementId, Bar]
    routes: Mapping[ElementId, Route]
    hung: Mapping[ElementId, Hung]


@dataclass(slots=True)
class _Sides:
    """What leaves a bar by rule, sorted by where it goes; at most one goes straight up, one straight down."""

    above_left: list[ElementId] = field(default_factory=list)
    straight_up: list[ElementId] = field(default_factory=list)
    above_right: list[ElementId] = field(default_factory=list)
    standing: list[ElementId] = field(default_factory=list)
    below_left: list[ElementId] = field(default_factory=list)
    straight_down: list[ElementId] = field(default_factory=list)
    below_right: list[ElementId] = field(default_factory=list)
    hanging: list[ElementId] = field(default_factory=list)


def arrange(network: Network) -> Arrangement:
    """The same network gives the same arrangement, whatever the order of hashing."""
    placed = {placement.element_id: placement for placement in network.placements}
    middles = _middles(network, placed)
    sides = _sides(network, placed, middles)
    slots = {bus_id: _slots(side) for bus_id, side in sides.items()}
    bars = {bus.id: _bar(placed.get(bus.id), middles[bus.id], slots[bus.id]) for bus in network.buses}
    hung = {
        injection.id: _hung(injection, placed.get(injection.id), bars[injection.bus_id], slots[injection.bus_id])
        for injection in network.injections()
    }
    bare = {bus_id: not side.hanging for bus_id, side in sides.items()}
    routes = {
        branch.id: _route(branch, placed.get(branch.id), bars, slots, sides, bare) for branch in network.branches()
    }
    return Arrangement(bars, routes, hung)


def _middles(network: Network, placed: Mapping[ElementId, Placement]) -> dict[ElementId, Spot]:
    middles = {
        bus.id: Spot(placed[bus.id].x + placed[bus.id].width / 2, placed[bus.id].y)
        for bus in network.buses
        if bus.id in placed
    }
    lowest = max((spot.y for spot in middles.values()), default=-ROW)
    columns: dict[int, int] = {}
    for bus_id, depth in _depths(network).items():
        if bus_id not in middles:
            columns[depth] = columns.get(depth, 0) + 1
            middles[bus_id] = Spot(columns[depth] * COLUMN, lowest + (depth + 1) * ROW)
    return middles


def _depths(network: Network) -> dict[ElementId, int]:
    """How many branches or couplers lie between each bus and the nearest source."""
    neighbours: dict[ElementId, list[ElementId]] = {bus.id: [] for bus in network.buses}
    pairs = [tuple(terminal.bus_id for terminal in branch.terminals) for branch in network.branches()]
    pairs += [(switch.bus_id, switch.other_bus_id) for switch in network.switches if switch.other_bus_id]
    for one, other in pairs:
        neighbours[one].append(other)
        neighbours[other].append(one)
    sources = [machine.bus_id for machine in network.generators] + [grid.bus_id for grid in network.external_grids]
    depth_of: dict[ElementId, int] = {}
    for start in (*sources, *neighbours):
        waiting = deque([start] if start not in depth_of else [])
        depth_of.setdefault(start, 0)
        while waiting:
            bus_id = waiting.popleft()
            for other in neighbours[bus_id]:
                if other not in depth_of:
                    depth_of[other] = depth_of[bus_id] + 1
                    waiting.append(other)
    return depth_of


def _sides(
    network: Network, placed: Mapping[ElementId, Placement], middles: Mapping[ElementId, Spot]
) -> dict[ElementId, _Sides]:
    sides = {bus.id: _Sides() for bus in network.buses}
    for injection in network.injections():
        if injection.id not in placed:
            side = sides[injection.bus_id]
            (side.standing if isinstance(injection, Generator | ExternalGrid) else side.hanging).append(injection.id)
    for branch in sorted(network.branches(), key=lambda branch: _reach(branch, middles)):
        if branch.id not in placed:
            _sort_in(branch, sides, middles)
    return sides


def _reach(branch: Branch, middles: Mapping[ElementId, Spot]) -> float:
    one, other = (middles[terminal.bus_id] for terminal in branch.terminals)
    return abs(one.x - other.x)


def _sort_in(branch: Branch, sides: Mapping[ElementId, _Sides], middles: Mapping[ElementId, Spot]) -> None:
    upper, lower = _upper_and_lower(branch, middles)
    if middles[upper].y == middles[lower].y:
        return
    across = middles[lower].x - middles[upper].x
    leaving, entering = sides[upper], sides[lower]
    if across == 0 and not leaving.straight_down and not entering.straight_up:
        leaving.straight_down.append(branch.id)
        entering.straight_up.append(branch.id)
    elif across >= 0:
        leaving.below_right.append(branch.id)
        entering.above_left.append(branch.id)
    else:
        leaving.below_left.append(branch.id)
        entering.above_right.append(branch.id)


def _upper_and_lower(branch: Branch, spots: Mapping[ElementId, Spot]) -> tuple[ElementId, ElementId]:
    one, other = (terminal.bus_id for terminal in branch.terminals)
    return (one, other) if spots[one].y <= spots[other].y else (other, one)


def _slots(side: _Sides) -> dict[ElementId, float]:
    """How far left or right of the bar's middle each thing leaves it."""
    half = (len(side.hanging) + 1) // 2 if side.straight_down else len(side.hanging)
    left = [*side.below_left, *side.hanging[:half]]
    right = [*side.hanging[half:], *side.below_right]
    below = _offsets(left, side.straight_down, right)
    above = _offsets(side.above_left, side.straight_up, [*side.standing, *side.above_right])
    return below | above


def _offsets(left: list[ElementId], middle: list[ElementId], right: list[ElementId]) -> dict[ElementId, float]:
    if middle:
        offsets = {name: -PITCH * steps for steps, name in enumerate(reversed(left), start=1)}
        offsets |= {name: PITCH * steps for steps, name in enumerate(right, start=1)}
        return offsets | {middle[0]: 0.0}
    everything = [*left, *right]
    first = -PITCH * (len(everything) - 1) / 2
    return {name: first + PITCH * step for step, name in enumerate(everything)}


def _bar(placement: Placement | None, middle: Spot, slots: Mapping[ElementId, float]) -> Bar:
    if placement and placement.width:
        return Bar(placement.x, placement.x + placement.width, placement.y)
    left = min([-LEAST_BAR / 2, *(offset - BAR_OVERHANG for offset in slots.values())])
    right = max([LEAST_BAR / 2, *(offset + BAR_OVERHANG for offset in slots.values())])
    # Even on both sides: the bar's middle is where straight lines meet it.
    half = max(-left, right)
    return Bar(middle.x - half, middle.x + half, middle.y)


def _hung(injection: Injection, placement: Placement | None, bar: Bar, slots: Mapping[ElementId, float]) -> Hung:
    if placement:
        return Hung(Spot(placement.x, bar.y), Spot(placement.x, placement.y))
    x = bar.middle + slots[injection.id]
    away = -HANG if isinstance(injection, Generator | ExternalGrid) else HANG
    return Hung(Spot(x, bar.y), Spot(x, bar.y + away))


def _route(
    branch: Branch,
    placement: Placement | None,
    bars: Mapping[ElementId, Bar],
    slots: Mapping[ElementId, Mapping[ElementId, float]],
    sides: Mapping[ElementId, _Sides],
    bare: Mapping[ElementId, bool],
) -> Route:
    one, other = (terminal.bus_id for terminal in branch.terminals)
    if placement and placement.route:
        points = tuple(Spot(x, y) for x, y in placement.route)
    elif placement:
        points = (Spot(placement.x, bars[one].y), Spot(placement.x, bars[other].y))
    elif bars[one].y == bars[other].y:
        points = _level_way(bars[one], bars[other])
    else:
        points = _falling_way(branch, bars, slots, sides, bare)
    if not isinstance(branch, Transformer):
        return Route(points)
    return Route(points, Spot(placement.x, placement.y) if placement else _symbol_spot(points))


def _level_way(one: Bar, other: Bar) -> tuple[Spot, ...]:
    if one.middle < other.middle:
        return Spot(one.right, one.y), Spot(other.left, other.y)
    return Spot(one.left, one.y), Spot(other.right, other.y)


def _falling_way(
    branch: Branch,
    bars: Mapping[ElementId, Bar],
    slots: Mapping[ElementId, Mapping[ElementId, float]],
    sides: Mapping[ElementId, _Sides],
    bare: Mapping[ElementId, bool],
) -> tuple[Spot, ...]:
    first, second = (terminal.bus_id for terminal in branch.terminals)
    upper, lower = (first, second) if bars[first].y < bars[second].y else (second, first)
    start_x = bars[upper].middle + slots[upper][branch.id]
    end_x = bars[lower].middle + slots[lower][branch.id]
    points = [Spot(start_x, bars[upper].y), Spot(end_x, bars[lower].y)]
    if start_x != end_x:
        track = max(_index(sides[upper].below_left, branch.id), _index(sides[upper].below_right, branch.id), 0)
        wished = bars[upper].y + (BELOW_BARE_BAR if bare[upper] else BELOW_LOADS) + track * TRACK
        channel = min(wished, bars[lower].y - ABOVE_BAR)
        points[1:1] = [Spot(start_x, channel), Spot(end_x, channel)]
    return tuple(points if upper == first else reversed(points))


def _index(names: Iterable[ElementId], name: ElementId) -> int:
    return next((index for index, found in enumerate(names) if found == name), -1)


def _symbol_spot(points: tuple[Spot, ...]) -> Spot:
    """The middle of the last upright piece, where a transformer has room."""
    upright = [(a, b) for a, b in pairwise(points) if a.x == b.x] or [(points[0], points[-1])]
    a, b = max(upright, key=lambda piece: abs(piece[0].y - piece[1].y))
    return Spot((a.x + b.x) / 2, (a.y + b.y) / 2)
