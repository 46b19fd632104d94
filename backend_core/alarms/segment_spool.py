"""Steps and timers as the records of a spool, for as long as the database cannot take them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from backend_core.alarms.model import LeftBehind, Step, Timer
from backend_core.kernel.clock import to_us
from backend_core.storage.segments import Entry
from backend_core.storage.spool import Spool

_STEP, _TIMER = b"step", b"timer"
_AT_A_TIME = 1000
_step_from = msgspec.json.Decoder(Step).decode
_timer_from = msgspec.json.Decoder(Timer).decode


class SegmentStepSpool:
    """What alarms did while the database was away, in segment files."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._last = 0

    @property
    def is_open(self) -> bool:
        return self._spool.is_open

    async def keep(self, steps: Sequence[Step], timers: Sequence[Timer]) -> None:
        entries = [Entry(to_us(step.stimulus.at) * 1000, 0, _STEP, msgspec.json.encode(step)) for step in steps]
        entries += [Entry(0, 0, _TIMER, msgspec.json.encode(timer)) for timer in timers]
        if entries:
            self._last = await self._spool.keep(entries)

    async def left_behind(self) -> LeftBehind:
        steps: list[Step] = []
        timers: list[Timer] = []
        while records := await self._spool.read(_AT_A_TIME):
            self._last = max(self._last, records[-1].seq)
            steps += [_step_from(entry.payload) for _, entry in records if entry.topic == _STEP]
            timers += [_timer_from(entry.payload) for _, entry in records if entry.topic == _TIMER]
        return LeftBehind(tuple(steps), tuple(timers))

    async def clear(self) -> None:
        await self._spool.done_through(self._last)
