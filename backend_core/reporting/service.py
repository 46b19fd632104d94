"""Makes reports: collects frozen facts from the record, and has them set in a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import cast

from backend_core.grid.model import Network
from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import BadInput, CoreError
from backend_core.kernel.workers import Progress, WorkerFailed, WorkerPool
from backend_core.reporting.model import DailyReport
from backend_core.reporting.ports import DailyFactsStore

SET_DAILY = "backend_core.reporting.pdf_worker:set_daily"
SET_WITHIN_S = 120.0
_COLLECTING = 0.6


class ReportService:
    """Lives on the core thread; cancelling a report ends its reading and kills its worker."""

    def __init__(
        self,
        store: DailyFactsStore,
        pool: WorkerPool,
        network: Callable[[], Network],
        clock: Clock,
        *,
        desk: str = "",
        operator: str = "",
    ) -> None:
        self._store = store
        self._pool = pool
        self._network = network
        self._clock = clock
        self._desk = desk
        self._operator = operator

    async def daily(self, day: date, progress: Progress | None = None) -> DailyReport:
        """The report of a UTC day; of today it reaches up to now and says so."""
        made_at = self._clock.now()
        if day > made_at.date():
            raise BadInput(
                f"The day {day} has not begun.", f"Choose a day up to {made_at.date()} (days are counted in UTC)."
            )
        facts = await self._store.facts(day, made_at, _part(progress, 0.0, _COLLECTING))
        facts = replace(facts, desk=self._desk, operator=self._operator)
        setting = _part(progress, _COLLECTING, 1.0)
        try:
            found = await self._pool.run(SET_DAILY, facts, self._network(), timeout_s=SET_WITHIN_S, progress=setting)
        except WorkerFailed as failed:
            raise CoreError("The report could not be set.", f"{failed} Nothing was changed; try again.") from failed
        return cast(DailyReport, found)


def _part(progress: Progress | None, begin: float, end: float) -> Progress | None:
    if progress is None:
        return None
    told = progress
    return lambda share, text: told(begin + (end - begin) * share, text)
