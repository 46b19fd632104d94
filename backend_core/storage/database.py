"""The one way to the database: work is a function of a connection, run in one transaction on a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Row, Select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import DependencyAway, NotLeading, ReadOnlyRecord
from backend_core.kernel.links import LinkName, LinkState
from backend_core.storage import fence, journal
from backend_core.storage.engine import explain, mask, open_engine, parse_url
from backend_core.storage.lanes import Lane, WorkThread

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[Connection], T]

_log = logging.getLogger(__name__)
_NOT_OPENED = "not opened yet"
_RETRIED = ("40001", "40P01")
_TRIES = 5

__all__ = ["Database", "Lane", "Work"]


class Database:
    """Writes on writer threads, reads on two readers; on SQLite one writer serves every lane by priority.

    `on_link` hears on the core thread when the database goes away and when it is back.
    """

    def __init__(self, url: str | URL, clock: Clock, on_link: Callable[[LinkState], None] | None = None) -> None:
        self.url = parse_url(url) if isinstance(url, str) else url
        self.kind = self.url.get_backend_name()
        self._clock = clock
        self._engine = open_engine(self.url)
        self._reading = self._engine.execution_options(reading=True)
        self._on_link = on_link
        self.link = LinkState(LinkName.DATABASE, False, clock.now_us(), _NOT_OPENED)
        self.epoch: int | None = None
        self.read_only: ReadOnlyRecord | None = None
        """Set when the database belongs to a newer program: every write is then refused with these words."""
        self.is_cut_off = False
        """Whether the database was away for so long that nobody knows who leads: then nobody writes as the leader."""
        self._writers = self._start_writers()
        self._readers = [WorkThread("database reader 1"), WorkThread("database reader 2")]

    async def write(self, work: Work[T], lane: Lane = Lane.OPERATIONS, *, as_leader: bool = False) -> T:
        """Run the work in one transaction; with `as_leader` it commits only while this core's epoch lasts."""
        if as_leader and self.epoch is None:
            if self.is_cut_off:
                raise DependencyAway("The database was away.", "This core has to find out first whether it leads.")
            raise NotLeading("This console is on stand-by.", "The leading core does this.")
        epoch = self.epoch if as_leader else None
        return await self._timed(self._writers[lane], int(lane), lambda: self._transact(work, epoch))

    async def read(self, work: Work[T]) -> T:
        """Run the work in a read-only view of the data."""
        reader = min(self._readers, key=lambda thread: thread.waiting)
        return await self._timed(reader, 0, lambda: self._look(work))

    def run(self, work: Work[T]) -> T:
        """Run the work here and now; for the command line, never on the core's thread."""
        return self._transact(work, None)

    def look(self, work: Work[T]) -> T:
        """Read here and now; for the command line, never on the core's thread."""
        return self._look(work)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A connection to read from here and now, for exports that stream."""
        try:
            with self._reading.connect() as connection:
                if self.kind == "postgresql":
                    # A reader behind a pipe may pause, and the whole record takes longer than a question.
                    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                yield connection.execution_options(yield_per=5000)
        except SQLAlchemyError as error:
            raise explain(error) or error from error

    def stream(self, query: Select[Any], make: Callable[[Row[Any]], R]) -> Iterator[R]:
        """The rows of a query one after the other, in bounded memory, on the calling thread; for exports."""
        with self.looking() as connection:
            for row in connection.execute(query):
                yield make(row)

    def waiting(self) -> dict[str, int]:
        """The depth of every queue, for diagnostics."""
        writers = {lane.name.lower(): self._writers[lane].waiting for lane in Lane}
        return writers | {"reading": sum(thread.waiting for thread in self._readers)}

    def describe(self) -> str:
        """The address as it may be shown."""
        return mask(self.url.render_as_string(hide_password=True))

    async def close(self) -> None:
        """Finish the writes that wait, then let every connection go."""
        threads = [*dict.fromkeys(self._writers.values()), *self._readers]
        for thread in threads:
            await asyncio.to_thread(thread.stop)
        self._engine.dispose()

    def abandon(self) -> None:
        """Close the sockets at once, from any thread; what was in flight fails. For a fenced leader."""
        self.epoch = None
        self._engine.dispose()

    def _start_writers(self) -> dict[Lane, WorkThread]:
        if self.kind == "sqlite":
            only = WorkThread("database writer")
            return dict.fromkeys(Lane, only)
        return {lane: WorkThread(f"database writer {lane.name.lower()}") for lane in Lane}

    async def _timed(self, thread: WorkThread, priority: int, job: Callable[[], T]) -> T:
        started = self._clock.monotonic()
        try:
            result: T = await thread.do(job, priority)
        except DependencyAway as away:
            if (self.link.ok, self.link.detail) != (False, away.what):
                _log.warning("%s", away)
            self._tell(False, away.what, None)
            raise
        if not self.link.ok and self.link.detail != _NOT_OPENED:
            _log.info("The database answers after %.1f s", (self._clock.now_us() - self.link.since_us) / 1e6)
        self._tell(True, "", (self._clock.monotonic() - started) * 1000.0)
        return result

    def _tell(self, ok: bool, detail: str, latency_ms: float | None) -> None:
        changed = ok != self.link.ok
        since = self._clock.now_us() if changed else self.link.since_us
        self.link = LinkState(LinkName.DATABASE, ok, since, detail, latency_ms)
        if changed and self._on_link is not None:
            self._on_link(self.link)

    def _look(self, work: Work[T]) -> T:
        try:
            with self._reading.begin() as connection:
                return work(connection)
        except SQLAlchemyError as error:
            raise explain(error) or error from error

    def _transact(self, work: Work[T], epoch: int | None) -> T:
        if self.read_only is not None:
            raise self.read_only
        for attempt in range(1, _TRIES + 1):
            try:
                with self._engine.begin() as connection:
                    journal.begin(connection)
                    if epoch is not None:
                        fence.check(connection, epoch)
                    result = work(connection)
                    journal.settle(connection)
                    return result
            except SQLAlchemyError as error:
                state = getattr(getattr(error, "orig", None), "sqlstate", None)
                if isinstance(error, DBAPIError) and state in _RETRIED and attempt < _TRIES:
                    time.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: TID251  (a writer thread, not the loop)
                    continue
                raise explain(error) or error from error
        raise AssertionError("unreachable")
