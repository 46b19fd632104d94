"""The nouns of the record: what a batch became, what a trend asks for and gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from backend_core.kernel.identities import DeviceId, PointId
from backend_core.telemetry.model import DeviceKind, Discovery, Reading, Rejection


@dataclass(frozen=True, slots=True)
class Writing:
    """Everything of some batches that goes into one transaction; `kinds` tells of devices that may be new."""

    readings: Sequence[Reading]
    rejections: Sequence[Rejection]
    discoveries: Sequence[Discovery]
    kinds: Mapping[DeviceId, DeviceKind]
    now: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What a transaction did with them."""

    stored: int
    absorbed: int
    conflicts: int
    quarantined: int
    rejected: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PointHistory:
    """The readings of one point in a span, oldest first: three arrays of equal length.

    `is_thinned` tells that each pixel column keeps only its lowest and highest reading; `total` counts the readings
    before thinning. `coverage` is the share of the span, 0 to 1, in which readings came as often as expected.
    """

    point: PointId
    ts_us: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.int16]
    total: int
    coverage: float
    is_thinned: bool = False
    gap_after_s: float = 10.0


@dataclass(frozen=True, slots=True)
class History:
    """The answer to a trend's question."""

    start: datetime
    end: datetime
    points: Mapping[PointId, PointHistory]


@dataclass(frozen=True, slots=True)
class HistoryTotals:
    """The counters of the record, as the database holds them."""

    readings_stored: int = 0
    quarantined: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
