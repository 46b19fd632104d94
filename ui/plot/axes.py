"""The axes of a lane: ticks at whole minutes, hours and days of the operator's clock, values with units."""

from datetime import UTC, datetime, tzinfo
from math import floor, log10

import pyqtgraph as pg
from typing_extensions import override

from ui.values import format_number

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7, 14, 28, 91, 182, 364)),
)
_LABEL_PX = 110.0
_VALUE_LABEL_PX = 26.0


def tick_step(span_s: float, width_px: float) -> float:
    """The smallest natural step that leaves room for its labels."""
    wanted = span_s * _LABEL_PX / max(1.0, width_px)
    return next((step for step in _STEPS if step >= wanted), _STEPS[-1])


def value_step(span: float, height_px: float) -> float:
    """The smallest round step whose labels do not touch, however low the lane."""
    wanted = max(span, 1e-12) * _VALUE_LABEL_PX / max(1.0, height_px)
    power = 10.0 ** floor(log10(wanted))
    return next(round_step * power for round_step in (1.0, 2.0, 5.0, 10.0) if round_step * power >= wanted * 0.999)


def tick_text(moment: float, step: float, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(moment, UTC).astimezone(zone)
    if step >= _DAY or (step >= _HOUR and at.hour == 0 and at.minute == 0):
        return f"{at:%d %b}"
    if step >= _MINUTE:
        return f"{at:%H:%M}"
    return f"{at:%H:%M:%S}" if step >= 1 else f"{at:%H:%M:%S.%f}"[:-3]


class TimeAxis(pg.AxisItem):
    def __init__(self, zone: tzinfo = UTC) -> None:
        super().__init__(orientation="bottom")
        self._zone = zone
        self.enableAutoSIPrefix(False)

    @override
    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        step = tick_step(maxVal - minVal, size)
        if step < _HOUR:
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
