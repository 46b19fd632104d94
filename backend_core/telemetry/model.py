"""The nouns of measurement: raw messages, what they hold, readings, rejections and live values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from backend_core.kernel.identities import DeviceId, PointId
from backend_core.kernel.quality import Mark, Quality


class DeviceKind(StrEnum):
    """What a device is, told by its topic; a device has one kind for life."""

    SENSOR = "sensor"
    BUS = "bus"
    CONVERTER = "converter"
    RES = "res"
    SWITCH = "switch"
    ELEMENT = "element"
    WEATHER = "weather"
    SMART_SWITCH = "smart_switch"


class Reason(StrEnum):
    """Why a message or one of its values was quarantined."""

    JSON = "json"
    TYPE = "type"
    SCHEMA = "schema"
    TOPIC = "topic"
    IDENTITY = "identity_mismatch"
    TIME = "time"
    TOO_OLD = "too_old"
    TOO_LARGE = "too_large"
    DUPLICATE_KEY = "duplicate_key"
    CONFLICT = "conflict"
    UNKNOWN_DEVICE = "unknown_device"


class Inlet(StrEnum):
    """By which way a batch came: the durable one is acknowledged, the live one is thrown away after showing."""

    DURABLE = "durable"
    LIVE = "live"


class RawMessage(NamedTuple):
    """One message as the broker handed it over."""

    topic: str
    payload: bytes
    is_retained: bool
    is_redelivered: bool


class Heard(NamedTuple):
    """A message with the moment of its receipt: judged again later, it becomes the same readings."""

    message: RawMessage
    received_us: int


@dataclass(slots=True)
class Receipt:
    """Ends once: completed when the fate of every message of a batch is committed or stands on this computer's disk,
    then the source acknowledges; or dropped when this core will keep it nowhere, then the broker holds it for another.
    """

    on_complete: Callable[[], None] | None = None
    on_drop: Callable[[], None] | None = None
    has_ended: bool = False

    def complete(self) -> None:
        """Tell the source that all is committed."""
        self._end(self.on_complete)

    def drop(self) -> None:
        """Let the batch go without acknowledging it."""
        self._end(self.on_drop)

    def _end(self, listener: Callable[[], None] | None) -> None:
        if not self.has_ended:
            self.has_ended = True
            if listener is not None:
                listener()


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Everything that had arrived when the source was asked; message i was received at `received_us + i`."""

    messages: Sequence[RawMessage]
    received_us: int
    inlet: Inlet
    receipt: Receipt = field(default_factory=Receipt)


@dataclass(frozen=True, slots=True)
class BrokerTidings:
    """What a broker tells of itself: how many messages it let go because a queue was full, and when it began.

    What it does not tell is None; `started_us` may be some seconds late, never early.
    """

    at_us: int
    version: str = ""
    dropped: int | None = None
    started_us: int | None = None


class Decoded(NamedTuple):
    """One object of a payload, typed but not yet judged; values that had the wrong type stand in `faults`."""

    device: str
    timestamp: datetime | None
    seq: int
    values: Sequence[tuple[str, float]]
    faults: Sequence[str]
    declared: Quality
    attributes: dict[str, str]


class Reading(NamedTuple):
    """One value of one point at one moment; (point, ts_us, seq) is its key for ever."""

    point: PointId
    ts_us: int
    seq: int
    value: float
    quality: Quality
    marks: int
    received_us: int
    payload_hash: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """One thing that was not stored as a reading, kept with its reason."""

    topic: str
    payload: bytes
    reason: Reason
    detail: str
    received_us: int


@dataclass(slots=True)
class Judged:
    """What messages became."""

    readings: list[Reading] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    discoveries: list[Discovery] = field(default_factory=list)


class Discovery(NamedTuple):
    """A device seen for the first time, or with new attributes."""

    device: DeviceId
    kind: DeviceKind
    attributes: dict[str, str]


class LiveValue(NamedTuple):
    """The newest value of a point, with what a view needs to tell its age."""

    value: float
    quality: Quality
    marks: int
    ts_us: int
    received_monotonic_s: float
    period_s: float

    def quality_at(self, monotonic_s: float) -> Quality:
        """The quality as it must be shown at this moment: a good value turns stale when nothing newer comes."""
        if self.quality >= Quality.STALE or monotonic_s - self.received_monotonic_s <= stale_after_s(self.period_s):
            return self.quality
        return Quality.STALE

    @property
    def is_substituted(self) -> bool:
        """Whether a person or an estimator, not a meter, gave this value."""
        return bool(self.marks & (Mark.MANUAL | Mark.ESTIMATED))


def stale_after_s(period_s: float) -> float:
    """The age in seconds at which a value of this expected period is stale."""
    return max(2.0 * period_s, 5.0)
