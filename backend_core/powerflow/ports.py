"""What the domain needs from outside: an engine that finds the voltages of a case."""

from __future__ import annotations

from typing import Protocol

from backend_core.powerflow.model import Outcome, PowerFlowCase


class PowerFlowSolver(Protocol):
    """Solves one case; lives in a worker process, where it may keep what it learnt from the last case."""

    @property
    def name(self) -> str:
        """The engine's name, as shown to operators."""
        ...

    def solve(self, case: PowerFlowCase) -> Outcome:
        """The solution, or a diagnosis of why there is none; never an exception for a lawful case."""
        ...
