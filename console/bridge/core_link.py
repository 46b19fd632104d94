"""The way down: the core runs on a thread of its own, and coroutines of the screen await its answers."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from backend_core.gateway.core import CoreGateway
from backend_core.kernel.errors import CoreError
from console.bridge import words

T = TypeVar("T")
Question = Callable[[CoreGateway], Awaitable[T]]
_log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 5.0
STOP_WITHIN_S = 5.0


class HostedCore(Protocol):
    """A core as the link runs it: made, started and stopped on its own thread."""

    @property
    def gateway(self) -> CoreGateway: ...

    def start(self) -> None: ...

    async def stop(self) -> None: ...

    def guard(self, on_late: Callable[[], None]) -> None: ...

    def abandon(self) -> None: ...


class Asker(Protocol):
    """What a panel may do with the core."""

    async def ask(self, question: Question[T], *, limit_s: float = ANSWER_WITHIN_S) -> T:
        """The answer, or a `CoreError` that says why there is none."""
        ...

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run a coroutine of the screen; its failure is told to the operator and logged."""
        ...


class CoreLink:
    """Owned by the window; `open` once, `close` once."""

    def __init__(self, make_core: Callable[[], HostedCore]) -> None:
        self._make_core = make_core
        self._loop: asyncio.AbstractEventLoop | None = None
        self._gateway: CoreGateway | None = None
        self._thread: threading.Thread | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.trouble: Exception | None = None
        self.ready = threading.Event()
        """Set when the core has started, or has failed to."""
        self.tell: Callable[[str, str], None] = lambda what, remedy: None
        """Called on the GUI thread with a failure in words."""

    @property
    def gateway(self) -> CoreGateway | None:
        """The core's door once it is open; only `take_frame` of it may be called from the screen's thread."""
        return self._gateway

    def open(self) -> None:
        self._thread = threading.Thread(target=self._run, name="core", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """End the screen's own coroutines and the core with a deadline; waits without blocking the screen."""
        for task in list(self._tasks):
            task.cancel()
        if self._thread is None:
            return
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
        async with asyncio.timeout(STOP_WITHIN_S + 1.0):
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join, STOP_WITHIN_S)

    async def ask(self, question: Question[T], *, limit_s: float = ANSWER_WITHIN_S) -> T:
        """Put a question on the core thread and await the answer here."""
        if self._loop is None or self._gateway is None:
            raise CoreError(words.CORE_NOT_RUNNING, words.CORE_NOT_RUNNING_REMEDY)
        gateway = self._gateway

        async def on_core_thread() -> T:
            return await question(gateway)

        asked: concurrent.futures.Future[T] = asyncio.run_coroutine_threadsafe(on_core_thread(), self._loop)
        try:
            async with asyncio.timeout(limit_s):
                return await asyncio.wrap_future(asked)
        except TimeoutError as silence:
            raise CoreError(words.core_silent(limit_s), words.CORE_SILENT_REMEDY) from silence
        except concurrent.futures.CancelledError as ended:
            raise CoreError(words.CORE_ENDED, words.CORE_ENDED_REMEDY) from ended

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        return task

    def _on_task_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, CoreError):
            self.tell(error.what, error.remedy)
            return
        _log.error("The screen's task '%s' failed", task.get_name(), exc_info=error)
        self.tell(words.task_failed(task.get_name()), words.TASK_FAILED_REMEDY)

    # --- on the core thread -----------------------------------------------------------

    def _run(self) -> None:
        # A selector loop on every platform: on Windows the default one can run neither aiomqtt nor psycopg.
        loop = asyncio.SelectorEventLoop()
        asyncio.set_event_loop(loop)
        try:
            core = loop.run_until_complete(self._begin())
        except Exception as error:  # noqa: BLE001  (the named edge: a core that cannot start must not take the screen along)
            _log.exception("The core could not start")
            self.trouble = error
            loop.close()
            self.ready.set()
            return
        self._loop = loop
        loop.call_soon(self.ready.set)
        core.guard(lambda: self._replace(core))
        loop.run_forever()
        if self._loop is not loop:
            # Another core took this one's place while it stood still; its sockets are closed already.
            return
        self._gateway = None
        loop.run_until_complete(core.stop())
        self._end_rest(loop)
        self._loop = None
        loop.close()

    def _replace(self, frozen: HostedCore) -> None:
        """On the watchdog's thread: the core stood still past its lease; a new one begins, and the screen stays."""
        stood_still, self._loop, self._gateway = self._loop, None, None
        frozen.abandon()
        if stood_still is not None:
            stood_still.call_soon_threadsafe(stood_still.stop)
        self.open()

    async def _begin(self) -> HostedCore:
        core = self._make_core()
        core.start()
        self._gateway = core.gateway
        return core

    @staticmethod
    def _end_rest(loop: asyncio.AbstractEventLoop) -> None:
        rest = asyncio.all_tasks(loop)
        for task in rest:
            task.cancel()
        if rest:
            loop.run_until_complete(asyncio.wait(rest, timeout=1.0))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
