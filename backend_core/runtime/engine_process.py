"""The one long-lived solving process: a question at a time over a pipe, the newest of each purpose wins."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import queue
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from backend_core.kernel.workers import Superseded, WorkerFailed, resolve
from backend_core.runtime.child_process import settle_in

_log = logging.getLogger(__name__)
WARM_UP_TIMEOUT_S = 60.0
END_TIMEOUT_S = 1.0


@dataclass(eq=False, slots=True)
class _Question:
    purpose: str
    target: str
    args: tuple[Any, ...]
    timeout_s: float
    answer: asyncio.Future[Any]


class EngineProcess:
    """Implements `Engine`; the loop only touches futures, a thread of its own touches the pipe and the process."""

    def __init__(self, warm_up: str | None = None) -> None:
        self._warm_up = warm_up
        self._waiting: dict[str, _Question] = {}
        self._running: _Question | None = None
        self._jobs: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._far_side = _FarSide(warm_up)
        self._stopping = False
        self.superseded = 0
        """How many questions a newer one has overtaken."""

    @property
    def restarts(self) -> int:
        """How often the process had to be started again."""
        return max(0, self._far_side.starts - 1)

    @property
    def pid(self) -> int | None:
        """The process that solves, none before the first question."""
        return self._far_side.pid

    def start(self) -> None:
        """Start the process and its warm-up now instead of with the first question."""
        if self._thread is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._serve, name="engine pipe", daemon=True)
            self._thread.start()

    async def ask(self, purpose: str, target: str, *args: Any, timeout_s: float = 30.0) -> Any:
        """The answer of `package.module:function` in the process; raises `Superseded` or `WorkerFailed`."""
        if self._stopping:
            raise WorkerFailed("The engine has been stopped.")
        self.start()
        question = _Question(purpose, target, args, timeout_s, asyncio.get_running_loop().create_future())
        self._overtake(purpose)
        self._waiting[purpose] = question
        self._hand_over()
        try:
            return await question.answer
        finally:
            if self._waiting.get(purpose) is question:
                del self._waiting[purpose]

    async def stop(self) -> None:
        """End the process at once; open questions fail."""
        self._stopping = True
        for question in [*self._waiting.values(), *([self._running] if self._running else [])]:
            if not question.answer.done():
                question.answer.set_exception(WorkerFailed("The engine has been stopped."))
        self._waiting.clear()
        self._jobs.put(None)
        self._far_side.kill()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, END_TIMEOUT_S + 1.0)

    def _overtake(self, purpose: str) -> None:
        for older in (self._waiting.pop(purpose, None), self._running):
            if older is not None and older.purpose == purpose and not older.answer.done():
                older.answer.set_exception(Superseded(f"A newer question about {purpose} was asked."))
                self.superseded += 1

    def _hand_over(self) -> None:
        if self._running is None and self._waiting:
            self._running = self._waiting.pop(next(iter(self._waiting)))
            self._jobs.put(self._running)

    def _answered(self, question: _Question, result: Any, failure: str | None) -> None:
        self._running = None
        if not question.answer.done():
            if failure is None:
                question.answer.set_result(result)
            else:
                question.answer.set_exception(WorkerFailed(failure))
        self._hand_over()

    def _serve(self) -> None:
        """The thread: one question at a time, for ever."""
        assert self._loop is not None
        if not self._stopping:
            self._far_side.ensure()
        while (question := self._jobs.get()) is not None:
            result, failure = self._far_side.answer(question)
            if self._loop.is_closed():
                break
            self._loop.call_soon_threadsafe(self._answered, question, result, failure)
        self._far_side.kill()


class _FarSide:
    """The process and our end of its pipe; used by the engine's thread, save for `kill`."""

    def __init__(self, warm_up: str | None) -> None:
        self._warm_up = warm_up
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self.starts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def ensure(self) -> Connection:
        """A pipe to a living process, started when there is none."""
        if self._process is not None and self._pipe is not None and self._process.is_alive():
            return self._pipe
        if self.starts:
            _log.warning("The engine process has ended and is started again")
        self.starts += 1
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._pipe = ours
        self._process = context.Process(
            target=_run, args=(theirs, self._warm_up), name="linekeeper engine", daemon=True
        )
        self._process.start()
        theirs.close()
        return ours

    def answer(self, question: _Question) -> tuple[Any, str | None]:
        """The result or the reason why there is none; a silent process is killed and started anew next time."""
        if question.answer.done():
            return None, None
        try:
            pipe = self.ensure()
            pipe.send((question.target, question.args))
            # The first answer also waits for the imports and the warm-up solution.
            if not pipe.poll(question.timeout_s + (WARM_UP_TIMEOUT_S if self._is_fresh() else 0.0)):
                self.kill()
                return None, f"The engine gave no answer for {question.timeout_s:.0f} s and was ended."
            self._answers_given = self.starts
            result, failure = pipe.recv()
        except (EOFError, OSError) as broken:
            self.kill()
            return None, f"The engine process ended in the middle of its work ({type(broken).__name__})."
        return result, failure

    _answers_given = 0

    def _is_fresh(self) -> bool:
        return self._answers_given != self.starts

    def kill(self) -> None:
        """End the process, whatever it does; safe from any thread."""
        process = self._process
        if process is not None and process.is_alive():
            process.kill()
            process.join(END_TIMEOUT_S)


def _run(pipe: Connection, warm_up: str | None) -> None:
    """The process: answers until the pipe closes."""
    settle_in()
    if warm_up is not None:
        _answer(warm_up, ())
    while True:
        try:
            target, args = pipe.recv()
            pipe.send(_answer(target, args))
        except (EOFError, OSError):
            return


def _answer(target: str, args: tuple[Any, ...]) -> tuple[Any, str | None]:
    try:
        return resolve(target)(*args), None
    except Exception:  # noqa: BLE001  (the named edge: a failed sum is told to the asker, the process lives on)
        return None, traceback.format_exc(limit=-3)
