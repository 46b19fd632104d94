"""Following the wires: the way to the source, and what goes dark with a switch."""

from collections import deque
from collections.abc import Mapping, Set

from backend_core.grid.model import ElementId, SupplyState
from backend_core.grid.rules.energisation import NOTHING, energise
from backend_core.grid.rules.topology import Topology
from backend_core.kernel.positions import Position


def path_to_source(
    topology: Topology,
    positions: Mapping[ElementId, Position],
    element_id: ElementId,
    stopped: Set[ElementId] = NOTHING,
) -> tuple[ElementId, ...]:
    """The shortest certain way from an element to a running source, switches included; empty when there is none."""
    start = topology.number_of.get(element_id, topology.beside_switch.get(element_id))
    if start is None:
        return ()
    goals = {part for part in topology.source_parts if topology.part_ids[part] not in stopped}
    neighbours = _neighbours(topology, positions)
    came_from: dict[int, tuple[int, tuple[ElementId, ...]]] = {start: (start, ())}
    waiting = deque([start])
    while waiting:
        part = waiting.popleft()
        if part in goals:
            return _walk_back(topology, came_from, part)
        for other, switch_ids in neighbours.get(part, ()):
            if other not in came_from:
                came_from[other] = (part, switch_ids)
                waiting.append(other)
    return ()


def goes_dark_with(
    topology: Topology,
    positions: Mapping[ElementId, Position],
    switch_id: ElementId,
    stopped: Set[ElementId] = NOTHING,
) -> tuple[ElementId, ...]:
    """What is energised now and would not be with this switch open."""
    before = energise(topology, positions, stopped)
    after = energise(topology, {**positions, switch_id: Position.OPEN}, stopped)
    return tuple(
        part_id
        for part_id in topology.part_ids
        if before.states[part_id] is SupplyState.ENERGISED and after.states[part_id] is not SupplyState.ENERGISED
    )


def _neighbours(
    topology: Topology, positions: Mapping[ElementId, Position]
) -> dict[int, list[tuple[int, tuple[ElementId, ...]]]]:
    neighbours: dict[int, list[tuple[int, tuple[ElementId, ...]]]] = {}
    for joint in topology.joints:
        if all(positions.get(switch_id) is Position.CLOSED for switch_id in joint.switch_ids):
            neighbours.setdefault(joint.one, []).append((joint.other, joint.switch_ids))
            neighbours.setdefault(joint.other, []).append((joint.one, joint.switch_ids))
    return neighbours


def _walk_back(
    topology: Topology, came_from: Mapping[int, tuple[int, tuple[ElementId, ...]]], goal: int
) -> tuple[ElementId, ...]:
    way: list[ElementId] = [topology.part_ids[goal]]
    part = goal
    while (step := came_from[part])[0] != part:
        part, switch_ids = step
        way += [*switch_ids, topology.part_ids[part]]
    return tuple(reversed(way))
