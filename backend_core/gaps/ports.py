"""What gaps need from outside: a store that outlives every core."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from backend_core.gaps.model import BrokerMemory, Gap, Incident


class GapStore(Protocol):
    """Keeps gaps, and what is remembered of each broker's session; written by the leader alone."""

    async def recall(self, broker: str) -> BrokerMemory | None:
        """What was last remembered of this session; nothing when it was never held."""
        ...

    async def lasting(self) -> Sequence[Gap]:
        """The gaps that have no end yet."""
        ...

    async def save(self, incident: Incident) -> Sequence[Gap]:
        """Write the memory, the gaps and their lines in the event log, all or nothing; the gaps with their numbers."""
        ...

    async def within(self, start: datetime, end: datetime) -> Sequence[Gap]:
        """The gaps that reach into a span, in the order of their beginnings."""
        ...
