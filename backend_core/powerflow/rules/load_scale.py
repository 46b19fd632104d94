"""How loads are scaled, and how much of them a network can carry at all."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from backend_core.kernel.workers import Progress
from backend_core.powerflow.model import Diagnosis, Outcome, PowerFlowCase, Reason, Solution

SHARE_STEPS = 7
"""Halvings of the search for the solvable share: 7 find it to within 1 %."""


def scaled(case: PowerFlowCase, share: float, at_buses: Collection[str] | None = None) -> PowerFlowCase:
    """The case with its loads, or those at the given buses, multiplied; generators keep their set-points."""
    return replace(
        case,
        loads=tuple(
            replace(load, active_mw=load.active_mw * share, reactive_mvar=load.reactive_mvar * share)
            if at_buses is None or load.bus in at_buses
            else load
            for load in case.loads
        ),
    )


def scaled_with_generation(case: PowerFlowCase, share: float) -> PowerFlowCase:
    """The case with loads and generation multiplied together, as when a whole region grows or shrinks."""
    lighter = scaled(case, share)
    return replace(lighter, generators=tuple(replace(g, active_mw=g.active_mw * share) for g in case.generators))


def explain(
    case: PowerFlowCase, refused: Diagnosis, solve: Callable[[PowerFlowCase], Outcome], progress: Progress | None = None
) -> Diagnosis:
    """Add to a divergence the largest share of load and generation that has a solution, and where it is weakest."""
    if refused.reason is not Reason.DIVERGED:
        return refused
    low, high = 0.0, 1.0
    weakest: str | None = None
    for step in range(SHARE_STEPS):
        share = (low + high) / 2.0
        if progress is not None:
            progress(0.2 + 0.8 * step / SHARE_STEPS, f"Trying {100.0 * share:.0f} % of the load")
        found = solve(scaled_with_generation(case, share))
        if isinstance(found, Solution):
            low = share
            weakest = found.lowest[0] if found.lowest else None
        else:
            high = share
    return replace(refused, solvable_share=low, weakest_bus=weakest)
