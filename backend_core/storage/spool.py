"""Records that wait on this computer until the database takes them: a segment log on a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import NoRoom
from backend_core.storage.folder import LocalFolder
from backend_core.storage.lanes import WorkThread
from backend_core.storage.segment_log import Budget, LogState, Loss, SegmentLog
from backend_core.storage.segments import Entry, Record

_log = logging.getLogger(__name__)
T = TypeVar("T")
PLACES = 16
"""How many programs of one user can keep a spool for the same database on one computer."""


class Spool:
    """One log in a folder that no other program uses; every verb is awaited by the loop that opened it."""

    def __init__(self, root: Path, kind: str, budget: Budget, clock: Clock) -> None:
        self._root = root
        self._kind = kind
        self._budget = budget
        self._clock = clock
        self._thread = WorkThread(f"{kind} spool")
        self._folder: LocalFolder | None = None
        self._log: SegmentLog | None = None
        self.state = LogState()

    @property
    def is_open(self) -> bool:
        return self._log is not None

    async def open(self) -> None:
        """Take the first folder that nobody holds, with what an earlier program may have left in it."""
        self._log = await self._thread.do(self._open, 0)
        self.state = self._log.state

    async def keep(self, entries: Sequence[Entry]) -> int:
        """Return the number of the last one when the disk has them all; else `NoRoom`."""
        return await self._do(lambda log: log.append(entries))

    async def read(self, at_most: int) -> list[Record]:
        """The next ones, oldest first; where no spool is kept nothing waits."""
        return await self._do(lambda log: log.read(at_most)) if self.is_open else []

    async def done_through(self, seq: int) -> None:
        """All up to this number are kept elsewhere."""
        await self._do(lambda log: log.done_through(seq))

    async def take_notes(self) -> list[str]:
        """What was damaged or lost since the last call."""

        def work(log: SegmentLog) -> list[str]:
            taken, log.notes = log.notes, []
            return taken

        return await self._do(work)

    async def take_losses(self) -> list[Loss]:
        """What could not be read since the last call."""

        def work(log: SegmentLog) -> list[Loss]:
            taken, log.losses = log.losses, []
            return taken

        return await self._do(work) if self.is_open else []

    def close(self) -> None:
        """Let the folder go; what waits in it stays."""
        self._thread.stop()
        if self._log is not None:
            self._log.close()
        if self._folder is not None:
            self._folder.let_go()
        self._log = None

    async def _do(self, work: Callable[[SegmentLog], T]) -> T:
        log = self._log
        if log is None:
            raise NoRoom("This computer keeps no spool.", "Look for the reason in the log.")
        result, state = await self._thread.do(lambda: (work(log), log.state), 0)
        self.state = state
        answer: T = result
        return answer

    def _open(self) -> SegmentLog:
        try:
            for place in range(1, PLACES + 1):
                folder = LocalFolder(self._root / f"{self._kind}-{place}")
                if folder.hold():
                    self._folder = folder
                    return SegmentLog(folder, self._budget, self._clock.now_us())
        except OSError as error:
            raise NoRoom(
                f"The spool cannot use the folder {self._root} ({error.strerror}).",
                "Give this user the right to write there, or name another as [spool] folder.",
            ) from error
        raise NoRoom(f"Too many programs keep a spool under {self._root}.", "End one of them.")
