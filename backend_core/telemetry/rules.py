"""How a decoded message is judged: identity, time, and the plausibility of each value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC
from typing import NamedTuple

from backend_core.kernel.clock import to_us
from backend_core.kernel.identities import DeviceId, PointId, is_valid_id, point_of
from backend_core.kernel.quality import Mark, Quality
from backend_core.telemetry.model import Decoded, DeviceKind, LiveValue, RawMessage, Reading, stale_after_s
from backend_core.telemetry.quantities import TOPIC_KINDS, quantity_of

MAX_PAYLOAD_BYTES = 256 * 1024
SECOND_US = 1_000_000
FUTURE_TOLERATED_US = 2 * SECOND_US
FUTURE_REFUSED_US = 24 * 3600 * SECOND_US
LATE_AFTER_US = 5 * 60 * SECOND_US
YEAR_2000_US = 946_684_800 * SECOND_US
YEAR_2100_US = 4_102_444_800 * SECOND_US
SPANS_KEPT = 256
FLOWING_S = 10.0
_RANGE = int(Mark.RANGE)


class Address(NamedTuple):
    """The device that a topic speaks of."""

    kind: DeviceKind
    device: DeviceId


class Freshness(NamedTuple):
    """The age that 95 in 100 of the flowing points stay below, and how many devices have a point that is not stale."""

    age_p95_s: float | None
    devices_online: int


class Stamp(NamedTuple):
    """The key's time with what had to be assumed about it."""

    ts_us: int
    quality: Quality
    marks: int


class Span(NamedTuple):
    """A point with the values that its quantity can take."""

    point: PointId
    low: float
    high: float


class Place:
    """What a topic speaks of: its device, and the points met there so far."""

    __slots__ = ("address", "spans")

    def __init__(self, address: Address) -> None:
        self.address = address
        self.spans: dict[str, Span] = {}

    def span(self, name: str) -> Span:
        """The point of a quantity; most are asked for again and again."""
        kind, device = self.address
        meant = quantity_of(kind, name)
        found = Span(point_of(device, name), meant.low, meant.high)
        if len(self.spans) < SPANS_KEPT:
            self.spans[name] = found
        return found


def address_of(topic: str) -> Address | str:
    """Which device a topic names, or what is wrong with the topic."""
    levels = topic.split("/")
    if len(levels) != 3 or levels[0] != "grid" or levels[1] not in TOPIC_KINDS:
        return "The topic is none of grid/<sensors|buses|converters|res|switches|points|weather>/<id>."
    if not is_valid_id(levels[2]):
        return "The last level of the topic is no lawful device id."
    return Address(TOPIC_KINDS[levels[1]], DeviceId(levels[2]))


def identity_fault(decoded: Decoded, address: Address, kinds: Mapping[DeviceId, DeviceKind]) -> str | None:
    """Why the message may not speak for its device; nothing when it may."""
    if decoded.device != address.device:
        return f"The payload names '{decoded.device[:64]}', the topic '{address.device}'."
    known = kinds.get(address.device)
    if known is not None and known is not address.kind:
        return f"'{address.device}' is known as a {known}, this message calls it a {address.kind}."
    return None


def stamp_of(decoded: Decoded, message: RawMessage, received_us: int) -> Stamp | str:
    """The time of the key, or why the time given cannot be."""
    if decoded.timestamp is None:
        return Stamp(received_us, Quality.UNCERTAIN, int(Mark.TIME_RECEIVED))
    quality, marks, moment = Quality.GOOD, 0, decoded.timestamp
    if moment.tzinfo is None:
        quality, marks, moment = Quality.UNCERTAIN, int(Mark.ZONE_ASSUMED), moment.replace(tzinfo=UTC)
    ts_us = to_us(moment)
    ahead_us = ts_us - received_us
    if ts_us < YEAR_2000_US or ts_us > YEAR_2100_US:
        return f"The time {moment.isoformat()} lies before 2000 or after 2100."
    if ahead_us > FUTURE_REFUSED_US:
        return f"The time {moment.isoformat()} lies more than 24 h in the future."
    if ahead_us > FUTURE_TOLERATED_US:
        quality, marks = Quality.UNCERTAIN, marks | int(Mark.TIME_FUTURE)
    elif ahead_us < -LATE_AFTER_US:
        marks |= int(Mark.LATE)
    return Stamp(ts_us, quality, marks)


def judge(decoded: Decoded, place: Place, message: RawMessage, stamp: Stamp, received_us: int) -> list[Reading]:
    """The readings of an object whose stamp and identity were judged before, each with its quality."""
    quality, marks = stamp.quality, stamp.marks
    if decoded.declared is not Quality.GOOD:
        quality, marks = max(quality, decoded.declared), marks | int(Mark.DECLARED)
    if message.is_retained:
        quality, marks = max(quality, Quality.UNCERTAIN), marks | int(Mark.RETAINED)
    payload_hash = 0
    if decoded.timestamp is None:
        payload_hash = hash_of(message.payload)
        if message.is_redelivered:
            marks |= int(Mark.REDELIVERED)
    ts_us, seq, spans, readings = stamp.ts_us, decoded.seq, place.spans, []
    for name, value in decoded.values:
        point, low, high = spans.get(name) or place.span(name)
        if low <= value <= high:
            held, why = quality, marks
        else:
            held, why = Quality.BAD, marks | _RANGE
        readings.append(Reading(point, ts_us, seq, value, held, why, received_us, payload_hash))
    return readings


def hash_of(payload: bytes) -> int:
    """A signed 64-bit digest of a payload, by which a redelivery without a timestamp is known again."""
    return int.from_bytes(hashlib.blake2b(payload, digest_size=8).digest(), "big", signed=True) or 1


def freshness_of(values: Mapping[PointId, LiveValue], now_s: float) -> Freshness:
    """How old the values are at this moment."""
    ages: list[float] = []
    online: set[str] = set()
    for point, value in values.items():
        age_s = now_s - value.received_monotonic_s
        # Positions and probes come rarely by design; their age says nothing of the data's flow.
        if value.period_s <= FLOWING_S:
            ages.append(age_s)
        if age_s <= stale_after_s(value.period_s):
            online.add(point.rpartition(".")[0])
    ages.sort()
    return Freshness(ages[int(0.95 * (len(ages) - 1))] if ages else None, len(online))
