"""Takes batches from the inlets, judges them and tells the core; the durable inlet waits for the record to keep up."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backend_core.kernel.clock import Clock
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.identities import DeviceId
from backend_core.telemetry import rules
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.live import LiveState
from backend_core.telemetry.model import (
    DeviceKind,
    Discovery,
    Heard,
    Inlet,
    Judged,
    RawBatch,
    RawMessage,
    Reading,
    Reason,
    Receipt,
    Rejection,
)
from backend_core.telemetry.ports import PayloadDecoder, TelemetrySource

BATCHES_IN_FLIGHT = 2
REJECTIONS_SHOWN = 200
PLACES_KEPT = 50_000
SCORES_KEPT = 50_000


_Attributes = dict[DeviceId, dict[str, str]]


@dataclass(slots=True)
class SourceScore:
    """What one device has sent so far, for the scoreboard of the diagnostics."""

    messages: int = 0
    rejections: Counter[str] = field(default_factory=Counter)
    last_received_us: int = 0
    last_topic: str = ""
    last_payload: bytes = b""
    clock_offset_s: float = 0.0


class TelemetryService:
    """Owns live state and the kinds of the devices; publishes one `BatchJudged` a batch."""

    def __init__(
        self, bus: EventBus, clock: Clock, decoder: PayloadDecoder, live: LiveState, *, accept_unknown: bool = True
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._decoder = decoder
        self._accept_unknown = accept_unknown
        self._room = asyncio.Semaphore(BATCHES_IN_FLIGHT)
        self.live = live
        self.kinds: dict[DeviceId, DeviceKind] = {}
        self._expected: set[str] = set()
        self._attributes: _Attributes = {}
        self._attributes_again: _Attributes = {}
        self._places: dict[str, rules.Place] = {}
        self._last_received_us = 0
        self.scores: dict[str, SourceScore] = {}
        self.recent_rejections: deque[Rejection] = deque(maxlen=REJECTIONS_SHOWN)
        self.messages_seen = 0
        self.blocked_since_s: float | None = None

    def know(self, kinds: Mapping[DeviceId, DeviceKind]) -> None:
        """Learn devices from the registry before their first message."""
        self.kinds.update(kinds)

    def expect(self, devices: Iterable[str]) -> None:
        """Let these devices speak for the first time even where unknown ones may not: the network names them."""
        self._expected.update(devices)

    async def run(self, source: TelemetrySource) -> None:
        """Take every batch of a source until it ends."""
        async with contextlib.aclosing(source.batches()) as batches:
            async for batch in batches:
                if batch.inlet is Inlet.DURABLE:
                    await self._wait_for_room(batch)
                self.take(batch)

    def inject(self, readings: list[Reading], kind: DeviceKind, attributes: Mapping[str, str] | None = None) -> Receipt:
        """Take readings that did not come as messages: a smart switch's own meter, or the demo's history."""
        devices = {DeviceId(reading.point.rpartition(".")[0]) for reading in readings}
        judged = Judged(readings=readings)
        for device in devices:
            self._discover(device, kind, dict(attributes or {}), judged, self._attributes)
        receipt = Receipt()
        self._publish(judged, Inlet.DURABLE, receipt, ())
        return receipt

    def take(self, batch: RawBatch) -> None:
        """Judge one batch and tell the core."""
        judged, heard = Judged(), []
        # No two objects are received at the same moment: it is the key of one that tells no time of its own.
        at_us = max(batch.received_us, self._last_received_us + 1)
        for message in batch.messages:
            heard.append(Heard(message, at_us))
            at_us = self._judge(message, at_us, judged) + 1
        self._last_received_us = at_us - 1
        self.messages_seen += len(batch.messages)
        self._publish(judged, batch.inlet, batch.receipt, heard)

    def judge_again(self, heard: Iterable[Heard]) -> Judged:
        """What messages become that were heard before and kept; live state and scores know them already."""
        judged = Judged()
        for message, received_us in heard:
            self._judge(message, received_us, judged, again=True)
        return judged

    async def _wait_for_room(self, batch: RawBatch) -> None:
        if self._room.locked():
            self.blocked_since_s = self._clock.monotonic()
        try:
            await self._room.acquire()
        finally:
            self.blocked_since_s = None
        acknowledge = batch.receipt.on_complete

        def finish() -> None:
            self._room.release()
            if acknowledge is not None:
                acknowledge()

        batch.receipt.on_complete, batch.receipt.on_drop = finish, self._room.release

    def _publish(self, judged: Judged, inlet: Inlet, receipt: Receipt, heard: Sequence[Heard]) -> None:
        fresh = self.live.apply(judged.readings, self.kinds, self._clock.monotonic())
        self.recent_rejections.extend(judged.rejections)
        event = BatchJudged(judged.readings, fresh, judged.rejections, judged.discoveries, inlet, receipt, heard)
        self._bus.publish(event)

    def _judge(self, message: RawMessage, received_us: int, judged: Judged, *, again: bool = False) -> int:
        """Judge one message; returns the last moment of receipt that it used, one for each object in it."""
        place = self._places.get(message.topic) or self._place(message.topic)
        if isinstance(place, str):
            judged.rejections.append(_reject(message, Reason.TOPIC, place, received_us))
            return received_us
        kind, device = place.address
        score = None if again else self._score(device, message, received_us)
        told = self._attributes_again if again else self._attributes
        before = len(judged.rejections)
        received_us -= 1
        for item in self._decoder.decode(kind, message.topic, message.payload, received_us + 1):
            received_us += 1
            if isinstance(item, Rejection):
                judged.rejections.append(item)
                continue
            if fault := rules.identity_fault(item, place.address, self.kinds):
                judged.rejections.append(_reject(message, Reason.IDENTITY, fault, received_us))
                continue
            stamp = rules.stamp_of(item, message, received_us)
            if isinstance(stamp, str):
                judged.rejections.append(_reject(message, Reason.TIME, stamp, received_us))
                continue
            if not self._discover(device, kind, item.attributes, judged, told):
                judged.rejections.append(_reject(message, Reason.UNKNOWN_DEVICE, "Not registered.", received_us))
                continue
            judged.readings += rules.judge(item, place, message, stamp, received_us)
            judged.rejections += [_reject(message, Reason.TYPE, fault, received_us) for fault in item.faults]
            if score is not None:
                score.clock_offset_s = (stamp.ts_us - received_us) / 1e6
        if score is not None and len(judged.rejections) > before:
            score.rejections.update(str(rejection.reason) for rejection in judged.rejections[before:])
        return received_us

    def _place(self, topic: str) -> rules.Place | str:
        """What a topic speaks of; topics that were judged once are remembered, up to a bound."""
        address = rules.address_of(topic)
        if isinstance(address, str):
            return address
        if len(self._places) >= PLACES_KEPT:
            self._places.clear()
        place = self._places[topic] = rules.Place(address)
        return place

    def _discover(
        self, device: DeviceId, kind: DeviceKind, attributes: dict[str, str], judged: Judged, told: _Attributes
    ) -> bool:
        known = device in self.kinds
        if not (known or self._accept_unknown or device in self._expected):
            return False
        if not known or (attributes and told.get(device) != attributes):
            self.kinds[device] = kind
            told[device] = attributes
            judged.discoveries.append(Discovery(device, kind, attributes))
        return True

    def _score(self, device: DeviceId, message: RawMessage, received_us: int) -> SourceScore:
        score = self.scores.get(device)
        if score is None:
            score = SourceScore()
            if len(self.scores) < SCORES_KEPT:
                self.scores[device] = score
        score.messages += 1
        score.last_received_us = received_us
        score.last_topic = message.topic
        score.last_payload = message.payload
        return score


def _reject(message: RawMessage, reason: Reason, detail: str, received_us: int) -> Rejection:
    return Rejection(message.topic, message.payload, reason, detail, received_us)
