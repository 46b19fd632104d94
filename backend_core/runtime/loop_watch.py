"""How late the core's loop is, measured by a task that only sleeps."""

from __future__ import annotations

from backend_core.kernel.clock import Clock

STEP_S = 0.05


class LoopWatch:
    """The worst lateness since it was last asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._worst_ms = 0.0

    async def run(self) -> None:
        """Measure for ever."""
        while True:
            before = self._clock.monotonic()
            await self._clock.sleep(STEP_S)
            late_ms = (self._clock.monotonic() - before - STEP_S) * 1000.0
            self._worst_ms = max(self._worst_ms, late_ms)

    def take_worst_ms(self) -> float:
        """The worst lateness in milliseconds; the next measure begins anew."""
        worst, self._worst_ms = self._worst_ms, 0.0
        return worst
