"""What the outages domain needs from outside: a probe, a store, and someone to vouch for its own network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from backend_core.outages.model import Check, Edit, EditedMeanwhile, Note, Outage, ProbeAnswer, SmartSwitch, Span


class SmartSwitchProbe(Protocol):
    """Asks smart switches whether they are there."""

    async def probe(self, switches: Sequence[SmartSwitch]) -> tuple[ProbeAnswer, ...]:
        """Probe each once and answer in the same order; never raises for what a switch may do."""
        ...

    def seconds_at_worst(self, count: int) -> float:
        """How long a round takes when none of so many answers."""
        ...


class Witness(Protocol):
    """Something else on the network whose answer proves that this console can hear at all."""

    @property
    def name(self) -> str: ...

    @property
    def is_local(self) -> bool:
        """Whether it stands on this very computer: it then vouches only for smart switches that do too."""
        ...

    async def answers(self) -> bool:
        """Whether it answers now, within a few seconds."""
        ...


class SmartSwitchStore(Protocol):
    """Keeps smart switches, their checks, and outages."""

    @property
    def epoch(self) -> int | None:
        """The epoch in which this core leads; none on stand-by."""
        ...

    async def switches(self) -> tuple[SmartSwitch, ...]:
        """All of them, by name."""
        ...

    async def save_edit(self, edit: Edit) -> EditedMeanwhile | None:
        """Add or change the kept and take out the removed, each with a line in the event log.

        Or do nothing, and say which one of those seen is no longer so.
        """
        ...

    async def save_round(
        self, checks: Sequence[Check], outages: Sequence[Outage], notes: Sequence[Note]
    ) -> tuple[Outage, ...]:
        """Store a round in one transaction, as the leader; an outage of id 0 is new and comes back with its own."""
        ...

    async def checks_since(self, since: datetime, until: datetime | None = None) -> tuple[Check, ...]:
        """The checks after that moment, up to and with the other if one is named, oldest first."""
        ...

    async def spans(
        self, since: datetime, longest_gap_s: float, until: datetime | None = None
    ) -> dict[str, tuple[Span, ...]]:
        """The stretches of equal verdicts of each smart switch since then, cut where checks are missing."""
        ...

    async def outages(self, at_most: int, until: datetime | None = None) -> tuple[Outage, ...]:
        """The newest outages, newest first; those that had begun by a moment if one is named."""
        ...

    async def drop_checks(self, before: datetime, at_most: int) -> int:
        """Delete at most so many checks that are older, and say how many went."""
        ...
