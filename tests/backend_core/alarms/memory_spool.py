"""A disk for alarm steps that is only memory, and may be full."""

from __future__ import annotations

from collections.abc import Sequence

from backend_core.alarms.model import LeftBehind, Step, Timer
from backend_core.kernel.errors import NoRoom


class MemoryStepSpool:
    """Outlives the services that use it, as a disk does."""

    is_open = True
    is_full = False

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.timers: list[Timer] = []

    async def keep(self, steps: Sequence[Step], timers: Sequence[Timer]) -> None:
        if self.is_full:
            raise NoRoom("The disk is full.")
        self.steps += steps
        self.timers += timers

    async def left_behind(self) -> LeftBehind:
        return LeftBehind(tuple(self.steps), tuple(self.timers))

    async def clear(self) -> None:
        self.steps.clear()
        self.timers.clear()
