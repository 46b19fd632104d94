"""What a solved state means: limits broken, load without power, the figures that decide, values by point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend_core.grid.model import Branch, Bus, ElementId, Generator, Network, PointKind
from backend_core.grid.rules.points import point_id_of
from backend_core.kernel.identities import PointId
from backend_core.powerflow.model import BranchResult, BusResult, Injection, Outcome, Solution
from backend_core.simulation.model import StateSummary, Violation, ViolationKind

Loads = Mapping[ElementId, Injection]
_SPARE = 1e-6
_ORDER = tuple(ViolationKind)


def violations(
    network: Network, asked: Loads, after: Solution, before: Outcome, asked_before: Loads
) -> tuple[Violation, ...]:
    """Every limit the changed state breaks, the new ones first, each beside its value in the start."""
    old: dict[tuple[ViolationKind, ElementId], Violation] = {}
    values: dict[tuple[str, ElementId], float] = {}
    if isinstance(before, Solution):
        old = {(v.kind, v.element): v for v in _broken(network, asked_before, before)}
        values = _values_of(before)
    found = [
        replace(
            broken,
            before=values.get((broken.unit, broken.element)),
            was_broken=(broken.kind, broken.element) in old,
        )
        for broken in _broken(network, asked, after)
    ]
    return tuple(sorted(found, key=_urgency))


def summary(network: Network, asked: Loads, solution: Solution) -> StateSummary:
    """The figures of a solved state."""
    loadings = [(r.loading_percent, name) for name, r in solution.branches.items() if r.loading_percent is not None]
    unserved = [load for load in network.loads if load.id not in solution.loads]
    return StateSummary(
        load_mw=solution.load_mw,
        generation_mw=solution.generation_mw,
        losses_mw=solution.losses_mw,
        lowest=solution.lowest,
        heaviest=(max(loadings)[1], max(loadings)[0]) if loadings else None,
        unserved_mw=sum(asked[load.id].active_mw for load in unserved),
        unserved_customers=sum(load.customers for load in unserved),
    )


def values_by_point(network: Network, solution: Solution) -> dict[PointId, float]:
    """The solved values under the ids of the points that measure them; what is dark reads zero."""
    found: dict[PointId, float] = {}
    for bus in network.buses:
        found |= _points(network, bus.id, _bus_values(solution.buses.get(bus.id)))
    for branch in network.branches():
        found |= _points(network, branch.id, _branch_values(solution.branches.get(branch.id)))
    fed_or_drawn = {**solution.generators, **solution.loads, **solution.shunts}
    for element in network.injections():
        power = fed_or_drawn.get(element.id, Injection(0.0, 0.0))
        quantities = {PointKind.ACTIVE_POWER: power.active_mw, PointKind.REACTIVE_POWER: power.reactive_mvar}
        found |= _points(network, element.id, quantities)
    return found


def dead_elements(network: Network, solution: Solution) -> frozenset[ElementId]:
    """What carries no voltage in the solved state."""
    buses = {bus for bus, result in solution.buses.items() if not result.energised}
    living = {*solution.generators, *solution.loads, *solution.shunts}
    dead = set(buses)
    dead |= {branch.id for branch in network.branches() if branch.id not in solution.branches}
    dead |= {element.id for element in network.injections() if element.id not in living}
    return frozenset(dead)


def _broken(network: Network, asked: Loads, solution: Solution) -> Iterator[Violation]:
    for bus in network.buses:
        yield from _voltage(bus, solution.buses.get(bus.id))
    for branch in network.branches():
        yield from _loading(branch, solution.branches.get(branch.id))
    for machine in network.generators:
        yield from _capability(machine, solution.generators.get(machine.id))
    for load in network.loads:
        if load.id not in solution.loads:
            lost_mw = asked[load.id].active_mw
            yield Violation(
                ViolationKind.DEAD_LOAD, load.id, lost_mw, 0.0, "MW", is_severe=True, customers=load.customers
            )


def _voltage(bus: Bus, result: BusResult | None) -> Iterator[Violation]:
    if result is None or not result.energised:
        return
    pu = result.voltage_pu
    if pu < bus.low_voltage_pu - _SPARE:
        severe = pu < bus.low_low_voltage_pu
        yield Violation(ViolationKind.VOLTAGE_LOW, bus.id, pu, bus.low_voltage_pu, "pu", is_severe=severe)
    elif pu > bus.high_voltage_pu + _SPARE:
        severe = pu > bus.high_high_voltage_pu
        yield Violation(ViolationKind.VOLTAGE_HIGH, bus.id, pu, bus.high_voltage_pu, "pu", is_severe=severe)


def _loading(branch: Branch, result: BranchResult | None) -> Iterator[Violation]:
    percent = result.loading_percent if result is not None else None
    if percent is not None and percent > branch.high_loading_percent:
        severe = percent > branch.high_high_loading_percent
        limit = branch.high_high_loading_percent if severe else branch.high_loading_percent
        yield Violation(ViolationKind.OVERLOAD, branch.id, percent, limit, "%", is_severe=severe)


def _capability(machine: Generator, fed: Injection | None) -> Iterator[Violation]:
    if fed is None:
        return
    if fed.active_mw > machine.max_active_power_mw + _SPARE:
        limit_mw = machine.max_active_power_mw
        yield Violation(ViolationKind.GENERATION_HIGH, machine.id, fed.active_mw, limit_mw, "MW", is_severe=True)
    highest, lowest = machine.max_reactive_power_mvar, machine.min_reactive_power_mvar
    if highest is not None and fed.reactive_mvar > highest:
        yield Violation(ViolationKind.REACTIVE_LIMIT, machine.id, fed.reactive_mvar, highest, "Mvar")
    if lowest is not None and fed.reactive_mvar < lowest:
        yield Violation(ViolationKind.REACTIVE_LIMIT, machine.id, fed.reactive_mvar, lowest, "Mvar")


def _values_of(solution: Solution) -> dict[tuple[str, ElementId], float]:
    """What a state had at every element, by the unit of a violation."""
    found: dict[tuple[str, ElementId], float] = {}
    found |= {("pu", name): bus.voltage_pu for name, bus in solution.buses.items() if bus.energised}
    loadings = ((name, branch.loading_percent) for name, branch in solution.branches.items())
    found |= {("%", name): percent for name, percent in loadings if percent is not None}
    found |= {("MW", name): fed.active_mw for name, fed in {**solution.generators, **solution.loads}.items()}
    found |= {("Mvar", name): fed.reactive_mvar for name, fed in solution.generators.items()}
    return found


def _urgency(violation: Violation) -> tuple[bool, bool, int, ElementId]:
    return violation.was_broken, not violation.is_severe, _ORDER.index(violation.kind), violation.element


def _bus_values(result: BusResult | None) -> dict[PointKind, float]:
    if result is None:
        return {}
    return {
        PointKind.VOLTAGE: result.voltage_pu,
        PointKind.ANGLE: result.angle_deg,
        PointKind.ACTIVE_POWER: result.active_mw,
        PointKind.REACTIVE_POWER: result.reactive_mvar,
    }


def _branch_values(result: BranchResult | None) -> dict[PointKind, float]:
    if result is None:
        return dict.fromkeys(
            (PointKind.ACTIVE_POWER, PointKind.REACTIVE_POWER, PointKind.CURRENT, PointKind.LOADING), 0.0
        )
    found = {
        PointKind.ACTIVE_POWER: result.from_active_mw,
        PointKind.REACTIVE_POWER: result.from_reactive_mvar,
        PointKind.CURRENT: 1000.0 * result.from_ka,
    }
    return found if result.loading_percent is None else found | {PointKind.LOADING: result.loading_percent}


def _points(network: Network, element_id: ElementId, values: Mapping[PointKind, float]) -> dict[PointId, float]:
    return {point_id_of(network, element_id, kind): value for kind, value in values.items()}
