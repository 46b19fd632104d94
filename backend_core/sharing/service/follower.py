"""Follows the journal: what anybody changed is heard here in the order of the commits, and nothing is missed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import DependencyAway
from backend_core.kernel.event_bus import EventBus
from backend_core.sharing.events import JournalBroken
from backend_core.sharing.model import JournalHead, JournalLine
from backend_core.sharing.ports import Bell, Journal

_log = logging.getLogger(__name__)
POLL_S = 2.0
AT_MOST_EVERY_S = 0.2
PAGE = 1000

Hearer = Callable[[Sequence[JournalLine]], Awaitable[None]]


class JournalFollower:
    """The bell wakes it, the cursor tells what is new. Whoever begins to hear loads first and hears from then on.

    A hearer that fails because the database went away hears the same lines again: hearing must bear repetition.
    """

    def __init__(self, journal: Journal, bell: Bell, clock: Clock, bus: EventBus) -> None:
        self._journal = journal
        self._bell = bell
        self._clock = clock
        self._bus = bus
        self._hearers: list[tuple[frozenset[str], Hearer]] = []
        self._resyncs: list[Callable[[], Awaitable[None]]] = []
        self._head: JournalHead | None = None
        self._read_s: float | None = None

    def on(self, topics: Collection[str], hearer: Hearer) -> None:
        """Have this told of lines with these topics."""
        self._hearers.append((frozenset(topics), hearer))

    def on_resync(self, reload: Callable[[], Awaitable[None]]) -> None:
        """Have this read everything anew after a hole."""
        self._resyncs.append(reload)

    @property
    def cursor(self) -> int | None:
        """The number of the last line heard."""
        return self._head.seq if self._head is not None else None

    @property
    def age_s(self) -> float | None:
        """How long ago the journal was last read to its end; nothing before the first time."""
        return None if self._read_s is None else self._clock.monotonic() - self._read_s

    async def begin(self) -> None:
        """Stand at the present end: whatever is loaded after this is heard of when it changes."""
        started_s = self._clock.monotonic()
        self._head = await self._journal.head()
        self._read_s = started_s

    async def run(self) -> None:
        """Hear, for ever: at each ring, and every two seconds though nobody rings."""
        while True:
            started_s = self._clock.monotonic()
            try:
                await self.catch_up()
            except DependencyAway:
                # Its age grows, and the banner tells; the cursor stands where it was.
                pass
            # A bell that anybody may ring must not make us read without end.
            await self._clock.sleep(max(0.0, AT_MOST_EVERY_S - (self._clock.monotonic() - started_s)))
            await self._bell.wait(POLL_S)

    async def close(self) -> None:
        """Stop listening."""
        await self._bell.close()

    async def catch_up(self) -> None:
        """Read from the cursor to the end."""
        if self._head is None:
            await self.begin()
            return
        while True:
            started_s = self._clock.monotonic()
            page = await self._journal.after(self._head, PAGE)
            if page.trouble:
                await self._resync(page.trouble)
                return
            await self._tell(page.lines)
            self._head = page.head
            if len(page.lines) < PAGE:
                self._read_s = started_s
                return

    async def _tell(self, lines: Sequence[JournalLine]) -> None:
        for topics, hearer in self._hearers:
            if mine := [line for line in lines if line.topic in topics]:
                await hearer(mine)

    async def _resync(self, trouble: str) -> None:
        """Never go on over a hole: stand at the end, read everything anew, and say so."""
        _log.error("The journal cannot be followed from %s: %s Everything is read anew", self.cursor, trouble)
        head = await self._journal.head()
        for reload in self._resyncs:
            await reload()
        self._head, self._read_s = head, self._clock.monotonic()
        self._bus.publish(JournalBroken(trouble))
