"""Which parts of a network touch, through which switches: worked out once, so that colouring is only counting."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend_core.grid.model import ElementId, Load, Network, Side, Switch, SwitchKind
from backend_core.kernel.positions import Position


@dataclass(frozen=True, slots=True)
class Joint:
    """Two parts that touch while every one of these switches is closed; none means they always do."""

    one: int
    other: int
    switch_ids: tuple[ElementId, ...]


@dataclass(frozen=True, slots=True)
class Topology:
    """Buses, branches and injections as numbered parts (buses first), and the joints between them."""

    network: Network
    part_ids: tuple[ElementId, ...]
    number_of: Mapping[ElementId, int]
    bus_count: int
    joints: tuple[Joint, ...]
    source_parts: tuple[int, ...]
    load_at: Mapping[int, Load]
    earthings: tuple[tuple[int, ElementId], ...]
    beside_switch: Mapping[ElementId, int]


def topology_of(network: Network) -> Topology:
    part_ids = tuple(element.id for element in (*network.buses, *network.branches(), *network.injections()))
    number_of = {part_id: number for number, part_id in enumerate(part_ids)}
    machines = [machine.id for machine in network.generators]
    neighbours = [neighbour.id for neighbour in network.external_grids]
    return Topology(
        network=network,
        part_ids=part_ids,
        number_of=number_of,
        bus_count=len(network.buses),
        joints=(*_terminal_joints(network, number_of), *_coupler_joints(network, number_of)),
        source_parts=tuple(number_of[source_id] for source_id in machines + neighbours),
        load_at={number_of[load.id]: load for load in network.loads},
        earthings=tuple(
            (number_of[switch.bus_id], switch.id) for switch in network.switches if switch.kind is SwitchKind.EARTHING
        ),
        beside_switch=_parts_beside_switches(network, number_of),
    )


def normal_positions(network: Network) -> dict[ElementId, Position]:
    """Every switch as the file says it usually stands."""
    return {switch.id: Position.OPEN if switch.normally_open else Position.CLOSED for switch in network.switches}


def _terminal_joints(network: Network, number_of: Mapping[ElementId, int]) -> list[Joint]:
    in_series: dict[tuple[ElementId, Side], list[ElementId]] = {}
    for switch in network.switches:
        if switch.element_id and switch.side:
            in_series.setdefault((switch.element_id, switch.side), []).append(switch.id)
    return [
        Joint(
            number_of[terminal.element_id],
            number_of[terminal.bus_id],
            tuple(in_series.get((terminal.element_id, terminal.side), ())),
        )
        for terminal in network.terminals()
    ]


def _coupler_joints(network: Network, number_of: Mapping[ElementId, int]) -> list[Joint]:
    return [
        Joint(number_of[switch.bus_id], number_of[switch.other_bus_id], (switch.id,))
        for switch in network.switches
        if switch.other_bus_id
    ]


def _parts_beside_switches(network: Network, number_of: Mapping[ElementId, int]) -> dict[ElementId, int]:
    bus_at = {(terminal.element_id, terminal.side): terminal.bus_id for terminal in network.terminals()}
    return {switch.id: number_of[_bus_beside(switch, bus_at)] for switch in network.switches}


def _bus_beside(switch: Switch, bus_at: Mapping[tuple[ElementId, Side], ElementId]) -> ElementId:
    return switch.bus_id if not switch.side else bus_at[(switch.element_id, switch.side)]
