"""Killable jobs in spawned processes, by pebble: a study, a model fit, a report."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import logging
import multiprocessing
import threading
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from pebble import ProcessExpired, ProcessPool

from backend_core.kernel.errors import CoreError
from backend_core.kernel.workers import Progress, WorkerFailed, resolve
from backend_core.runtime.child_process import settle_in

_log = logging.getLogger(__name__)
WORKERS = 2
"""While one job runs, the other worker is the warm spare."""
PROGRESS_INTERVAL_S = 0.1
LAST_WORDS_S = 1.0


class PebblePool:
    """Implements `WorkerPool`; started by its first job, so that a program without studies pays nothing."""

    def __init__(self, warm_up: tuple[str, ...] = (), workers: int = WORKERS) -> None:
        self._warm_up = warm_up
        self._workers = workers
        # A prefetched task can be lost when its worker is killed: never schedule more jobs than there are workers.
        self._free = asyncio.Semaphore(workers)
        self._pool: ProcessPool | None = None
        self._progress_in: Connection | None = None
        self._progress_out: Connection | None = None
        self._listeners: dict[int, _Heard] = {}
        self._numbers = itertools.count(1)
        self._stopped = False

    def start(self) -> None:
        """Start the workers now, so that the first job finds a warm one."""
        if self._pool is not None and self._pool.active:
            return
        context = multiprocessing.get_context("spawn")
        if self._progress_out is None:
            self._progress_in, self._progress_out = context.Pipe(duplex=False)
            loop = asyncio.get_running_loop()
            threading.Thread(
                target=self._hear, args=(self._progress_in, loop), name="job progress", daemon=True
            ).start()
        self._pool = ProcessPool(
            max_workers=self._workers,
            initializer=_prepare,
            initargs=(self._progress_out, self._warm_up),
            context=context,
        )
        # pebble starts its processes with the first job; an empty one wakes them.
        self._pool.schedule(_nothing, timeout=120.0)

    async def run(self, target: str, *args: Any, timeout_s: float = 60.0, progress: Progress | None = None) -> Any:
        """Run the job; raises `WorkerFailed`, or the `CoreError` that the job raised."""
        if self._stopped:
            raise WorkerFailed("The workers have been stopped.")
        async with self._free:
            number = next(self._numbers)
            heard = _Heard(progress) if progress is not None else None
            if heard is not None:
                self._listeners[number] = heard
            try:
                result = await asyncio.wrap_future(self._schedule(number, target, args, timeout_s))
                if heard is not None:
                    # The result may overtake the last words about it, for they come by another pipe.
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(heard.everything.wait(), LAST_WORDS_S)
                return result
            except CoreError:
                raise
            except (TimeoutError, ProcessExpired, BrokenProcessPool) as ended:
                raise WorkerFailed(_sentence(target, timeout_s, ended)) from ended
            except Exception as failed:
                raise WorkerFailed(f"{target} failed: {type(failed).__name__}: {failed}") from failed
            finally:
                self._listeners.pop(number, None)

    async def stop(self) -> None:
        """End every worker, whatever it does."""
        self._stopped = True
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            await asyncio.to_thread(pool.join, 3.0)
        if self._progress_out is not None:
            self._progress_out.send(None)
            self._progress_out.close()

    def _schedule(self, number: int, target: str, args: tuple[Any, ...], timeout_s: float) -> Future[Any]:
        self.start()
        assert self._pool is not None
        scheduled: Future[Any] = self._pool.schedule(_job, args=(number, target, args), timeout=timeout_s)
        return scheduled

    def _hear(self, pipe: Connection, loop: asyncio.AbstractEventLoop) -> None:
        """The thread that takes progress from all workers and tells it on the loop."""
        while True:
            try:
                said = pipe.recv()
            except (EOFError, OSError):
                return
            if said is None or loop.is_closed():
                return
            loop.call_soon_threadsafe(self._tell, *said)

    def _tell(self, number: int, share: float, text: str | None) -> None:
        listener = self._listeners.get(number)
        if listener is None:
            return
        if text is None:
            listener.everything.set()
        else:
            listener.progress(share, text)


@dataclass(frozen=True, slots=True)
class _Heard:
    """Who hears the progress of a job, and whether all of it has been told."""

    progress: Progress
    everything: asyncio.Event = field(default_factory=asyncio.Event)


def _sentence(target: str, timeout_s: float, ended: Exception) -> str:
    if isinstance(ended, TimeoutError):
        return f"{target} did not finish within {timeout_s:.0f} s and was ended."
    return f"The process that ran {target} ended in the middle of its work."


# From here on: what runs in a worker.

_progress_to: Connection | None = None


def _prepare(progress_to: Connection, warm_up: tuple[str, ...]) -> None:
    global _progress_to
    settle_in()
    _progress_to = progress_to
    for target in warm_up:
        resolve(target)()


def _nothing() -> None:
    return None


def _job(number: int, target: str, args: tuple[Any, ...]) -> Any:
    function = resolve(target)
    try:
        if "progress" in inspect.signature(function).parameters:
            return function(*args, progress=_Reporter(number))
        return function(*args)
    finally:
        if _progress_to is not None:
            _progress_to.send((number, 1.0, None))


class _Reporter:
    """Says how far a job is, at most ten times a second; the end is always said.

    One pipe serves all workers without a lock: a write below the pipe's atomic size is never torn, and a worker that is
    killed leaves nothing locked behind.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._said_at = 0.0

    def __call__(self, share: float, text: str) -> None:
        now = time.monotonic()
        if _progress_to is not None and (share >= 1.0 or now - self._said_at >= PROGRESS_INTERVAL_S):
            self._said_at = now
            _progress_to.send((self._number, share, text[:500]))
