"""What the engine process and the study workers run: one pandapower solver that lives as long as its process."""

from __future__ import annotations

from functools import cache

from backend_core.kernel.workers import Progress
from backend_core.powerflow.model import (
    Branch,
    BranchKind,
    Bus,
    Diagnosis,
    Generator,
    Load,
    Outcome,
    PowerFlowCase,
)
from backend_core.powerflow.pandapower_solver import PandapowerSolver
from backend_core.powerflow.rules.load_scale import explain


@cache
def solver() -> PandapowerSolver:
    """The solver of this process."""
    return PandapowerSolver()


def warm_up() -> str:
    """Pay for imports and the first solution before anybody waits for one."""
    smallest = PowerFlowCase(
        buses=(Bus("A", 1.0), Bus("B", 1.0)),
        branches=(Branch("A-B", BranchKind.LINE, "A", "B", 0.0, 0.1),),
        generators=(Generator("G", "A", 0.0, voltage_pu=1.0, is_slack=True),),
        loads=(Load("L", "B", 1.0, 0.0),),
    )
    PandapowerSolver().solve(smallest)
    return solver().name


def solve(case: PowerFlowCase) -> Outcome:
    """One solution, for the live picture."""
    return solver().solve(case)


def study(case: PowerFlowCase, progress: Progress | None = None) -> Outcome:
    """One solution for a study; when there is none, the search for how much load could be carried."""
    if progress is not None:
        progress(0.1, "Solving the power flow")
    found = solver().solve(case)
    if isinstance(found, Diagnosis):
        found = explain(case, found, solver().solve, progress)
    if progress is not None:
        progress(1.0, "Done")
    return found


def study_many(cases: tuple[PowerFlowCase, ...], progress: Progress | None = None) -> tuple[Outcome, ...]:
    """Several cases one after the other: a time series, a list of outages."""
    found = []
    for number, case in enumerate(cases):
        if progress is not None:
            progress(number / len(cases), f"Case {number + 1} of {len(cases)}")
        found.append(solver().solve(case))
    return tuple(found)
