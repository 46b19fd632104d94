"""The second opinion: PYPOWER's own Newton-Raphson on its own matrices, island by island, from a DC start."""

from __future__ import annotations

import warnings
from collections import defaultdict
from typing import Any

import numpy as np
from pypower.ppoption import ppoption
from pypower.rundcpf import rundcpf
from pypower.runpf import runpf

from backend_core.powerflow.model import BASE_MVA, Diagnosis, Island, Outcome, PowerFlowCase, Reason
from backend_core.powerflow.rules.flows import Voltages, judge
from backend_core.powerflow.rules.islands import islands_of, living_part, part_of

_OPTIONS = ppoption(VERBOSE=0, OUT_ALL=0, PF_TOL=1e-10, PF_MAX_IT=20)
_VM, _VA = 7, 8
_PQ, _PV, _REF = 1, 2, 3


class PypowerSolver:
    """The engine that checks the first; it builds the case anew each time and shares nothing with pandapower."""

    name = "PYPOWER"

    def solve(self, case: PowerFlowCase) -> Outcome:
        """Solve each living island by itself."""
        islands = islands_of(case)
        living = living_part(case, islands)
        if not living.buses:
            return Diagnosis(self.name, Reason.NOTHING_ENERGISED)
        with warnings.catch_warnings():
            # PYPOWER still uses numpy's matrix class, and divides by zero on its way to saying that it diverged.
            warnings.simplefilter("ignore")
            parts = [_solve_island(part_of(case, island), island) for island in islands if not island.is_dead]
        by_bus = {bus: voltage for part in parts for bus, voltage in part.by_bus.items()}
        found = Voltages(by_bus, all(p.converged for p in parts), max(p.iterations for p in parts))
        return judge(case, living, islands, found, self.name)


def _solve_island(part: PowerFlowCase, island: Island) -> Voltages:
    if len(part.buses) == 1:
        slack = next(g for g in part.generators if g.id == island.slack)
        return Voltages({slack.bus: complex(slack.voltage_pu or 1.0)}, converged=True)
    matrices = _matrices(part)
    flat, _ = rundcpf(matrices, _OPTIONS)
    matrices["bus"][:, _VA] = flat["bus"][:, _VA]
    answer, success = runpf(matrices, _OPTIONS)
    table = answer["bus"]
    voltage = table[:, _VM] * np.exp(1j * np.deg2rad(table[:, _VA]))
    by_bus = {bus.id: complex(v) for bus, v in zip(part.buses, voltage, strict=True)}
    return Voltages(by_bus, bool(success), int(answer.get("iterations", 0)))


def _matrices(part: PowerFlowCase) -> dict[str, Any]:
    number = {bus.id: n + 1 for n, bus in enumerate(part.buses)}
    return {
        "version": "2",
        "baseMVA": BASE_MVA,
        "bus": _bus_table(part, number),
        "gen": _generator_table(part, number),
        "branch": np.array(
            [
                [
                    number[b.from_bus],
                    number[b.to_bus],
                    b.resistance_pu,
                    b.reactance_pu,
                    b.charging_pu,
                    *(0.0, 0.0, 0.0),
                    b.ratio,
                    b.shift_deg,
                    *(1.0, -360.0, 360.0),
                ]
                for b in part.branches
            ]
        ),
    }


def _bus_table(part: PowerFlowCase, number: dict[str, int]) -> Any:
    drawn: defaultdict[str, complex] = defaultdict(complex)
    shunt: defaultdict[str, complex] = defaultdict(complex)
    kind = dict.fromkeys(number, _PQ)
    for load in part.loads:
        drawn[load.bus] += complex(load.active_mw, load.reactive_mvar)
    for g in part.generators:
        if g.voltage_pu is None:
            drawn[g.bus] -= complex(g.active_mw, g.reactive_mvar)
        else:
            kind[g.bus] = max(kind[g.bus], _REF if g.is_slack else _PV)
    for s in part.shunts:
        shunt[s.bus] += complex(s.drawn_mw, s.supplied_mvar)
    return np.array(
        [
            [
                number[bus.id],
                kind[bus.id],
                drawn[bus.id].real,
                drawn[bus.id].imag,
                shunt[bus.id].real,
                shunt[bus.id].imag,
                *(1.0, 1.0, 0.0),
                bus.nominal_kv,
                *(1.0, 2.0, 0.0),
            ]
            for bus in part.buses
        ]
    )


def _generator_table(part: PowerFlowCase, number: dict[str, int]) -> Any:
    """Machines that hold a voltage, all at one bus with the set-point of the first there; the slack leads its bus."""
    machines = sorted((g for g in part.generators if g.voltage_pu is not None), key=lambda g: not g.is_slack)
    setpoint_pu: dict[str, float | None] = {}
    for g in machines:
        setpoint_pu.setdefault(g.bus, g.voltage_pu)
    return np.array(
        [
            [number[g.bus], g.active_mw, 0.0, 9999.0, -9999.0, setpoint_pu[g.bus], BASE_MVA, 1.0, 9999.0, -9999.0]
            + [0.0] * 11
            for g in machines
        ]
    )
