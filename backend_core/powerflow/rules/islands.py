"""Which buses hang together, which of these islands live, and who holds the angle in each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from backend_core.powerflow.model import Branch, Bus, Generator, Island, PowerFlowCase


def groups(buses: Iterable[str], joints: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The buses in connected groups, each in the order given, the groups by their first bus."""
    root = {bus: bus for bus in buses}

    def find(bus: str) -> str:
        while root[bus] != bus:
            root[bus] = root[root[bus]]
            bus = root[bus]
        return bus

    for one, other in joints:
        root[find(other)] = find(one)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for bus in root:
        members[find(bus)].append(bus)
    return list(members.values())


def islands_of(case: PowerFlowCase) -> tuple[Island, ...]:
    """Every island of the case with its slack, its load and the capacity of its generators."""
    joined = groups((b.id for b in case.buses), ((b.from_bus, b.to_bus) for b in case.branches))
    island_of = {bus: number for number, members in enumerate(joined) for bus in members}
    load_mw = [0.0] * len(joined)
    generators: list[list[Generator]] = [[] for _ in joined]
    for load in case.loads:
        load_mw[island_of[load.bus]] += load.active_mw
    for generator in case.generators:
        generators[island_of[generator.bus]].append(generator)
    return tuple(
        Island(tuple(members), elect_slack(generators[n]), load_mw[n], sum(g.capacity_mw for g in generators[n]))
        for n, members in enumerate(joined)
    )


def elect_slack(generators: Iterable[Generator]) -> str | None:
    """The appointed slack, else the largest that can hold a voltage; ties go to the first name."""
    able = [g for g in generators if g.voltage_pu is not None]
    if not able:
        return None
    return min(able, key=lambda g: (not g.is_slack, -g.capacity_mw, g.id)).id


def living_part(case: PowerFlowCase, islands: tuple[Island, ...]) -> PowerFlowCase:
    """The case without its dead islands, and with exactly one appointed slack in each living one."""
    living = {bus for island in islands if not island.is_dead for bus in island.buses}
    slacks = {island.slack for island in islands}
    return replace(
        case,
        buses=tuple(bus for bus in case.buses if bus.id in living),
        branches=tuple(branch for branch in case.branches if branch.from_bus in living),
        generators=tuple(replace(g, is_slack=g.id in slacks) for g in case.generators if g.bus in living),
        loads=tuple(load for load in case.loads if load.bus in living),
        shunts=tuple(shunt for shunt in case.shunts if shunt.bus in living),
    )


def part_of(case: PowerFlowCase, island: Island) -> PowerFlowCase:
    """One island as a case of its own."""
    inside = set(island.buses)
    return replace(
        case,
        buses=tuple(bus for bus in case.buses if bus.id in inside),
        branches=tuple(branch for branch in case.branches if branch.from_bus in inside),
        generators=tuple(replace(g, is_slack=g.id == island.slack) for g in case.generators if g.bus in inside),
        loads=tuple(load for load in case.loads if load.bus in inside),
        shunts=tuple(shunt for shunt in case.shunts if shunt.bus in inside),
    )


def buses_named(case: PowerFlowCase) -> dict[str, Bus]:
    """The buses by their ids."""
    return {bus.id: bus for bus in case.buses}


def branches_at(case: PowerFlowCase, bus: str) -> list[Branch]:
    """The branches that end at a bus."""
    return [branch for branch in case.branches if bus in (branch.from_bus, branch.to_bus)]
