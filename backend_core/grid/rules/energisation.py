"""Where power reaches, judged from the positions of the switches; what is not known is not guessed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set

from backend_core.grid.model import ElementId, Energisation, Island, SupplyState
from backend_core.grid.rules.topology import Joint, Topology
from backend_core.kernel.positions import Position

NOTHING: frozenset[ElementId] = frozenset()


def energise(
    topology: Topology, positions: Mapping[ElementId, Position], stopped: Set[ElementId] = NOTHING
) -> Energisation:
    """A missing position is an unknown one; `stopped` names sources that are not running."""
    certain, undecided = _sorted_joints(topology, positions)
    surely = _joined(range(len(topology.part_ids)), certain)
    maybe = _joined(surely, undecided) if undecided else surely
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


def _joined(leaders: Iterable[int], joints: list[Joint]) -> list[int]:
    """The leader of each part once these joints conduct as well.

    Union-find, its steps written out: this loop runs over each of 20,000 switches at every click. The smaller number
    leads, so that a piece with a bus is led by a bus, and one upward pass at the end flattens all chains.
    """
    root = list(leaders)
    for joint in joints:
        one, other = joint.one, joint.other
        while root[one] != one:
            root[one] = one = root[root[one]]
        while root[other] != other:
            root[other] = other = root[root[other]]
        if one < other:
            root[other] = one
        else:
            root[one] = other
    for part, leader in enumerate(root):
        root[part] = root[leader]
    return root


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
    pieces = list(zip(surely, maybe, strict=True))
    state_of = {piece: _state(*piece, alive, perhaps, earthed) for piece in set(pieces)}
    states = {part_id: state_of[piece] for part_id, piece in zip(topology.part_ids, pieces, strict=True)}
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
    buses, loads, sources = (_by_leader(parts, surely) for parts in _parts(topology, stopped))
    size = Counter(surely)
    order = sorted(buses, key=lambda leader: (-size[leader], leader))
    number_of = {leader: number for number, leader in enumerate(order, start=1)}
    islands = tuple(
        _island(topology, number, buses[leader], loads.get(leader, ()), sources.get(leader, ()))
        for leader, number in number_of.items()
    )
    names = zip(topology.part_ids, surely, strict=True)
    return islands, {part_id: number_of[leader] for part_id, leader in names if leader in number_of}


def _parts(topology: Topology, stopped: Set[ElementId]) -> tuple[Iterable[int], Iterable[int], Iterable[int]]:
    running = [part for part in topology.source_parts if topology.part_ids[part] not in stopped]
    return range(topology.bus_count), topology.load_at, running


def _by_leader(parts: Iterable[int], leaders: list[int]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = {}
    for part in parts:
        members.setdefault(leaders[part], []).append(part)
    return members


def _island(
    topology: Topology, number: int, buses: Iterable[int], load_parts: Iterable[int], sources: Iterable[int]
) -> Island:
    names = topology.part_ids
    loads = [topology.load_at[part] for part in load_parts]
    return Island(
        number=number,
        source_ids=tuple(names[part] for part in sources),
        bus_ids=tuple(names[part] for part in buses),
        load_ids=tuple(load.id for load in loads),
        full_load_mw=sum(load.active_power_mw for load in loads),
        customers=sum(load.customers for load in loads),
    )
