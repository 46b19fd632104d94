"""The axes of a lane: ticks at whole minutes, hours and days of the operator's clock, values with units."""

from datetime import UTC, datetime, tzinfo
from math import floor, log10

import pyqtgraph as pg
from typing_extensions import override

from ui.time_ticks import HOUR_S, tick_step, tick_text
from ui.values import format_number

_VALUE_LABEL_PX = 26.0


def value_step(span: float, height_px: float) -> float:
    """The smallest round step whose labels do not touch, however low the lane."""
    wanted = max(span, 1e-12) * _VALUE_LABEL_PX / max(1.0, height_px)
    power = 10.0 ** floor(log10(wanted))
    return next(round_step * power for round_step in (1.0, 2.0, 5.0, 10.0) if round_step * power >= wanted * 0.999)


class TimeAxis(pg.AxisItem):
    def __init__(self, zone: tzinfo = UTC) -> None:
        super().__init__(orientation="bottom")
        self._zone = zone
        self.enableAutoSIPrefix(False)

    @override
    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        step = tick_step(maxVal - minVal, size)
        if step < HOUR_S:
            return [(step, 0.0)]
        shift = datetime.fromtimestamp(minVal, UTC).astimezone(self._zone).utcoffset()
        return [(step, -(shift.total_seconds() if shift else 0.0) % step)]

    @override
    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [tick_text(value, spacing, self._zone) for value in values]


class ValueAxis(pg.AxisItem):
    """Every label carries the unit, with as many decimals as its step needs."""

    def __init__(self, unit: str) -> None:
        super().__init__(orientation="left")
        self._unit = f" {unit}" if unit else ""
        self.enableAutoSIPrefix(False)

    @override
    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        return [(value_step(maxVal - minVal, size), 0.0)]

    @override
    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        decimals = max(0, -floor(log10(spacing))) if spacing > 0 else 0
        return [f"{format_number(value, decimals)}{self._unit}" for value in values]
