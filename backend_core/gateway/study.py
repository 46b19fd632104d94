"""What a console may ask of studies: what would happen if."""

from __future__ import annotations

from typing import Protocol

from backend_core.kernel.workers import Progress
from backend_core.simulation.model import StudyRequest, StudyResult, StudyStart


class Studies(Protocol):
    """The simulation domain's service."""

    async def start_from_live(self) -> StudyStart: ...

    async def run(self, request: StudyRequest, progress: Progress | None = None) -> StudyResult: ...


class StudyDesk:
    """What-if studies; cancelling the asking task ends the work."""

    def __init__(self, studies: Studies) -> None:
        self._studies = studies

    async def start_from_live(self) -> StudyStart:
        """The live state as a beginning: positions, loads, and how far they may be trusted."""
        return await self._studies.start_from_live()

    async def run(self, request: StudyRequest, progress: Progress | None = None) -> StudyResult:
        """Solve a changed state beside the live one; `progress` is called on the core thread."""
        return await self._studies.run(request, progress)
