"""The computed day before as readings that say of themselves that nobody measured them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Mark, Quality
from backend_core.telemetry.model import Reading
from backend_core.virtual_grid.model import DayOfHistory


def readings_of(day: DayOfHistory, chunk: int = 5000) -> Iterator[list[Reading]]:
    """In chunks that a store takes at once, point by point in the order of time; gaps stay gaps."""
    waiting: list[Reading] = []
    for point, values in day.columns.items():
        there = np.isfinite(values)
        for ts_us, value in zip(day.ts_us[there].tolist(), values[there].tolist(), strict=True):
            waiting.append(Reading(PointId(point), ts_us, 0, value, Quality.GOOD, int(Mark.DEMO_HISTORY), ts_us, 0))
            if len(waiting) >= chunk:
                yield waiting
                waiting = []
    if waiting:
        yield waiting
