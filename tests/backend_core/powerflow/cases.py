"""Cases with known answers, built here or taken from the case functions that PYPOWER and pandapower carry."""

from __future__ import annotations

import math
import warnings
from typing import Any

from backend_core.powerflow.model import (
    BASE_MVA,
    Branch,
    BranchKind,
    Bus,
    Diagnosis,
    Generator,
    Load,
    Outcome,
    PowerFlowCase,
    Reason,
    Shunt,
)
from backend_core.powerflow.rules.flows import Voltages, judge
from backend_core.powerflow.rules.islands import islands_of, living_part


def two_bus(load_mw: float = 100.0, load_mvar: float = 40.0, reactance_pu: float = 0.1) -> PowerFlowCase:
    """An infeed, a lossless line, a load: everything about it has a closed form."""
    return PowerFlowCase(
        buses=(Bus("A", 110.0), Bus("B", 110.0)),
        branches=(Branch("A-B", BranchKind.LINE, "A", "B", 0.0, reactance_pu, rating_mva=150.0),),
        generators=(Generator("G", "A", 0.0, voltage_pu=1.0, capacity_mw=500.0, is_slack=True),),
        loads=(Load("L", "B", load_mw, load_mvar),),
    )


def glover5(*, capacitor: bool = False) -> PowerFlowCase:
    """The five-bus example of Glover, Sarma and Overbye."""
    line, transformer = BranchKind.LINE, BranchKind.TRANSFORMER
    return PowerFlowCase(
        buses=(Bus("1", 15.0), Bus("2", 345.0), Bus("3", 15.0), Bus("4", 345.0), Bus("5", 345.0)),
        branches=(
            Branch("2-4", line, "2", "4", 0.009, 0.100, 1.72, rating_mva=1200.0),
            Branch("2-5", line, "2", "5", 0.0045, 0.05, 0.88, rating_mva=1200.0),
            Branch("4-5", line, "4", "5", 0.00225, 0.025, 0.44, rating_mva=1200.0),
            Branch("T1", transformer, "5", "1", 0.0015, 0.02, rating_mva=400.0),
            Branch("T2", transformer, "4", "3", 0.00075, 0.01, rating_mva=800.0),
        ),
        generators=(
            Generator("G1", "1", 0.0, voltage_pu=1.0, capacity_mw=400.0, is_slack=True),
            Generator("G3", "3", 520.0, voltage_pu=1.05, capacity_mw=1000.0),
        ),
        loads=(Load("L2", "2", 800.0, 280.0), Load("L3", "3", 80.0, 40.0)),
        shunts=(Shunt("C2", "2", 200.0),) if capacitor else (),
    )


def from_matrices(matrices: dict[str, Any]) -> PowerFlowCase:
    """A MATPOWER-style case; a base voltage of zero becomes 1 kV, machines out of service are dropped."""
    kinds = {int(row[0]): int(row[1]) for row in matrices["bus"]}
    return PowerFlowCase(
        buses=tuple(Bus(str(int(row[0])), row[9] or 1.0) for row in matrices["bus"]),
        branches=tuple(
            Branch(
                f"{n}",
                BranchKind.TRANSFORMER if row[8] else BranchKind.LINE,
                str(int(row[0])),
                str(int(row[1])),
                *map(float, row[2:5]),
                ratio=float(row[8] or 1.0),
                shift_deg=float(row[9]),
            )
            for n, row in enumerate(matrices["branch"])
            if row[10]
        ),
        generators=tuple(
            Generator(
                f"G{n}",
                str(int(row[0])),
                row[1],
                voltage_pu=row[5],
                capacity_mw=row[8],
                is_slack=kinds[int(row[0])] == 3,
            )
            for n, row in enumerate(matrices["gen"])
            if row[7] > 0
        ),
        loads=tuple(Load(f"L{int(row[0])}", str(int(row[0])), row[2], row[3]) for row in matrices["bus"]),
        shunts=tuple(
            Shunt(f"S{int(row[0])}", str(int(row[0])), row[5], row[4]) for row in matrices["bus"] if row[4] or row[5]
        ),
    )


def ieee(name: str) -> PowerFlowCase:
    """One of the public test cases by its usual name."""
    module = __import__(f"pypower.{name}", fromlist=[name])
    matrices = getattr(module, name)()
    # PYPOWER counts some of its cases from 0; the published numbering begins with 1.
    shift = 1 - int(matrices["bus"][:, 0].min())
    matrices["bus"][:, 0] += shift
    matrices["gen"][:, 0] += shift
    matrices["branch"][:, :2] += shift
    return from_matrices(matrices)


def baran_wu_33() -> PowerFlowCase:
    """The 33-bus feeder with its five ties open; buses are counted from 1."""
    from pandapower import networks

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = networks.case33bw()
    base_ohm = float(net.bus.vn_kv.iloc[0]) ** 2 / BASE_MVA
    closed = net.line[net.line.in_service]
    return PowerFlowCase(
        buses=tuple(Bus(str(n + 1), float(kv)) for n, kv in net.bus.vn_kv.items()),
        branches=tuple(
            Branch(
                str(n),
                BranchKind.LINE,
                str(row.from_bus + 1),
                str(row.to_bus + 1),
                row.r_ohm_per_km * row.length_km / base_ohm,
                row.x_ohm_per_km * row.length_km / base_ohm,
            )
            for n, row in closed.iterrows()
        ),
        generators=(Generator("infeed", "1", 0.0, voltage_pu=1.0, capacity_mw=10.0, is_slack=True),),
        loads=tuple(Load(f"L{n}", str(row.bus + 1), row.p_mw, row.q_mvar) for n, row in net.load.iterrows()),
    )


class TwoBusSolver:
    """The stand-in engine: the closed form of one line without resistance, one infeed and one load."""

    name = "closed form"

    def solve(self, case: PowerFlowCase) -> Outcome:
        islands = islands_of(case)
        living = living_part(case, islands)
        if not living.buses:
            return Diagnosis(self.name, Reason.NOTHING_ENERGISED)
        slack = next(g for g in living.generators if g.is_slack)
        held = slack.voltage_pu or 1.0
        voltages = {slack.bus: complex(held)}
        converged = True
        for branch in living.branches:
            far = branch.to_bus if branch.from_bus == slack.bus else branch.from_bus
            p = sum(load.active_mw for load in living.loads if load.bus == far) / BASE_MVA
            q = sum(load.reactive_mvar for load in living.loads if load.bus == far) / BASE_MVA
            voltages[far], converged = _far_end(held, p, q, branch.reactance_pu)
        return judge(case, living, islands, Voltages(voltages, converged), self.name)


def _far_end(held: float, p: float, q: float, x: float) -> tuple[complex, bool]:
    """The high-voltage root of V^4 + (2qx - E^2) V^2 + x^2 (p^2 + q^2) = 0."""
    middle = held**2 - 2.0 * q * x
    inside = middle**2 - 4.0 * x**2 * (p**2 + q**2)
    square = (middle + math.sqrt(max(0.0, inside))) / 2.0
    size = math.sqrt(max(1e-9, square))
    angle = -math.asin(max(-1.0, min(1.0, p * x / (held * size))))
    return complex(size * math.cos(angle), size * math.sin(angle)), inside >= 0.0
