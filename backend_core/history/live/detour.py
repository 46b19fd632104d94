"""Batches that the database could not take: kept on this computer's disk, brought to it in order when it is back."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice

from backend_core.history.model import Injected, Kept, Spooled, Writing
from backend_core.history.ports import MessageSpool
from backend_core.history.rules.patience import PATIENCE_S
from backend_core.kernel.clock import Clock, from_us
from backend_core.kernel.errors import NoRoom
from backend_core.kernel.identities import DeviceId, split_point
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import DeviceKind, Heard, Judged, Reading

Write = Callable[[Writing], Awaitable[None]]
JudgeAgain = Callable[[Sequence[Heard]], Judged]

MESSAGES_A_COMMIT = 2000
WORTH_TELLING_S = 5.0
MESSAGES_A_TURN = 200
"""How many are judged before the loop's other tasks, which bring live values, have their turn."""


class Detour:
    """From the first batch that goes to the disk until the last is stored, all go that way: their order is kept."""

    def __init__(
        self, spool: MessageSpool, judge_again: JudgeAgain, clock: Clock, kinds: Mapping[DeviceId, DeviceKind]
    ) -> None:
        self._spool = spool
        self._judge_again = judge_again
        self._clock = clock
        self._kinds = kinds
        self._something_waits = asyncio.Event()
        self._nothing_waits = asyncio.Event()
        self._flows = False
        self._under_way: Kept | None = None
        self._began_us: int | None = None
        self._refusal = ""
        self._notes: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether there is a disk to wait on."""
        return self._spool.is_open

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return self._spool.state.messages == 0

    @property
    def state(self) -> Spooled:
        """What waits, and why no more can, if so."""
        held = self._spool.state
        return Spooled(held.messages, held.bytes, held.oldest_us, self._refusal)

    async def keep(self, batches: Sequence[BatchJudged]) -> bool:
        """Return true when the disk has every message of these batches; false when it takes no more."""
        pieces: list[Heard | Injected] = []
        for batch in batches:
            pieces += batch.heard
            if batch.readings and not batch.heard:
                kind = self._kinds.get(_device_of(batch.readings), DeviceKind.ELEMENT)
                pieces.append(Injected(kind, batch.readings))
        try:
            await self._spool.keep(pieces)
        except NoRoom as full:
            if full.what != self._refusal:
                self._notes.append(
                    f"{full.what} Nothing more is acknowledged; the broker holds what comes. {full.remedy}"
                )
            self._refusal = full.what
            return False
        self._refusal = ""
        if self._began_us is None:
            self._began_us = self._clock.now_us()
        self._nothing_waits.clear()
        self._something_waits.set()
        return True

    async def ends(self) -> bool:
        """Whether nothing waits, now or within a moment: without that wait the last would never be caught up with."""
        if self.is_empty:
            return True
        if not self._flows or self._spool.state.messages > MESSAGES_A_COMMIT:
            return False
        loop = asyncio.get_running_loop()
        end = loop.create_task(self._nothing_waits.wait(), name="the detour ends")
        patience = loop.create_task(self._clock.sleep(PATIENCE_S), name="patience")
        try:
            await asyncio.wait((end, patience), return_when=asyncio.FIRST_COMPLETED)
        finally:
            end.cancel()
            patience.cancel()
        self._flows = self.is_empty
        return self.is_empty

    async def drain(self, write: Write) -> None:
        """Bring everything to the record, oldest first, for ever; `write` returns when it stands there."""
        self._something_waits.set()
        while True:
            await self._something_waits.wait()
            self._something_waits.clear()
            await self._empty(write)

    def forget_refusal(self) -> None:
        """The database itself takes what comes."""
        self._refusal = ""

    def take_notes(self) -> list[str]:
        """What the event log should tell of, since the last call."""
        taken, self._notes = self._notes, []
        return taken

    async def _empty(self, write: Write) -> None:
        stored = 0
        while (kept := self._under_way or await self._spool.next(MESSAGES_A_COMMIT)) is not None:
            # Held until it is stored: the spool gives each run once, and this task may be begun anew.
            self._under_way = kept
            await write(await self._judged(kept))
            await self._spool.let_go(kept.number)
            self._under_way = None
            self._flows = True
            stored += len(kept.pieces)
        self._nothing_waits.set()
        if stored:
            self._tell_end(stored)

    def _tell_end(self, stored: int) -> None:
        now_us, began_us = self._clock.now_us(), self._began_us
        self._began_us = None
        if began_us is None or now_us - began_us > WORTH_TELLING_S * 1_000_000:
            since = f" since {from_us(began_us):%H:%M:%S} UTC" if began_us is not None else " since an earlier run"
            note = f"{stored:,} messages that had waited on this computer{since} are stored now."
            self._notes.append(note)

    async def _judged(self, kept: Kept) -> Writing:
        whole, kinds = Judged(), dict[DeviceId, DeviceKind]()
        for piece in kept.pieces:
            if isinstance(piece, Injected):
                whole.readings += piece.readings
                kinds |= {_device_of(piece.readings): piece.kind}
        heard = iter([piece for piece in kept.pieces if isinstance(piece, Heard)])
        while some := list(islice(heard, MESSAGES_A_TURN)):
            judged = self._judge_again(some)
            whole.readings += judged.readings
            whole.rejections += judged.rejections
            whole.discoveries += judged.discoveries
            await asyncio.sleep(0)
        known = ChainMap(kinds, dict(self._kinds)) if kinds else self._kinds
        return Writing(whole.readings, whole.rejections, whole.discoveries, known, self._clock.now())


def _device_of(readings: Sequence[Reading]) -> DeviceId:
    """The one device that injected readings are of."""
    return split_point(readings[0].point)[0]
