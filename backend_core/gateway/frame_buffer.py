"""Merges what happens in the core until a screen comes for it; the only lock between the two threads is here."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Any, TypedDict

from backend_core.gateway.frame import CoreHealth, Frame, LogLine, Notice, Sample, SampleRun
from backend_core.kernel.clock import Clock
from backend_core.kernel.identities import PointId
from backend_core.telemetry.model import LiveValue, Reading

SAMPLES_A_POINT = 600
SAMPLED_POINTS = 20_000
CHANGES_KEPT = 10_000


class _Newest(TypedDict, total=False):
    board: Any
    energisation: Any
    simulator: Any
    health: CoreHealth


class FrameBuffer:
    """Filled on the core thread, emptied on the screen's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._number = 0
        self._begin()
        self.is_watched = False
        """Nothing is kept until somebody looks, so that a core without a screen costs nothing here."""

    def _begin(self) -> None:
        self._values: dict[PointId, LiveValue] = {}
        self._samples: dict[PointId, deque[Sample]] = {}
        self._trimmed: dict[PointId, int] = {}
        self._alarms: list[Any] = []
        self._log: list[LogLine] = []
        self._notices: list[Notice] = []
        self._newest: _Newest = {}
        self._reload: set[str] = set()

    def readings(self, fresh: Iterable[Reading], values: dict[PointId, LiveValue]) -> None:
        """Take in the readings that changed live state."""
        if not self.is_watched:
            return
        with self._lock:
            for reading in fresh:
                point = reading.point
                self._values[point] = values[point]
                run = self._samples.get(point)
                if run is None:
                    if len(self._samples) >= SAMPLED_POINTS:
                        self._reload.add("values")
                        continue
                    run = self._samples[point] = deque(maxlen=SAMPLES_A_POINT)
                if len(run) == SAMPLES_A_POINT:
                    self._trimmed[point] = self._trimmed.get(point, 0) + 1
                run.append(Sample(reading.ts_us, reading.value, reading.quality))

    def values(self, points: Iterable[PointId], values: dict[PointId, LiveValue]) -> None:
        """Take in values that changed without being fresh: retained positions, the last of the record."""
        if self.is_watched:
            with self._lock:
                self._values.update({point: values[point] for point in points})

    def alarm(self, change: Any) -> None:
        """Take in one change of an alarm; none is ever trimmed, past the bound the screen asks for all."""
        self._append(self._alarms, change, "alarms")

    def log(self, line: LogLine) -> None:
        """Take in one line of the event log."""
        self._append(self._log, line, "log")

    def notice(self, notice: Notice) -> None:
        """Take in one sentence for the operator."""
        self._append(self._notices, notice, "notices")

    def newest(self, **sections: Any) -> None:
        """Replace the named sections (`board`, `energisation`, `simulator`, `health`)."""
        with self._lock:
            self._newest.update(sections)  # type: ignore[typeddict-item]

    def ask_again(self, section: str) -> None:
        """Tell the screen that a section changed as a whole: it must ask for a snapshot."""
        with self._lock:
            self._reload.add(section)

    def take(self) -> Frame:
        """Hand out everything since the last frame."""
        self.is_watched = True
        with self._lock:
            self._number += 1
            frame = Frame(
                number=self._number,
                taken_monotonic_s=self._clock.monotonic(),
                values=self._values,
                samples={p: SampleRun(tuple(run), self._trimmed.get(p, 0)) for p, run in self._samples.items()},
                alarms=self._alarms,
                log=self._log,
                notices=self._notices,
                reload=frozenset(self._reload),
                **self._newest,
            )
            self._begin()
        return frame

    @property
    def number(self) -> int:
        """The number of the last frame handed out."""
        return self._number

    def _append(self, section: list[Any], item: Any, name: str) -> None:
        if not self.is_watched:
            return
        with self._lock:
            if len(section) >= CHANGES_KEPT:
                section.clear()
                self._reload.add(name)
            section.append(item)
