"""The writer and reader threads: each owns its turn at the database, and the core never waits inside one."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from backend_core.kernel.errors import DependencyAway

MAX_WAITING = 10_000


class Lane(IntEnum):
    """Which writer a piece of work goes to; the smaller number goes first where there is one writer only."""

    OPERATIONS = 0
    TELEMETRY = 1
    MAINTENANCE = 2


class WorkThread:
    """One thread, begun with its first work, that takes the most urgent first and hands results to their loops."""

    def __init__(self, name: str) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._name = name
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """How many pieces of work stand in the queue."""
        return self._queue.qsize()

    async def do(self, work: Callable[[], Any], priority: int) -> Any:
        """Run the work on this thread; the awaiting task may be cancelled, the work itself is finished."""
        if self.waiting >= MAX_WAITING:
            raise DependencyAway("Too many database writes are waiting.", "Look at the database's speed and disk.")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        self._queue.put((priority, next(self._order), lambda: _run_into(work, loop, done)))
        return await done

    def stop(self, timeout_s: float = 3.0) -> None:
        """Finish what waits and end."""
        if self._thread is not None:
            self._queue.put((99, next(self._order), None))
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (work := self._queue.get()[2]) is not None:
            work()


def _run_into(work: Callable[[], Any], loop: asyncio.AbstractEventLoop, done: asyncio.Future[Any]) -> None:
    try:
        result, error = work(), None
    except BaseException as failure:  # noqa: BLE001  (the named edge: every failure belongs to the one who asked)
        result, error = None, failure
    if not loop.is_closed():
        loop.call_soon_threadsafe(_settle, done, result, error)


def _settle(done: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
