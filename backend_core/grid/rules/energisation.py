"""Where power reaches, judged from the positions of the switches; what is not known is not guessed."""

from collections.abc import Mapping, Set

from backend_core.grid.model import ElementId, Energisation, Island, Load, SupplyState
from backend_core.grid.rules.topology import Joint, Topology
from backend_core.kernel.positions import Position

NOTHING: frozenset[ElementId] = frozenset()


def energise(
    topology: Topology, positions: Mapping[ElementId, Position], stopped: Set[ElementId] = NOTHING
) -> Energisation:
    """A missing position is an unknown one; `stopped` names sources that are not running."""
    certain, undecided = _sorted_joints(topology, positions)
    root = list(range(len(topology.part_ids)))
    for joint in certain:
        _join(root, joint.one, joint.other)
    surely = [_find(root, part) for part in range(len(root))]
    for joint in undecided:
        _join(root, joint.one, joint.other)
    maybe = [_find(root, part) for part in range(len(root))] if undecided else surely
    states = _states(topology, surely, maybe, positions, stopped)
    islands, island_of = _islands(topology, surely, stopped)
    return Energisation(states, islands, island_of)


def _sorted_joints(topology: Topology, positions: Mapping[ElementId, Position]) -> tuple[list[Joint], list[Joint]]:
    """Joints that certainly conduct, and those that may; an open switch in series decides alone."""
    opened = {switch_id for switch_id, position in positions.items() if position is Position.OPEN}
    closed = {switch_id for switch_id, position in positions.items() if position is Position.CLOSED}
    certain, undecided = [], []
    for joint in topology.joints:
        if closed.issuperset(joint.switch_ids):
            certain.append(joint)
        elif opened.isdisjoint(joint.switch_ids):
            undecided.append(joint)
    return certain, undecided


def _find(root: list[int], part: int) -> int:
    while root[part] != part:
        root[part] = root[root[part]]
        part = root[part]
    return part


def _join(root: list[int], one: int, other: int) -> None:
    """The smaller number leads, so that a piece with a bus is always led by a bus."""
    a, b = _find(root, one), _find(root, other)
    if a != b:
        root[max(a, b)] = min(a, b)


def _states(
    topology: Topology,
    surely: list[int],
    maybe: list[int],
    positions: Mapping[ElementId, Position],
    stopped: Set[ElementId],
) -> dict[ElementId, SupplyState]:
    running = [part for part in topology.source_parts if topology.part_ids[part] not in stopped]
    alive = {surely[part] for part in running if surely[part] < topology.bus_count}
    perhaps = {maybe[part] for part in running if maybe[part] < topology.bus_count}
    earthed = {surely[bus] for bus, switch_id in topology.earthings if positions.get(switch_id) is Position.CLOSED}
    states = {
        part_id: _state(surely[part], maybe[part], alive, perhaps, earthed)
        for part, part_id in enumerate(topology.part_ids)
    }
    for switch_id, part in topology.beside_switch.items():
        states[switch_id] = states[topology.part_ids[part]]
    return states


def _state(sure: int, possible: int, alive: Set[int], perhaps: Set[int], earthed: Set[int]) -> SupplyState:
    if sure in alive:
        return SupplyState.ENERGISED
    if possible in perhaps:
        return SupplyState.PARTLY_KNOWN
    return SupplyState.EARTHED if sure in earthed else SupplyState.DEAD


def _islands(
    topology: Topology, surely: list[int], stopped: Set[ElementId]
) -> tuple[tuple[Island, ...], dict[ElementId, int]]:
    """The largest first, then by the order of the file, so that numbers stay put while nothing moves.

    A machine or load behind its open breaker is no island: a piece without a bus is not listed.
    """
    members: dict[int, list[int]] = {}
    for part, leader in enumerate(surely):
        if leader < topology.bus_count:
            members.setdefault(leader, []).append(part)
    pieces = sorted(members.values(), key=lambda parts: (-len(parts), parts[0]))
    islands = tuple(_island(topology, number, parts, stopped) for number, parts in enumerate(pieces, start=1))
    island_of = {topology.part_ids[part]: number for number, parts in enumerate(pieces, start=1) for part in parts}
    return islands, island_of


def _island(topology: Topology, number: int, parts: list[int], stopped: Set[ElementId]) -> Island:
    names = topology.part_ids
    sources = frozenset(topology.source_parts)
    loads = [
        element for element in (topology.network.element(names[part]) for part in parts) if isinstance(element, Load)
    ]
    return Island(
        number=number,
        source_ids=tuple(names[part] for part in parts if part in sources and names[part] not in stopped),
        bus_ids=tuple(names[part] for part in parts if part < topology.bus_count),
        load_ids=tuple(load.id for load in loads),
        full_load_mw=sum(load.active_power_mw for load in loads),
        customers=sum(load.customers for load in loads),
    )
