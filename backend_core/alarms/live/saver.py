"""Brings every step to the database, in order, or to the disk while that is away; tells who waits when that is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from backend_core.alarms.live.ledger import Ledger
from backend_core.alarms.live.watchboard import Watchboard
from backend_core.alarms.model import Alarm, LeftBehind, Level, Step, Timer
from backend_core.alarms.ports import AlarmStore, StepSpool
from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import DependencyAway, Fenced, NoRoom, NotLeading
from backend_core.kernel.identities import PointId

PAUSE_S = 0.5
PATIENCE_S = 2.0
"""How long a batch of readings waits for the alarms that it raised before the disk takes them."""


class Saver:
    """Saves what the ledger and the watchboard gather; `on_news` hears of alarms that another console had changed."""

    def __init__(self, store: AlarmStore, ledger: Ledger, board: Watchboard, clock: Clock) -> None:
        self._store = store
        self._ledger = ledger
        self._board = board
        self._clock = clock
        self._spool: StepSpool | None = None
        self._one_at_a_time = asyncio.Lock()
        self._work = asyncio.Event()
        self._nothing_unsaved = asyncio.Event()
        self._nothing_unsaved.set()
        self._on_their_way: Sequence[Timer] = ()
        self._timers_on_disk: dict[tuple[PointId, Level], Timer] = {}
        self._is_on_disk = False
        self._left: LeftBehind | None = None
        self.is_away = False
        """Whether the database did not take the last steps in time."""
        self.on_news: Callable[[Alarm], None] = lambda alarm: None
        self.on_fenced: Callable[[], None] = lambda: None

    def use(self, spool: StepSpool) -> None:
        """Keep steps there while the database is away."""
        self._spool = spool

    def wake(self) -> None:
        """There may be something to save."""
        if self._ledger.unsaved or self._board.has_timers:
            self._nothing_unsaved.clear()
            self._work.set()

    def drop(self) -> None:
        """Another core leads: what is not saved here is the other's to find."""
        self._ledger.take()
        self._ledger.take_news()
        self._board.take_timers()
        self._nothing_unsaved.set()

    @property
    def is_settled(self) -> bool:
        """Whether every step so far stands in the database."""
        return self._nothing_unsaved.is_set()

    async def settled(self) -> None:
        """Wait until every step so far stands in the database or, while that is away, on this computer's disk."""
        if self._spool is None or not self._spool.is_open:
            await self._nothing_unsaved.wait()
            return
        self._ledger.keeps_news = True
        if not self.is_settled and not self.is_away:
            await self._wait_patiently()
        while not self.is_settled and not await self._put_by(self._spool):
            await self._clock.sleep(PAUSE_S)

    async def run(self) -> None:
        """Save whatever has changed, for ever."""
        self.wake()
        while True:
            await self._work.wait()
            self._work.clear()
            try:
                await self.save()
            except DependencyAway:
                self.is_away = True
                await self._clock.sleep(PAUSE_S)
                self._work.set()

    async def save(self) -> None:
        """Save all that has gathered."""
        async with self._one_at_a_time:
            while self._ledger.unsaved or self._board.has_timers:
                await self._save_taken()
            self._ledger.take_news()
            self._nothing_unsaved.set()
            self.is_away = False
            await self._clear_disk()

    @asynccontextmanager
    async def alone(self) -> AsyncGenerator[LeftBehind, None]:
        """Nothing is saved meanwhile; what an earlier run left on the disk is given, and stays there until saved."""
        async with self._one_at_a_time:
            if self._left is None and self._spool is not None and self._spool.is_open:
                self._left = await self._spool.left_behind()
                self._is_on_disk = True
            yield self._left or LeftBehind()
            self._left = LeftBehind()
        self.wake()

    async def save_wish(self, step: Step) -> Alarm | None:
        """Save what a person wants; the alarm as it then is, or nothing when it had moved meanwhile."""
        async with self._one_at_a_time:
            if self._ledger.get(step.before.id) != step.before:
                return None
            elsewhere = await self._store.save([step], (), as_leader=False)
            for stored in elsewhere:
                self._take_over(stored)
            if elsewhere:
                return None
            self._ledger.rebase(step.after)
        self.wake()
        return self._ledger.get(step.after.id)

    async def _save_taken(self) -> None:
        steps, timers = self._ledger.take(), self._board.take_timers()
        self._on_their_way = timers
        try:
            elsewhere = await self._store.save(steps, timers, as_leader=True)
        except (Fenced, NotLeading):
            self.on_fenced()
            return
        except BaseException:
            self._ledger.put_back(steps)
            self._board.put_back(timers)
            raise
        finally:
            self._on_their_way = ()
        moved = {alarm.id for alarm in elsewhere}
        self._ledger.put_back([step for step in steps if step.after.id in moved])
        for stored in elsewhere:
            self._take_over(stored)

    def _take_over(self, stored: Alarm) -> None:
        if news := self._ledger.rebase(stored):
            self.on_news(news)

    async def _wait_patiently(self) -> None:
        loop = asyncio.get_running_loop()
        done = loop.create_task(self._nothing_unsaved.wait(), name="alarms saved")
        patience = loop.create_task(self._clock.sleep(PATIENCE_S), name="patience")
        try:
            await asyncio.wait((done, patience), return_when=asyncio.FIRST_COMPLETED)
        finally:
            done.cancel()
            patience.cancel()

    async def _put_by(self, spool: StepSpool) -> bool:
        """Bring to the disk what is neither there nor in the database; false when it takes no more."""
        self.is_away = True
        steps = self._ledger.take_news()
        waiting = {(timer.point, timer.level): timer for timer in (*self._on_their_way, *self._board.timers)}
        timers = {key: timer for key, timer in waiting.items() if self._timers_on_disk.get(key) != timer}
        if not steps and not timers:
            return True
        try:
            await spool.keep(steps, tuple(timers.values()))
        except NoRoom:
            self._ledger.put_back_news(steps)
            return False
        self._timers_on_disk |= timers
        self._is_on_disk = True
        if self.is_settled:
            await self._clear_disk()
        return True

    async def _clear_disk(self) -> None:
        if self._is_on_disk and self._spool is not None:
            self._is_on_disk = False
            self._timers_on_disk.clear()
            await self._spool.clear()
