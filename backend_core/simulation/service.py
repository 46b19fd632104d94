"""Studies beside the live grid: starts taken from it, cases solved in a worker, results that say what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backend_core.grid.model import Network
from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import BadInput, CoreError
from backend_core.kernel.identities import PointId
from backend_core.kernel.workers import Progress, WorkerFailed
from backend_core.powerflow.model import Diagnosis, Outcome, PowerFlowCase, Solution
from backend_core.powerflow.service import PowerFlow
from backend_core.simulation.model import StudyRequest, StudyResult, StudyStart
from backend_core.simulation.rules.case import case_after, case_before, scaled_loads
from backend_core.simulation.rules.start import start_of
from backend_core.simulation.rules.verdict import dead_elements, summary, values_by_point, violations
from backend_core.telemetry.model import LiveValue

_START_SHARE = 0.3


class StudyService:
    """Lives on the core thread and changes nothing of the live grid; cancelling a run kills its worker."""

    def __init__(
        self,
        powerflow: PowerFlow,
        network: Callable[[], Network],
        values: Callable[[], Mapping[PointId, LiveValue]],
        clock: Clock,
    ) -> None:
        self._powerflow = powerflow
        self._network = network
        self._values = values
        self._clock = clock
        self._solved_start: tuple[StudyStart, Outcome] | None = None

    async def start_from_live(self) -> StudyStart:
        """The live state as a beginning."""
        return start_of(self._network(), self._values(), self._clock.monotonic(), self._clock.now())

    async def run(self, request: StudyRequest, progress: Progress | None = None) -> StudyResult:
        """Solve the start and the changed state; without a solution, say how much load could be carried."""
        network = self._network()
        _check(network, request)
        started_s = self._clock.monotonic()
        before = await self._solve_start(network, request.start, _part(progress, 0.0, _START_SHARE))
        case = case_after(network, request)
        after = await self._solve(case, _part(progress, _START_SHARE, 1.0))
        return _result(network, request, (before, after), case, self._clock.monotonic() - started_s)

    async def _solve_start(self, network: Network, start: StudyStart, progress: Progress | None) -> Outcome:
        """One start serves many studies: it is solved once."""
        if self._solved_start is not None and self._solved_start[0] == start:
            return self._solved_start[1]
        outcome = await self._solve(case_before(network, start), progress)
        self._solved_start = (start, outcome)
        return outcome

    async def _solve(self, case: PowerFlowCase, progress: Progress | None) -> Outcome:
        try:
            return await self._powerflow.study(case, progress=progress)
        except WorkerFailed as failed:
            raise CoreError(
                "The study could not be calculated.", f"{failed} The live grid is not touched; run it again."
            ) from failed


def _result(
    network: Network, request: StudyRequest, outcomes: tuple[Outcome, Outcome], case: PowerFlowCase, took_s: float
) -> StudyResult:
    before, after = outcomes
    asked_before, asked = request.start.loads, scaled_loads(request)
    solved = after if isinstance(after, Solution) else None
    return StudyResult(
        request=request,
        before=before,
        after=after,
        summary_before=summary(network, asked_before, before) if isinstance(before, Solution) else None,
        summary_after=summary(network, asked, solved) if solved else None,
        violations=violations(network, asked, solved, before, asked_before) if solved else (),
        values=values_by_point(network, solved) if solved else {},
        dead=dead_elements(network, solved) if solved else frozenset(),
        carried_mw=_carried_mw(case, after),
        solved_in_s=took_s,
        values_before=values_by_point(network, before) if isinstance(before, Solution) else {},
    )


def _carried_mw(case: PowerFlowCase, outcome: Outcome) -> float | None:
    share = outcome.solvable_share if isinstance(outcome, Diagnosis) else None
    return None if share is None else share * case.load_mw


def _check(network: Network, request: StudyRequest) -> None:
    if request.start.network != network.name:
        raise BadInput(
            "The network in charge is another one than the study's.", "Start again from the live state of this network."
        )
    named = (*request.positions, *request.tripped, *request.load_scales)
    strangers = [element for element in named if not network.has(element)]
    if strangers:
        raise BadInput(f"'{strangers[0]}' is not in the network {network.title}.", "Remove that step and run again.")


def _part(progress: Progress | None, begin: float, end: float) -> Progress | None:
    """The progress of one piece of the work as that of the whole."""
    if progress is None:
        return None
    told = progress

    def tell(share: float, text: str) -> None:
        told(begin + (end - begin) * share, text if share < 1.0 or end >= 1.0 else "The start is solved")

    return tell
