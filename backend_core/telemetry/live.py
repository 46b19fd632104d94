"""The newest value of every point, and how often each is expected."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from statistics import median

from backend_core.kernel.identities import DeviceId, PointId, split_point
from backend_core.kernel.quality import Mark
from backend_core.telemetry.model import DeviceKind, LiveValue, Reading
from backend_core.telemetry.quantities import PERIOD_S

GAPS_KEPT = 20
DEFAULT_PERIOD_S = 10.0
# Plain integers: an operation with a flag's own class costs ten times as much, a hundred thousand times a second.
_FUTURE, _LATE = int(Mark.TIME_FUTURE), int(Mark.LATE)
_NOT_FRESH = int(Mark.RETAINED | Mark.DEMO_HISTORY | Mark.LATE)


class LiveState:
    """Merges both inlets by (point, ts): only a reading that is newer than the newest changes anything."""

    def __init__(self, configured_period_s: Mapping[str, float] | None = None) -> None:
        self.values: dict[PointId, LiveValue] = {}
        self._configured = dict(configured_period_s or {})
        self._gaps: dict[PointId, deque[float]] = {}

    def apply(
        self, readings: Iterable[Reading], kinds: Mapping[DeviceId, DeviceKind], monotonic_s: float
    ) -> list[Reading]:
        """Take the readings in; return those that were fresh, which is what alarms and screens may act on."""
        values, gaps, fresh = self.values, self._gaps, []
        for reading in readings:
            point, ts_us, _, value, quality, marks, received_us, _ = reading
            # A time from the future would stop every later reading; what came last counts then.
            shown_us = received_us if marks & _FUTURE else ts_us
            before = values.get(point)
            if before is not None and shown_us < before.ts_us:
                continue
            if marks & _LATE and before is not None:
                continue
            if before is not None and point not in gaps:
                period_s = before.period_s
            else:
                period_s = self._period_s(point, before, kinds, shown_us)
            values[point] = LiveValue(value, quality, marks, shown_us, monotonic_s, period_s)
            if not marks & _NOT_FRESH:
                fresh.append(reading)
        return fresh

    def period_of(self, point: PointId, kinds: Mapping[DeviceId, DeviceKind]) -> float:
        """How often a point is expected: as configured, as its kind tells, or as learned so far."""
        known = self.values.get(point)
        device, _ = split_point(point)
        configured = self._configured.get(point) or self._configured.get(device)
        if configured is not None:
            return configured
        kind = kinds.get(device)
        if kind is not None and kind in PERIOD_S:
            return PERIOD_S[kind]
        return known.period_s if known is not None else DEFAULT_PERIOD_S

    def _period_s(
        self, point: PointId, before: LiveValue | None, kinds: Mapping[DeviceId, DeviceKind], ts_us: int
    ) -> float:
        device, _ = split_point(point)
        if (configured := self._configured.get(point) or self._configured.get(device)) is not None:
            return configured
        kind = kinds.get(device)
        if kind in PERIOD_S:
            return PERIOD_S[kind]
        return self._learned_period_s(point, before, ts_us)

    def _learned_period_s(self, point: PointId, before: LiveValue | None, ts_us: int) -> float:
        gaps = self._gaps.setdefault(point, deque(maxlen=GAPS_KEPT))
        if before is not None and ts_us > before.ts_us:
            gaps.append((ts_us - before.ts_us) / 1e6)
        return median(gaps) if gaps else DEFAULT_PERIOD_S
