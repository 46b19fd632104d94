"""One pen: what it is called, and its samples, live and from history, as one curve."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ui.plot.ring import SampleRing
from ui.plot.runs import Curve, Floats, join, split_runs


@dataclass(frozen=True, slots=True)
class Limit:
    """A dashed line with its name; the tone is a word of `ui.tones`."""

    value: float
    label: str
    tone: str = "critical"
    is_upper: bool = True

    def is_passed_by(self, value: float) -> bool:
        return value > self.value if self.is_upper else value < self.value


@dataclass(frozen=True, slots=True)
class Pen:
    """How a curve is called and drawn. Curves of one unit share a lane and its scale."""

    key: str
    label: str
    unit: str = ""
    decimals: int = 1
    colour: str = "pen1"
    is_ghost: bool = False
    is_stepped: bool = False
    longest_pause_s: float = 5.0
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A forecast: between `low` and `high` the value is expected, `middle` most likely."""

    times: Floats
    low: Floats
    high: Floats
    middle: Floats


@dataclass(slots=True)
class Trace:
    pen: Pen
    ring: SampleRing = field(default_factory=SampleRing)
    band: Band | None = None
    _history: Curve = field(default_factory=Curve)
    _history_pause_s: float = 0.0
    _joined: tuple[tuple[int, int], Curve] | None = None

    def show_history(self, curve: Curve, column_s: float = 0.0) -> None:
        """Take the past; `column_s` is the width of its columns, within which nothing can be said to be missing."""
        self._history, self._history_pause_s = curve, 2.0 * column_s
        self._joined = None

    def show_samples(self, times: Floats, values: Floats, trust: NDArray[np.uint8] | None = None) -> None:
        """Take raw samples as the past."""
        self.show_history(split_runs(times, values, trust, self.pen.longest_pause_s))

    def append(self, time: float, value: float, trust: int = 0) -> None:
        self.ring.append(time, value, trust)

    def curve(self) -> Curve:
        """History and live samples joined; worked out again only when one of them changed."""
        state = (self.ring.revision, id(self._history))
        if self._joined is None or self._joined[0] != state:
            pause = self.pen.longest_pause_s
            live = split_runs(self.ring.times, self.ring.values, self.ring.trust, pause) if len(self.ring) else Curve()
            self._joined = (state, join(self._history, live, max(pause, self._history_pause_s)))
        return self._joined[1]

    def newest(self) -> tuple[float, float, int] | None:
        """Time, value and trust of the newest live sample."""
        if not len(self.ring):
            return None
        return float(self.ring.times[-1]), float(self.ring.values[-1]), int(self.ring.trust[-1])
