"""What sharing needs from outside: a lease that only one core can hold, a journal, and a bell that tells of news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from backend_core.sharing.model import Console, Heartbeat, JournalHead, JournalPage, Presence


class Lease(Protocol):
    """A row that one core holds, renewed by the database's clock; each holder in turn has a higher epoch."""

    async def acquire(self, console: Console, patience_s: float) -> int | None:
        """Take the lease when it is free, run out, or its holder has died: the new epoch, or nothing.

        With patience a lease that was renewed within that time is left to others.
        """
        ...

    async def renew(self, console: Console) -> bool:
        """Prolong; false when the lease is no longer ours."""
        ...

    async def release(self, console: Console, why: str) -> None:
        """Give it back at once, so that another need not wait."""
        ...

    async def beat(self, console: Console, epoch: int, facts: Mapping[str, Any]) -> None:
        """Write the leader's sign of life, fenced."""
        ...

    async def look(self) -> Heartbeat | None:
        """The last sign of life of whoever leads."""
        ...

    async def changes(self, within_s: float) -> int:
        """How often the lead was taken within this time."""
        ...

    async def appear(self, console: Console, role: str, *, hears_broker: bool) -> None:
        """Note that this console is there."""
        ...

    async def leave(self, console: Console) -> None:
        """Note that this console is gone."""
        ...

    async def presences(self) -> list[Presence]:
        """Who was there within the last 10 s."""
        ...


class Journal(Protocol):
    """What everybody changed, numbered without a gap in the order of the commits."""

    async def head(self) -> JournalHead:
        """The present end."""
        ...

    async def after(self, head: JournalHead, at_most: int) -> JournalPage:
        """The lines after this head, oldest first, or the trouble that forbids to go on."""
        ...


class Bell(Protocol):
    """Tells that the journal may have grown; it may ring for nothing and may miss a ring."""

    async def wait(self, timeout_s: float) -> None:
        """Until it rings, at most so long."""
        ...

    async def close(self) -> None:
        """Stop listening."""
        ...
