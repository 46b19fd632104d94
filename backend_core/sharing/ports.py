"""What leadership needs from outside: a lease that only one core can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from backend_core.sharing.model import Console, Heartbeat, Presence


class Lease(Protocol):
    """A row that one core holds, renewed by the database's clock; each holder in turn has a higher epoch."""

    async def acquire(self, console: Console) -> int | None:
        """Take the lease when it is free or run out: the new epoch, or nothing."""
        ...

    async def renew(self, console: Console) -> bool:
        """Prolong; false when the lease is no longer ours."""
        ...

    async def release(self, console: Console) -> None:
        """Give it back at once, so that another need not wait."""
        ...

    async def beat(self, console: Console, epoch: int, facts: Mapping[str, Any]) -> None:
        """Write the leader's sign of life, fenced."""
        ...

    async def look(self) -> Heartbeat | None:
        """The last sign of life of whoever leads."""
        ...

    async def appear(self, console: Console, role: str) -> None:
        """Note that this console is there."""
        ...

    async def presences(self) -> list[Presence]:
        """Who was there within the last 10 s."""
        ...
