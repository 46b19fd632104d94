"""Names and values of a diagram: which stand together, and around what they look for room."""

from collections.abc import Iterator

from backend_core.grid.layout.arrangement import Arrangement
from backend_core.grid.layout.blocks import AlongBar, AlongWay, Beside, Block, CandidatesFor, Page, Piece
from backend_core.grid.layout.conductors import SMALL_UNIT_SIZE
from backend_core.grid.layout.conductors import Piece as Drawn
from backend_core.grid.layout.drawing import Box, Conductor, ConductorRole, Spot, Symbol, Text, TextRole, ValueSlot
from backend_core.grid.layout.polyline import boxes_around
from backend_core.grid.model import (
    Bus,
    Element,
    ElementId,
    ExternalGrid,
    Generator,
    Injection,
    Network,
    PointKind,
    Shunt,
    Storage,
    Transformer,
)
from backend_core.grid.rules.points import UNITS, decimals_for, full_scale, point_id_of

BAR_MARGIN = 4.0
WIRE_MARGIN = 2.5
SYMBOL_MARGIN = 2.0
NOWHERE = Spot(0.0, 0.0)


def labels_of(network: Network, arrangement: Arrangement, drawn: list[Drawn]) -> tuple[Piece, ...]:
    """Tightest first: what hangs in a row has the fewest places to go."""
    page = Page(_taken(drawn))
    placed = {placement.element_id for placement in network.placements}
    symbols = {piece.element_id: piece for piece in drawn if isinstance(piece, Symbol)}
    for injection in network.injections():
        around = _around_symbol(injection, symbols[injection.id], is_placed=injection.id in placed)
        page.place(_injection_block(network, injection), around)
    for bus in network.buses:
        bar = arrangement.bars[bus.id]
        page.place(_bus_title(network, bus), CandidatesFor(AlongBar(bar)))
        page.place(_bus_values(network, bus), CandidatesFor(AlongBar(bar, from_right=True)))
    for transformer in network.transformers:
        around = CandidatesFor(Beside(symbols[transformer.id].box), AlongWay(arrangement.routes[transformer.id].points))
        page.place(_transformer_block(network, transformer), around)
    for line in network.lines:
        page.place(_line_block(network, line.id), CandidatesFor(AlongWay(arrangement.routes[line.id].points)))
    return tuple(page.pieces)


def _taken(drawn: list[Drawn]) -> Iterator[Box]:
    for piece in drawn:
        if isinstance(piece, Conductor):
            margin = BAR_MARGIN if piece.role is ConductorRole.BUSBAR else WIRE_MARGIN
            yield from boxes_around(piece.points, margin)
        else:
            yield piece.box.grown(SYMBOL_MARGIN)


def _around_symbol(injection: Injection, symbol: Symbol, is_placed: bool) -> CandidatesFor:
    if isinstance(injection, Generator | ExternalGrid):
        return CandidatesFor(Beside(symbol.box))
    if is_placed:
        return CandidatesFor(Beside(symbol.box, "right below left"))
    # One box for all that hang in a row, so that their names stand on one line.
    x, y = symbol.centre
    half = max(SMALL_UNIT_SIZE) / 2
    return CandidatesFor(Beside(Box(x - half, y - half, x + half, y + half), "below right left"))


def _injection_block(network: Network, injection: Injection) -> Block:
    name = (_text(injection.id, short_name(network, injection.id), TextRole.LABEL),)
    reactive = (_slot(network, injection.id, PointKind.REACTIVE_POWER, TextRole.DETAIL),)
    if isinstance(injection, Shunt):
        return Block((name, reactive))
    large = full_scale(network, injection) >= 50
    active = (_slot(network, injection.id, PointKind.ACTIVE_POWER, TextRole.VALUE if large else TextRole.DETAIL),)
    short = Block((name, active))
    return Block((name, active, reactive), short) if large else short


