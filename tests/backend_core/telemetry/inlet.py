"""A telemetry service on a fake clock, with what it told the core."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.identities import PointId
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.live import LiveState
from backend_core.telemetry.model import Inlet, LiveValue, RawBatch, RawMessage, Reading, Rejection
from backend_core.telemetry.msgspec_decoder import MsgspecDecoder
from backend_core.telemetry.service import TelemetryService


class TestedInlet:
    """Messages go in by `hear`; what was judged is kept."""

    __test__ = False

    def __init__(self, *, accept_unknown: bool = True, periods: dict[str, float] | None = None) -> None:
        self.clock = FakeClock()
        self.judged: list[BatchJudged] = []
        bus = EventBus()
        bus.on(BatchJudged, self.judged.append)
        self.live = LiveState(periods)
        self.service = TelemetryService(bus, self.clock, MsgspecDecoder(), self.live, accept_unknown=accept_unknown)

    def hear(self, *messages: RawMessage, inlet: Inlet = Inlet.DURABLE) -> BatchJudged:
        self.service.take(RawBatch(messages, self.clock.now_us(), inlet))
        return self.judged[-1]

    def ago(self, seconds: float) -> str:
        """A time of the past, as a meter writes it."""
        return (self.clock.now() - timedelta(seconds=seconds)).isoformat()

    def value(self, point: str) -> LiveValue:
        return self.live.values[PointId(point)]


def message(topic: str, *, is_retained: bool = False, is_redelivered: bool = False, **facts: Any) -> RawMessage:
    return RawMessage(topic, json.dumps(facts).encode(), is_retained, is_redelivered)


def sensor(at: str | datetime | None, voltage: float = 230.0, **more: Any) -> RawMessage:
    """A message of sensor `s` with one quantity; without a time when there is none."""
    flags = {key: more.pop(key) for key in ("is_retained", "is_redelivered") if key in more}
    stamp = {} if at is None else {"timestamp": at if isinstance(at, str) else at.isoformat()}
    return message("grid/sensors/s", device_id="s", voltage=voltage, **stamp, **more, **flags)


def one(judged: BatchJudged) -> Reading:
    assert not judged.rejections, judged.rejections
    (reading,) = judged.readings
    return reading


def refused(judged: BatchJudged) -> Rejection:
    assert not judged.readings, judged.readings
    (rejection,) = judged.rejections
    return rejection
