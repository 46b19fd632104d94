"""What a grid loses when it cannot go on as asked: dead islands, shed load, voltage collapse, black."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from backend_core.powerflow.model import Diagnosis, Island, Outcome, PowerFlowCase, Solution
from backend_core.powerflow.rules.islands import islands_of, part_of
from backend_core.virtual_grid.model import Incident, IncidentKind, Survival

SHED_STEP = 0.05
Solve = Callable[[PowerFlowCase], Outcome]


def survive(case: PowerFlowCase, solve: Solve) -> Survival:
    """Solve the case, giving up load in steps where it must be; the normal path costs one solution."""
    islands = islands_of(case)
    kept, incidents = _fit_to_capacity(case, islands)
    lighter = with_kept(case, kept)
    found = solve(lighter)
    if isinstance(found, Solution):
        return Survival(found, kept, frozenset(), incidents)
    return _after_collapse(lighter, [island for island in islands if not island.is_dead], solve, kept, incidents)


def with_kept(case: PowerFlowCase, kept: Mapping[str, float]) -> PowerFlowCase:
    """The case in which loads draw only the share that is kept."""
    if not kept:
        return case
    return replace(
        case,
        loads=tuple(
            replace(load, active_mw=load.active_mw * kept[load.id], reactive_mvar=load.reactive_mvar * kept[load.id])
            if load.id in kept
            else load
            for load in case.loads
        ),
    )


def _fit_to_capacity(case: PowerFlowCase, islands: Iterable[Island]) -> tuple[dict[str, float], tuple[Incident, ...]]:
    """Dead islands are named; a living one sheds until its machines can carry what is left."""
    kept: dict[str, float] = {}
    incidents = []
    for island in islands:
        if island.is_dead:
            if island.load_mw > 0.0:
                incidents.append(Incident(IncidentKind.DEAD_ISLAND, island.buses, island.load_mw))
        elif island.load_mw > island.capacity_mw:
            share = math.floor(island.capacity_mw / island.load_mw / SHED_STEP) * SHED_STEP
            kept.update({load.id: share for load in case.loads if load.bus in island.buses})
            lost_mw = island.load_mw * (1.0 - share)
            incidents.append(Incident(IncidentKind.SHORT_OF_CAPACITY, island.buses, lost_mw))
    return kept, tuple(incidents)


def _after_collapse(
    case: PowerFlowCase, living: list[Island], solve: Solve, kept: dict[str, float], incidents: tuple[Incident, ...]
) -> Survival:
    """Find for each living island by itself what it can carry; one that can carry nothing goes black."""
    black: set[str] = set()
    for island in living:
        part = part_of(case, island)
        shed = _shed_until_solved(part, solve)
        if shed is None:
            black.update(g.id for g in part.generators)
            incidents += (Incident(IncidentKind.BLACK, island.buses, part.load_mw),)
        elif shed:
            lost_mw = part.load_mw - with_kept(part, shed).load_mw
            buses = tuple(sorted({load.bus for load in part.loads if load.id in shed}))
            incidents += (Incident(IncidentKind.VOLTAGE_COLLAPSE, buses, lost_mw),)
            kept.update({load: kept.get(load, 1.0) * share for load, share in shed.items()})
            case = with_kept(case, shed)
    dark = replace(case, generators=tuple(g for g in case.generators if g.id not in black))
    found = solve(dark)
    return Survival(found if isinstance(found, Solution) else None, kept, frozenset(black), incidents)


def _shed_until_solved(part: PowerFlowCase, solve: Solve) -> dict[str, float] | None:
    """The shares that must be given up at the lowest bus, step by step; none when there is nothing left to give."""
    kept: dict[str, float] = {}
    found = solve(part)
    while isinstance(found, Diagnosis):
        bus = _lowest_with_load(with_kept(part, kept), found)
        if bus is None:
            return None
        for load in part.loads:
            if load.bus == bus:
                kept[load.id] = max(0.0, kept.get(load.id, 1.0) - SHED_STEP)
        found = solve(with_kept(part, kept))
    return kept


def _lowest_with_load(part: PowerFlowCase, refused: Diagnosis) -> str | None:
    """The bus that is lowest in the last attempt and still has load to give, else the one with most load."""
    load_mw: dict[str, float] = {}
    for load in part.loads:
        load_mw[load.bus] = load_mw.get(load.bus, 0.0) + max(0.0, load.active_mw)
    giving = {bus: mw for bus, mw in load_mw.items() if mw > 1e-6}
    for bus in refused.lowest_buses:
        if bus in giving:
            return bus
    return max(giving, key=lambda bus: giving[bus], default=None)
