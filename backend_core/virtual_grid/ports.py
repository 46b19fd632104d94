"""What the virtual grid needs from outside: somewhere to publish, orders to hear, supply points to make dark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from backend_core.virtual_grid.model import GroundTruth

Hear = Callable[[str, bytes], None]
"""Told topic and payload of a message that came in."""


class MessageOutlet(Protocol):
    """Takes messages as a broker does; when the way is blocked it keeps a bounded number and drops the oldest."""

    async def publish(self, topic: str, payload: bytes, retain: bool) -> None:
        """Hand over a message; returns before it has arrived."""
        ...

    def listen(self, topic_filter: str, hear: Hear) -> None:
        """Be told of messages that match; called once, before the first publish."""
        ...


class SupplyPoints(Protocol):
    """The smart switches that lose their power when their feeder does."""

    async def set_powered(self, name: str, powered: bool) -> None:
        """Give or take the power of one."""
        ...

    def show(self, name: str, quantities: Mapping[str, float]) -> None:
        """What one measures from now on: voltage, current, power, frequency, power factor, temperature."""
        ...


class TruthLog(Protocol):
    """Where the injected anomalies are written down, apart from everything the detectors may see."""

    def record(self, truth: GroundTruth) -> None:
        """Add one."""
        ...
