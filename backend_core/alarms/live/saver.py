"""Brings every step to the database, in order, and tells who waits for it when that is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from backend_core.alarms.live.ledger import Ledger
from backend_core.alarms.live.watchboard import Watchboard
from backend_core.alarms.model import Alarm, Step
from backend_core.alarms.ports import AlarmStore
from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import DependencyAway, Fenced, NotLeading

PAUSE_S = 0.5


class Saver:
    """Saves what the ledger and the watchboard gather; `on_news` hears of alarms that another console had changed."""

    def __init__(self, store: AlarmStore, ledger: Ledger, board: Watchboard, clock: Clock) -> None:
        self._store = store
        self._ledger = ledger
        self._board = board
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._work = asyncio.Event()
        self._nothing_unsaved = asyncio.Event()
        self._nothing_unsaved.set()
        self.on_news: Callable[[Alarm], None] = lambda alarm: None
        self.on_fenced: Callable[[], None] = lambda: None

    def wake(self) -> None:
        """There may be something to save."""
        if self._ledger.unsaved or self._board.has_timers:
            self._nothing_unsaved.clear()
            self._work.set()

    def drop(self) -> None:
        """Another core leads: what is not saved here is the other's to find."""
        self._ledger.take()
        self._board.take_timers()
        self._nothing_unsaved.set()

    @property
    def is_settled(self) -> bool:
        """Whether every step so far stands in the database."""
        return self._nothing_unsaved.is_set()

    async def settled(self) -> None:
        """Wait until every step so far stands in the database."""
        await self._nothing_unsaved.wait()

    async def run(self) -> None:
        """Save whatever has changed, for ever."""
        self.wake()
        while True:
            await self._work.wait()
            self._work.clear()
            try:
                await self.save()
            except DependencyAway:
                await self._clock.sleep(PAUSE_S)
                self._work.set()

    async def save(self) -> None:
        """Save all that has gathered."""
        async with self._one_at_a_time:
            while self._ledger.unsaved or self._board.has_timers:
                await self._save_taken()
            self._nothing_unsaved.set()

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
        try:
            elsewhere = await self._store.save(steps, timers, as_leader=True)
        except (Fenced, NotLeading):
            self.on_fenced()
            return
        except BaseException:
            self._ledger.put_back(steps)
            self._board.put_back(timers)
            raise
        moved = {alarm.id for alarm in elsewhere}
        self._ledger.put_back([step for step in steps if step.after.id in moved])
        for stored in elsewhere:
            self._take_over(stored)

    def _take_over(self, stored: Alarm) -> None:
        if news := self._ledger.rebase(stored):
            self.on_news(news)
