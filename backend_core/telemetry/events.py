"""What has happened at the inlets, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend_core.telemetry.model import Discovery, Heard, Inlet, Reading, Receipt, Rejection


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The durable session stands: from `at_us` on the broker holds for us whatever it takes.

    `is_kept` tells whether the broker still knew the session; `refused` are the filters that it does not grant.
    """

    at_us: int
    broker: str
    is_kept: bool
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionDoubted:
    """The session opened at `at_us` does not go on where it stood: its broker has come back without all of it."""

    at_us: int
    broker: str


@dataclass(frozen=True, slots=True)
class BatchJudged:
    """A batch was decoded and judged; `receipt` completes when history has committed all of it, or put it on the disk.

    `fresh` are the readings that may move live state and alarms: not late, not retained, not older than the newest.
    `heard` are the messages of a durable batch as they came; empty when the readings did not come as messages.
    """

    readings: Sequence[Reading]
    fresh: Sequence[Reading]
    rejections: Sequence[Rejection]
    discoveries: Sequence[Discovery]
    inlet: Inlet
    receipt: Receipt
    heard: Sequence[Heard] = ()
