"""What has happened at the inlets, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend_core.telemetry.model import Discovery, Inlet, Reading, Receipt, Rejection


@dataclass(frozen=True, slots=True)
class BatchJudged:
    """A batch was decoded and judged; `receipt` completes when history has committed all of it.

    `fresh` are the readings that may move live state and alarms: not late, not retained, not older than the newest.
    """

    readings: Sequence[Reading]
    fresh: Sequence[Reading]
    rejections: Sequence[Rejection]
    discoveries: Sequence[Discovery]
    inlet: Inlet
    receipt: Receipt
    messages: int = 0
