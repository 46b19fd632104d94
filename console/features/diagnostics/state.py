"""What diagnostics know: the core's health over the last minutes, every source with its rate, the newest rejections."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from backend_core.telemetry.model import stale_after_s

if TYPE_CHECKING:
    from backend_core.gateway.diagnosis import SourceRow
    from backend_core.gateway.frame import CoreHealth, Frame
    from backend_core.kernel.identities import PointId
    from backend_core.telemetry.model import LiveValue, Rejection

CURVE_S = 120
RATE_OVER_S = 10.0


class KnownDevice(Protocol):
    """What the record has of a device."""

    @property
    def device(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def first_seen(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One device: what it sent since the core started, and what the record knows of it."""

    device: str
    kind: str
    state: str = ""
    messages: int = 0
    rate_per_s: float | None = None
    silent_s: float | None = None
    clock_offset_s: float | None = None
    rejected: Mapping[str, int] = field(default_factory=dict)
    first_seen: datetime | None = None
    topic: str = ""

    @property
    def rejected_total(self) -> int:
        return sum(self.rejected.values())


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue: how many wait, how many waited at most since this panel looks, how many were dropped."""

    name: str
    waiting: int
    most: int
    dropped: int


@dataclass(frozen=True, slots=True)
class RejectionLine:
    """One refused message or value."""

    id: tuple[int, str, str, int]
    received_us: int
    topic: str
    reason: str
    detail: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class PanelLine:
    """How long handing a frame to one panel took at worst, lately."""

    name: str
    slowest_ms: float


@dataclass(slots=True)
class _Count:
    """Message counts of one device over the last seconds, for its rate."""

    seen: deque[tuple[float, int]] = field(default_factory=deque)

    def rate_per_s(self, monotonic_s: float, messages: int) -> float | None:
        self.seen.append((monotonic_s, messages))
        while len(self.seen) > 2 and monotonic_s - self.seen[0][0] > RATE_OVER_S:
            self.seen.popleft()
        (first_s, first), (last_s, last) = self.seen[0], self.seen[-1]
        return (last - first) / (last_s - first_s) if last_s - first_s >= 0.5 else None


class DiagnosticsState:
    """Fed once a second with what the core answers; time is the caller's."""

    def __init__(self) -> None:
        self.health: CoreHealth | None = None
        self.sources: dict[str, SourceLine] = {}
        self.rejections: list[RejectionLine] = []
        self._registry: dict[str, KnownDevice] = {}
        self._counts: dict[str, _Count] = {}
        self._most: Counter[str] = Counter()
        self._curves: dict[str, deque[float | None]] = {}

    def apply(self, frame: Frame) -> None:
        """Keep the newest sign of life."""
        if (health := frame.health) is None:
            return
        self.health = health
        for name, waiting in health.depths.items():
            self._most[name] = max(self._most[name], waiting)

    def know_devices(self, devices: Iterable[KnownDevice]) -> None:
        """What the record has of devices, those included that have not been heard since the core started."""
        self._registry = {row.device: row for row in devices}

    def hear(self, sources: Iterable[SourceRow], monotonic_s: float, now_us: int) -> None:
        """The scoreboard as the core has it now."""
        lines = {row.device: self._line(row, monotonic_s, now_us) for row in sources}
        for device, row in self._registry.items():
            if device not in lines:
                lines[device] = SourceLine(device, row.kind, row.state, first_seen=row.first_seen)
        self.sources = lines

    def reject(self, rejections: Iterable[Rejection]) -> None:
        """The newest rejections, newest first; two that look alike are told apart by their number."""
        alike: Counter[tuple[int, str, str]] = Counter()
        self.rejections = []
        for each in rejections:
            same = (each.received_us, each.topic, each.detail)
            line = RejectionLine(
                (*same, alike[same]), each.received_us, each.topic, str(each.reason), each.detail, each.payload
            )
            alike[same] += 1
            self.rejections.append(line)

    def queues(self) -> list[QueueLine]:
        """Every queue by name, those included that only dropped."""
        if self.health is None:
            return []
        depths, dropped = self.health.depths, self.health.dropped
        names = dict.fromkeys([*depths, *dropped])
        return [QueueLine(n, depths.get(n, 0), self._most[n], dropped.get(n, 0)) for n in names]

    def note(self, key: str, value: float | None) -> tuple[float | None, ...]:
        """Let the curve of a figure grow by one second; the curve, oldest first."""
        curve = self._curves.setdefault(key, deque(maxlen=CURVE_S))
        curve.append(value)
        return tuple(curve)

    def heard(self) -> int:
        """How many devices have sent something since the core started."""
        return sum(line.messages > 0 for line in self.sources.values())

    def _line(self, row: SourceRow, monotonic_s: float, now_us: int) -> SourceLine:
        known = self._registry.get(row.device)
        count = self._counts.setdefault(row.device, _Count())
        return SourceLine(
            device=row.device,
            kind=known.kind if known and row.kind == "unknown" else row.kind,
            state=known.state if known else "",
            messages=row.messages,
            rate_per_s=count.rate_per_s(monotonic_s, row.messages),
            silent_s=max(0.0, (now_us - row.last_received_us) / 1e6),
            clock_offset_s=row.clock_offset_s,
            rejected=row.rejected,
            first_seen=known.first_seen if known else None,
            topic=row.last_topic,
        )


def most_overdue(values: Mapping[PointId, LiveValue], monotonic_s: float) -> str | None:
    """The point that is silent for longest, measured by how often it should come: the first to look at."""

    def overdue(point: PointId) -> float:
        live = values[point]
        return (monotonic_s - live.received_monotonic_s) / stale_after_s(live.period_s)

    return max(values, key=overdue, default=None)
