"""Tasks with a name, an owner and an end; a task that fails is told, and restarted when asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from backend_core.kernel.clock import Clock

_log = logging.getLogger(__name__)


class Supervisor:
    """Owns the tasks of one part of the core and ends them all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[Any]] = set()
        self.failures: dict[str, int] = {}

    def spawn(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run once; a failure is logged with the task's name and counted."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep(self, name: str, work: Callable[[], Awaitable[Any]], pause_s: float = 1.0) -> asyncio.Task[Any]:
        """Run again after each failure, with a pause that doubles up to a minute."""
        return self.spawn(name, self._again(name, work, pause_s))

    async def stop(self, timeout_s: float = 3.0) -> None:
        """Cancel every task and wait for their ends."""
        tasks = [t for t in self._tasks if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)

    def names(self) -> list[str]:
        """The tasks that run now."""
        return sorted(t.get_name() for t in self._tasks)

    async def _again(self, name: str, work: Callable[[], Awaitable[Any]], pause_s: float) -> None:
        pause = pause_s
        while True:
            started = self._clock.monotonic()
            try:
                await work()
                return
            except asyncio.CancelledError:
                raise
            except Exception:  # noqa: BLE001  (the named edge: a kept task outlives its failures)
                self.failures[name] = self.failures.get(name, 0) + 1
                _log.exception("The task '%s' failed and starts again in %.0f s", name, pause)
            if self._clock.monotonic() - started > 60.0:
                pause = pause_s
            await self._clock.sleep(pause)
            pause = min(60.0, pause * 2.0)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if error := task.exception():
            self.failures[task.get_name()] = self.failures.get(task.get_name(), 0) + 1
            _log.error("The task '%s' ended with an error", task.get_name(), exc_info=error)