def _bus_title(network: Network, bus: Bus) -> Block:
    name = _text(bus.id, short_name(network, bus.id), TextRole.TITLE)
    level = _text(bus.id, f"{bus.nominal_kv:g} kV", TextRole.DETAIL, "level")
    role = _text(bus.id, _role(network, bus), TextRole.DETAIL, "role")
    short = Block(((name, level),), Block(((name,),)))
    return Block(((name, level, role),), short) if role.text else short


def _role(network: Network, bus: Bus) -> str:
    machines = [machine for machine in network.generators if machine.bus_id == bus.id]
    if any(machine.is_slack for machine in machines) or any(grid.bus_id == bus.id for grid in network.external_grids):
        return "slack"
    return "PV" if machines else ""


def _bus_values(network: Network, bus: Bus) -> Block:
    voltage = _slot(network, bus.id, PointKind.VOLTAGE, TextRole.VALUE)
    angle = _slot(network, bus.id, PointKind.ANGLE, TextRole.DETAIL)
    return Block(((voltage, angle),), Block(((voltage,),)))


def _transformer_block(network: Network, transformer: Transformer) -> Block:
    name = _text(transformer.id, short_name(network, transformer.id), TextRole.TITLE)
    loading = _slot(network, transformer.id, PointKind.LOADING, TextRole.VALUE)
    power = _slot(network, transformer.id, PointKind.ACTIVE_POWER, TextRole.VALUE, shows_magnitude=True)
    temperature = _slot(network, transformer.id, PointKind.TEMPERATURE, TextRole.DETAIL)
    return Block(((name, loading), (power,), (temperature,)), Block(((name,), (loading,))))


def _line_block(network: Network, line_id: ElementId) -> Block:
    name = _text(line_id, short_name(network, line_id), TextRole.LABEL)
    power = _slot(network, line_id, PointKind.ACTIVE_POWER, TextRole.VALUE, shows_magnitude=True)
    loading = _slot(network, line_id, PointKind.LOADING, TextRole.VALUE)
    small = _slot(network, line_id, PointKind.LOADING, TextRole.DETAIL)
    stacked = Block(((name,), (power,), (loading,)), Block(((name,), (small,))))
    return Block(((name, power, loading),), stacked)


def short_name(network: Network, element_id: ElementId) -> str:
    """Id or name, whichever takes less room."""
    name = network.element(element_id).name
    return name if name and len(name) <= len(element_id) else element_id


def _text(element_id: ElementId, text: str, role: TextRole, part: str = "name") -> Text:
    return Text(f"{part} {element_id}", element_id, text, NOWHERE, role)


def _slot(
    network: Network, element_id: ElementId, kind: PointKind, role: TextRole, *, shows_magnitude: bool = False
) -> ValueSlot:
    element = network.element(element_id)
    decimals = decimals_for(element, kind, network)
    return ValueSlot(
        key=f"{kind.value} {element_id}",
        element_id=element_id,
        point_id=point_id_of(network, element_id, kind),
        anchor=NOWHERE,
        unit="" if kind is PointKind.ANGLE else UNITS[kind][0],
        digits=_digits(
            kind,
            full_scale(network, element),
            decimals,
            with_sign=not shows_magnitude and _may_be_negative(element, kind),
        ),
        decimals=decimals,
        role=role,
        shows_magnitude=shows_magnitude,
    )


def _may_be_negative(element: Element, kind: PointKind) -> bool:
    return kind is PointKind.REACTIVE_POWER or isinstance(element, Bus | Storage | ExternalGrid)


def _digits(kind: PointKind, scale: float, decimals: int, *, with_sign: bool) -> int:
    widest = {PointKind.VOLTAGE: 5, PointKind.ANGLE: 6, PointKind.LOADING: 5, PointKind.TEMPERATURE: 3}.get(kind)
    return widest or len(f"{scale:.{decimals}f}") + with_sign
