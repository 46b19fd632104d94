"""What telemetry needs from outside."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from backend_core.kernel.links import LinkState
from backend_core.telemetry.model import Decoded, DeviceKind, RawBatch, Rejection


class TelemetrySource(Protocol):
    """Batches of raw messages, for as long as it runs; it reconnects by itself."""

    @property
    def link(self) -> LinkState:
        """Whether the source is connected now."""
        ...

    def batches(self) -> AsyncGenerator[RawBatch, None]:
        """Yield what has arrived, as one batch, whenever something has."""
        ...

    async def stop(self) -> None:
        """Disconnect and end the iteration."""
        ...


class PayloadDecoder(Protocol):
    """Turns the payload of a message into typed objects, or says why it cannot."""

    def decode(self, kind: DeviceKind, topic: str, payload: bytes, received_us: int) -> list[Decoded | Rejection]:
        """Decode; never raises, whatever the payload holds."""
        ...
