"""The engine cross-check: the same case by pandapower and by PYPOWER, side by side in one worker."""

from __future__ import annotations

from backend_core.powerflow.model import CrossCheck, Diagnosis, PowerFlowCase
from backend_core.powerflow.pandapower_solver import PandapowerSolver
from backend_core.powerflow.pypower_solver import PypowerSolver
from backend_core.powerflow.rules.agreement import compare


def cross_check(case: PowerFlowCase) -> CrossCheck | Diagnosis:
    """How far the engines agree, or the diagnosis of the first that found no solution."""
    first = PandapowerSolver().solve(case)
    if isinstance(first, Diagnosis):
        return first
    second = PypowerSolver().solve(case)
    return second if isinstance(second, Diagnosis) else compare(first, second)
