"""The nouns of the record: what a batch became, what a trend asks for and gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from backend_core.gaps.model import Gap
from backend_core.kernel.identities import DeviceId, PointId
from backend_core.telemetry.model import DeviceKind, Discovery, Heard, Reading, Rejection


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
class Injected:
    """Readings that never were messages, such as those of a smart switch's own meter."""

    kind: DeviceKind
    readings: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class Kept:
    """A run of what waits on this computer, in the order of its receipt; `number` is that of its last piece."""

    pieces: Sequence[Heard | Injected]
    number: int


@dataclass(frozen=True, slots=True)
class Spooled:
    """What waits on this computer for the database; `refusal` tells why no more can wait, if so."""

    messages: int = 0
    bytes: int = 0
    oldest_us: int | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class PointHistory:
    """The readings of one point in a span, oldest first: three arrays of equal length.

    `is_thinned` tells that somewhere in the span only the lowest and the highest reading of each stretch are told, both
    at its middle; `resolution_s` is how long those stretches are, 0 when every reading stands here. `total` counts the
    readings before thinning. `coverage` is the share of the span, 0 to 1, in which readings came as often as expected.
    """

    point: PointId
    ts_us: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.int16]
    total: int
    coverage: float
    is_thinned: bool = False
    gap_after_s: float = 10.0
    resolution_s: float = 0.0


@dataclass(frozen=True, slots=True)
class History:
    """The answer to a trend's question; in the `gaps` readings may be missing whatever the points seem to show."""

    start: datetime
    end: datetime
    points: Mapping[PointId, PointHistory]
    gaps: Sequence[Gap] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch from which the record holds nothing."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class HistoryTotals:
    """The counters of the record, as the database holds them."""

    readings_stored: int = 0
    quarantined: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)


class Rollup(StrEnum):
    """The lengths of the buckets into which readings are rolled up."""

    FIVE_MINUTES = "5m"
    HOUR = "1h"
    DAY = "1d"

    @property
    def length_us(self) -> int:
        """How long a bucket is; buckets begin at whole multiples of it since 1970, in UTC."""
        return {Rollup.FIVE_MINUTES: 300, Rollup.HOUR: 3600, Rollup.DAY: 86_400}[self] * 1_000_000


@dataclass(frozen=True, slots=True)
class Samples:
    """Readings of several points by their numbers, in the order of point, time and sequence: arrays of equal length."""

    point_id: NDArray[np.int32]
    ts_us: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Buckets:
    """Rolled-up readings in the order of point and bucket: arrays of equal length.

    Bad and infinite readings are counted in `bad` and nowhere else; where nothing else came, the five values are NaN.
    `covered_s` is how much time the readings of the bucket speak for; the last may reach into the next bucket.
    """

    point_id: NDArray[np.int32]
    bucket_us: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    count: NDArray[np.int32]
    doubtful: NDArray[np.int32]
    bad: NDArray[np.int32]
    covered_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each kind of row is kept; hourly and daily rollups are kept for ever."""

    raw: timedelta = timedelta(days=7)
    raw_with_rules: timedelta = timedelta(days=35)
    five_minutes: timedelta = timedelta(days=365)
    events: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What keeping the record still has to do: buckets that wait, and when old rows were last dropped."""

    buckets: int
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job of the record has come: what it does, how much of how much; no total where none is known."""

    doing: str
    done: int
    total: int | None = None
