"""What follows from the voltages of a case: flows, losses, loadings, and whether Kirchhoff agrees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backend_core.powerflow.model import (
    BASE_MVA,
    BranchResult,
    BusResult,
    Diagnosis,
    Generator,
    Injection,
    Island,
    Outcome,
    PowerFlowCase,
    Reason,
    Solution,
)

Complex = NDArray[np.complex128]
LARGEST_MISMATCH_MVA = 1e-3
"""A solution whose buses are out of balance by more is not believed, whatever the engine says."""


@dataclass(frozen=True, slots=True)
class Voltages:
    """What an engine hands back: complex voltages by bus, and whether it thinks it converged."""

    by_bus: Mapping[str, complex]
    converged: bool
    iterations: int = 0


@dataclass(frozen=True, slots=True)
class BranchFlows:
    """Complex powers in MVA and currents in kA into both ends of every branch, in the order of the case."""

    into_from: Complex
    into_to: Complex
    from_ka: NDArray[np.float64]
    to_ka: NDArray[np.float64]


def branch_flows(case: PowerFlowCase, voltage: Mapping[str, complex]) -> BranchFlows:
    """Flows of the pi circuits, ideal transformer at the from end."""
    branches = case.branches
    v_from = np.array([voltage[b.from_bus] for b in branches], dtype=complex)
    v_to = np.array([voltage[b.to_bus] for b in branches], dtype=complex)
    series = 1.0 / np.array([complex(b.resistance_pu, b.reactance_pu) for b in branches], dtype=complex)
    shunt = np.array([0.5j * b.charging_pu for b in branches], dtype=complex)
    tap = np.array([b.ratio * np.exp(1j * np.deg2rad(b.shift_deg)) for b in branches], dtype=complex)
    i_from = (series + shunt) / (np.abs(tap) ** 2) * v_from - series / np.conj(tap) * v_to
    i_to = (series + shunt) * v_to - series / tap * v_from
    nominal_kv = {bus.id: bus.nominal_kv for bus in case.buses}
    from_base = np.array([BASE_MVA / (np.sqrt(3.0) * nominal_kv[b.from_bus]) for b in branches])
    to_base = np.array([BASE_MVA / (np.sqrt(3.0) * nominal_kv[b.to_bus]) for b in branches])
    return BranchFlows(
        v_from * np.conj(i_from) * BASE_MVA,
        v_to * np.conj(i_to) * BASE_MVA,
        np.abs(i_from) * from_base,
        np.abs(i_to) * to_base,
    )


def judge(
    case: PowerFlowCase, living: PowerFlowCase, islands: tuple[Island, ...], found: Voltages, engine: str
) -> Outcome:
    """The full solution when the voltages satisfy Kirchhoff, else what is wrong and where."""
    flows = branch_flows(living, found.by_bus)
    injection = _injections(living, flows, found.by_bus)
    worst_bus, worst_mva = _worst_mismatch(living, injection)
    if not found.converged or not worst_mva <= LARGEST_MISMATCH_MVA:
        reason = Reason.WRONG_ANSWER if found.converged else Reason.DIVERGED
        lowest = tuple(sorted(injection, key=lambda bus: abs(found.by_bus[bus])))
        return Diagnosis(engine, reason, worst_bus, worst_mva, found.iterations, lowest)
    return Solution(
        engine=engine,
        buses=_bus_results(case, found.by_bus, injection),
        branches=_branch_results(living, flows),
        generators=share_among_generators(living, injection),
        loads={load.id: Injection(load.active_mw, load.reactive_mvar) for load in living.loads},
        islands=islands,
        largest_mismatch_mva=worst_mva,
        iterations=found.iterations,
        shunts=_shunt_results(living, found.by_bus),
    )


def share_among_generators(living: PowerFlowCase, injection: Mapping[str, complex]) -> dict[str, Injection]:
    """What each generator feeds: the slack takes the active rest, reactive power is shared by capacity."""
    drawn = _drawn_by_loads(living)
    at_bus: defaultdict[str, list[Generator]] = defaultdict(list)
    for generator in living.generators:
        at_bus[generator.bus].append(generator)
    shares: dict[str, Injection] = {}
    for bus, generators in at_bus.items():
        fed = injection[bus] + drawn[bus]
        holding = [g for g in generators if g.voltage_pu is not None]
        fixed = [g for g in generators if g.voltage_pu is None]
        rest_mvar = fed.imag - sum(g.reactive_mvar for g in fixed)
        rest_mw = fed.real - sum(g.active_mw for g in generators if not g.is_slack)
        capacity = sum(g.capacity_mw for g in holding)
        shares.update({g.id: Injection(g.active_mw, g.reactive_mvar) for g in fixed})
        for g in holding:
            part = g.capacity_mw / capacity if capacity > 0.0 else 1.0 / len(holding)
            shares[g.id] = Injection(rest_mw if g.is_slack else g.active_mw, rest_mvar * part)
    return shares


def _drawn_by_loads(living: PowerFlowCase) -> defaultdict[str, complex]:
    drawn: defaultdict[str, complex] = defaultdict(complex)
    for load in living.loads:
        drawn[load.bus] += complex(load.active_mw, load.reactive_mvar)
    return drawn


def _shunt_results(living: PowerFlowCase, voltage: Mapping[str, complex]) -> dict[str, Injection]:
    results = {}
    for shunt in living.shunts:
        square = abs(voltage[shunt.bus]) ** 2
        results[shunt.id] = Injection(-shunt.drawn_mw * square, shunt.supplied_mvar * square)
    return results


def _injections(living: PowerFlowCase, flows: BranchFlows, voltage: Mapping[str, complex]) -> dict[str, complex]:
    """What generators less loads bring to each bus: what leaves through branches less what shunts supply."""
    injection: dict[str, complex] = dict.fromkeys((bus.id for bus in living.buses), 0j)
    for branch, into_from, into_to in zip(living.branches, flows.into_from, flows.into_to, strict=True):
        injection[branch.from_bus] += complex(into_from)
        injection[branch.to_bus] += complex(into_to)
    supplied = _shunt_results(living, voltage)
    for shunt in living.shunts:
        fed = supplied[shunt.id]
        injection[shunt.bus] -= complex(fed.active_mw, fed.reactive_mvar)
    return injection


def _worst_mismatch(living: PowerFlowCase, injection: Mapping[str, complex]) -> tuple[str, float]:
    """The bus furthest from its scheduled power; the slack's powers and a PV bus's reactive power are free."""
    scheduled: defaultdict[str, complex] = defaultdict(complex)
    for loaded, drawn in _drawn_by_loads(living).items():
        scheduled[loaded] -= drawn
    for g in living.generators:
        scheduled[g.bus] += complex(g.active_mw, g.reactive_mvar)
    slack = {g.bus for g in living.generators if g.is_slack}
    held = {g.bus for g in living.generators if g.voltage_pu is not None}
    worst = ("", -1.0)
    for bus in living.buses:
        gap = scheduled[bus.id] - injection[bus.id]
        size = 0.0 if bus.id in slack else abs(gap.real) if bus.id in held else abs(gap)
        if not size <= worst[1]:
            worst = (bus.id, size)
    return worst


def _bus_results(
    case: PowerFlowCase, voltage: Mapping[str, complex], injection: Mapping[str, complex]
) -> dict[str, BusResult]:
    dark = BusResult(0.0, 0.0, 0.0, 0.0, energised=False)
    results = {
        bus.id: BusResult(
            abs(voltage[bus.id]),
            float(np.angle(voltage[bus.id], deg=True)),
            injection[bus.id].real,
            injection[bus.id].imag,
        )
        if bus.id in injection
        else dark
        for bus in case.buses
    }
    for joined, stands_for_both in case.joined:
        results[joined] = replace(results[stands_for_both], active_mw=0.0, reactive_mvar=0.0)
    return results


def _branch_results(living: PowerFlowCase, flows: BranchFlows) -> dict[str, BranchResult]:
    nominal_kv = {bus.id: bus.nominal_kv for bus in living.buses}
    results = {}
    for n, branch in enumerate(living.branches):
        largest_mva = np.sqrt(3.0) * max(
            flows.from_ka[n] * nominal_kv[branch.from_bus], flows.to_ka[n] * nominal_kv[branch.to_bus]
        )
        results[branch.id] = BranchResult(
            float(flows.into_from[n].real),
            float(flows.into_from[n].imag),
            float(flows.into_to[n].real),
            float(flows.into_to[n].imag),
            float(flows.from_ka[n]),
            float(flows.to_ka[n]),
            float(100.0 * largest_mva / branch.rating_mva) if branch.rating_mva > 0.0 else None,
        )
    return results
