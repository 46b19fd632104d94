"""What the outages domain needs from outside: a probe, a store, and someone to vouch for its own network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from backend_core.outages.model import Check, Outage, ProbeAnswer, SmartSwitch, Span


class SmartSwitchProbe(Protocol):
    """Asks smart switches whether they are there."""

    async def probe(self, switches: Sequence[SmartSwitch]) -> tuple[ProbeAnswer, ...]:
        """Probe each once and answer in the same order; never raises for what a switch may do."""
        ...

    def seconds_at_worst(self, count: int) -> float:
        """How long a round takes when none of `count` smart switches answers."""
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

    async def switches(self) -> tuple[SmartSwitch, ...]: ...

    async def save_switches(
        self, kept: Sequence[SmartSwitch], removed: Sequence[str], who: str, origin: str, at: datetime
    ) -> None:
        """Add or change the kept and take out the removed, with a row in the event log for each, or do nothing."""
        ...

    async def save_round(self, checks: Sequence[Check], outage: Outage | None, notes: Sequence[Note]) -> Outage | None:
        """Store the checks, the outage as it is after them (id 0 is new) and the notes in one transaction."""
        ...

    async def spans(self, since: datetime, longest_gap_s: float) -> dict[str, tuple[Span, ...]]:
        """The stretches of equal verdicts of each smart switch since then, cut where checks are missing."""
        ...

    async def latest(self) -> dict[str, Check]:
        """The newest check of each smart switch."""
        ...

    async def outages(self, limit: int) -> tuple[Outage, ...]:
        """The newest outages, the open one first."""
        ...

    async def drop_checks(self, before: datetime, at_most: int) -> int:
        """Delete at most so many checks that are older, and say how many went."""
        ...


class Note(Protocol):
    """A line for the event log."""

    @property
    def kind(self) -> str: ...
    @property
    def object_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime: ...
