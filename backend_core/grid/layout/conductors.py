"""From the arrangement to conductors, symbols and flow arrows: each cut where a switch can part it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from backend_core.grid.layout.arrangement import Arrangement, Hung, Route
from backend_core.grid.layout.drawing import Conductor, ConductorRole, FlowArrow, Spot, Symbol, SymbolKind
from backend_core.grid.layout.polyline import (
    DOWN,
    UP,
    direction,
    direction_at,
    distance_of,
    length_of,
    part_of,
    spot_at,
)
from backend_core.grid.model import (
    Branch,
    DistributedSource,
    ElementId,
    ExternalGrid,
    Generator,
    Injection,
    Load,
    Network,
    PointKind,
    Shunt,
    Side,
    SourceKind,
    Storage,
    Switch,
    SwitchKind,
    Transformer,
)
from backend_core.grid.rules.points import point_id_of

SWITCH_SIZE = 16.0
SWITCH_DISTANCE = 26.0
SWITCH_STEP = 24.0
TRANSFORMER_SIZE = (32.0, 50.0)
SYMBOL_SIZES = {
    SymbolKind.GENERATOR: (40.0, 40.0),
    SymbolKind.EXTERNAL_GRID: (40.0, 40.0),
    SymbolKind.LOAD: (18.0, 16.0),
    SymbolKind.CAPACITOR: (24.0, 18.0),
    SymbolKind.REACTOR: (24.0, 24.0),
}
SMALL_UNIT_SIZE = (28.0, 28.0)
SOURCE_SYMBOLS = {
    SourceKind.SOLAR: SymbolKind.SOLAR,
    SourceKind.WIND: SymbolKind.WIND,
    SourceKind.CHP: SymbolKind.CHP,
    SourceKind.FUEL_CELL: SymbolKind.FUEL_CELL,
}

Piece = Conductor | Symbol | FlowArrow
SwitchesAt = Mapping[tuple[ElementId, Side], tuple[Switch, ...]]


def pieces_of(network: Network, arrangement: Arrangement) -> Iterator[Piece]:
    """Everything but texts, busbars first."""
    for bus_id, bar in arrangement.bars.items():
        points = (Spot(bar.left, bar.y), Spot(bar.right, bar.y))
        yield Conductor(f"bar {bus_id}", bus_id, ConductorRole.BUSBAR, points)
    switches_at = _switches_at(network)
    for branch in network.branches():
        yield from _branch_pieces(network, branch, arrangement.routes[branch.id], switches_at)
    for injection in network.injections():
        yield from _injection_pieces(injection, arrangement.hung[injection.id], switches_at)
    yield from _coupler_pieces(network, arrangement)


def _switches_at(network: Network) -> dict[tuple[ElementId, Side], tuple[Switch, ...]]:
    found: dict[tuple[ElementId, Side], tuple[Switch, ...]] = {}
    for switch in network.switches:
        if switch.side:
            at = (switch.element_id, switch.side)
            found[at] = (*found.get(at, ()), switch)
    return found


def _branch_pieces(network: Network, branch: Branch, route: Route, switches_at: SwitchesAt) -> Iterator[Piece]:
    first, second = branch.terminals
    total = length_of(route.points)
    near = _on_the_way(switches_at.get((branch.id, first.side), ()), SWITCH_DISTANCE, SWITCH_STEP)
    far = _on_the_way(switches_at.get((branch.id, second.side), ()), total - SWITCH_DISTANCE, -SWITCH_STEP)
    cuts = [(at, SWITCH_SIZE / 2) for at, _ in (*near, *far)]
    if route.symbol_at:
        cuts.append((distance_of(route.points, route.symbol_at), TRANSFORMER_SIZE[1] / 2))
        yield _transformer_symbol(branch.id, route)
    for at, switch in (*near, *far):
        yield _switch_symbol(switch, route.points, at)
    owners = (first.bus_id if near else branch.id, branch.id, second.bus_id if far else branch.id)
    yield from _cut_conductor(branch.id, owners, route.points, sorted(cuts), _role(branch, near, far))
    yield _flow_arrow(network, branch, route, near)


def _role(branch: Branch, *ends: Iterable[tuple[float, Switch]]) -> ConductorRole:
    is_tie = any(switch.normally_open for end in ends for _, switch in end)
    if isinstance(branch, Transformer):
        return ConductorRole.LEAD
    return ConductorRole.TIE if is_tie else ConductorRole.LINE


def _on_the_way(switches: tuple[Switch, ...], start: float, step: float) -> list[tuple[float, Switch]]:
    return [(start + index * step, switch) for index, switch in enumerate(switches)]


def _cut_conductor(
    key: str,
    owners: tuple[ElementId, ElementId, ElementId],
    points: tuple[Spot, ...],
    cuts: list[tuple[float, float]],
    role: ConductorRole,
) -> Iterator[Conductor]:
    """The stretches left between the cuts: the first owner's before the first cut, the last owner's after the last."""
    start = 0.0
    for index, (at, half) in enumerate([*cuts, (length_of(points), 0.0)]):
        if at - half > start:
            owner = owners[0] if index == 0 else owners[2] if index == len(cuts) else owners[1]
            kind = role if owner == owners[1] else ConductorRole.LEAD
            yield Conductor(f"{key} {index}", owner, kind, part_of(points, start, at - half))
        start = at + half


def _switch_symbol(switch: Switch, points: tuple[Spot, ...], at: float) -> Symbol:
    along = direction_at(points, at)
    rotation = 0 if along in (UP, DOWN) else 90
    kind = SymbolKind(switch.kind.value)
    return Symbol(f"switch {switch.id}", switch.id, kind, spot_at(points, at), SWITCH_SIZE, SWITCH_SIZE, rotation)


def _transformer_symbol(branch_id: ElementId, route: Route) -> Symbol:
    assert route.symbol_at is not None
    along = direction_at(route.points, distance_of(route.points, route.symbol_at))
    return Symbol(
        f"transformer {branch_id}",
        branch_id,
        SymbolKind.TRANSFORMER,
        route.symbol_at,
        *TRANSFORMER_SIZE,
        rotation_deg=(along - DOWN) % 360,
    )


def _flow_arrow(network: Network, branch: Branch, route: Route, near: list[tuple[float, Switch]]) -> FlowArrow:
    """Between first switch and symbol on a transformer, in the middle of the longest piece on a line."""
    if route.symbol_at:
        start = near[-1][0] + SWITCH_SIZE / 2 if near else 0.0
        at = (start + distance_of(route.points, route.symbol_at) - TRANSFORMER_SIZE[1] / 2) / 2
    else:
        at = _middle_of_longest(route.points)
    point = point_id_of(network, branch.id, PointKind.ACTIVE_POWER)
    spot, rotation = spot_at(route.points, at), direction_at(route.points, at)
    return FlowArrow(f"flow {branch.id}", branch.id, point, spot, rotation)


def _middle_of_longest(points: tuple[Spot, ...]) -> float:
    pieces = list(pairwise(points))
    lengths = [length_of(piece) for piece in pieces]
    longest = lengths.index(max(lengths))
    return sum(lengths[:longest]) + lengths[longest] / 2


def _injection_pieces(injection: Injection, hung: Hung, switches_at: SwitchesAt) -> Iterator[Piece]:
    kind = symbol_kind(injection)
    width, height = SYMBOL_SIZES.get(kind, SMALL_UNIT_SIZE)
    lead = (hung.foot, hung.centre)
    upwards = direction(*lead) == UP
    yield Symbol(f"symbol {injection.id}", injection.id, kind, hung.centre, width, height, 180 if upwards else 0)
    switches = _on_the_way(switches_at.get((injection.id, Side.BUS), ()), SWITCH_DISTANCE, SWITCH_STEP)
    for at, switch in switches:
        yield _switch_symbol(switch, lead, at)
    end = length_of(lead) - height / 2
    wire = part_of(lead, 0.0, end)
    cuts = [(at, SWITCH_SIZE / 2) for at, _ in switches]
    owners = (injection.bus_id if switches else injection.id, injection.id, injection.id)
    yield from _cut_conductor(injection.id, owners, wire, cuts, ConductorRole.LEAD)


def symbol_kind(injection: Injection) -> SymbolKind:
    match injection:
        case Generator():
            return SymbolKind.GENERATOR
        case ExternalGrid():
            return SymbolKind.EXTERNAL_GRID
        case Load():
            return SymbolKind.LOAD
        case Shunt():
            return SymbolKind.CAPACITOR if injection.supplied_reactive_power_mvar >= 0 else SymbolKind.REACTOR
        case DistributedSource():
            return SOURCE_SYMBOLS[injection.kind]
        case Storage():
            return SymbolKind.STORAGE


def _coupler_pieces(network: Network, arrangement: Arrangement) -> Iterator[Piece]:
    """Switches between buses, and earthing switches, as upright bays left of the bar's middle."""
    for index, switch in enumerate(switch for switch in network.switches if not switch.element_id):
        bar = arrangement.bars[switch.bus_id]
        start = Spot(bar.left + SWITCH_SIZE + index % 3 * SWITCH_STEP, bar.y)
        if switch.kind is SwitchKind.EARTHING:
            centre = Spot(start.x, bar.y + SWITCH_DISTANCE)
            yield Symbol(f"switch {switch.id}", switch.id, SymbolKind.EARTHING, centre, SWITCH_SIZE, SWITCH_SIZE)
            continue
        other = arrangement.bars[switch.other_bus_id]
        end = Spot(min(max(start.x, other.left), other.right), other.y)
        between = (start.y + end.y) / 2
        way = (start, end) if start.x == end.x else (start, Spot(start.x, between), Spot(end.x, between), end)
        at = length_of(way) / 2
        yield _switch_symbol(switch, way, at)
        owners = (switch.bus_id, switch.id, switch.other_bus_id)
        yield from _cut_conductor(switch.id, owners, way, [(at, SWITCH_SIZE / 2)], ConductorRole.LEAD)
