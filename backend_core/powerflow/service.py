"""Where the core asks for solutions: the live one from the engine, studies from workers that may be cancelled."""

from __future__ import annotations

from typing import cast

from backend_core.kernel.workers import Engine, Progress, WorkerPool
from backend_core.powerflow.model import CrossCheck, Diagnosis, Outcome, PowerFlowCase

WARM_UP = "backend_core.powerflow.pandapower_worker:warm_up"
_SOLVE = "backend_core.powerflow.pandapower_worker:solve"
_STUDY = "backend_core.powerflow.pandapower_worker:study"
_STUDY_MANY = "backend_core.powerflow.pandapower_worker:study_many"
_CROSS_CHECK = "backend_core.powerflow.pypower_worker:cross_check"


class PowerFlow:
    """Used by the simulation domain and by the gateway; cancelling a study's task kills its worker."""

    def __init__(self, engine: Engine, pool: WorkerPool) -> None:
        self._engine = engine
        self._pool = pool

    async def solve(self, case: PowerFlowCase, *, purpose: str = "power flow", timeout_s: float = 30.0) -> Outcome:
        """Solve in the engine; a newer case of the same purpose makes this one raise `Superseded`."""
        return cast(Outcome, await self._engine.ask(purpose, _SOLVE, case, timeout_s=timeout_s))

    async def study(self, case: PowerFlowCase, *, progress: Progress | None = None, timeout_s: float = 60.0) -> Outcome:
        """Solve a modified case beside the live one; without a solution, say how much load could be carried."""
        return cast(Outcome, await self._pool.run(_STUDY, case, timeout_s=timeout_s, progress=progress))

    async def study_many(
        self, cases: tuple[PowerFlowCase, ...], *, progress: Progress | None = None, timeout_s: float = 300.0
    ) -> tuple[Outcome, ...]:
        """Solve several cases in one worker, in their order."""
        found = await self._pool.run(_STUDY_MANY, cases, timeout_s=timeout_s, progress=progress)
        return cast(tuple[Outcome, ...], found)

    async def cross_check(self, case: PowerFlowCase, *, timeout_s: float = 60.0) -> CrossCheck | Diagnosis:
        """Let the second engine check the first."""
        return cast(CrossCheck | Diagnosis, await self._pool.run(_CROSS_CHECK, case, timeout_s=timeout_s))
