"""Charts of a day, drawn by hand: curves with their gaps, limits, and strips of what was when."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from reportlab.graphics.shapes import Drawing, Line, Path, Rect, String
from reportlab.lib.colors import Color

from backend_core.reporting.model import SLOTS, Series
from backend_core.reporting.pdf_writer import look

_LEFT, _RIGHT, _BOTTOM, _TOP = 44.0, 8.0, 18.0, 16.0
_HOURS = (0, 3, 6, 9, 12, 15, 18, 21, 24)
_STRIP_LABEL, _STRIP_VALUE = 110.0, 62.0


@dataclass(frozen=True, slots=True)
class Trace:
    """One curve with its name and pen."""

    title: str
    values: Series
    color: Color


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a drawing in which the curves run, and the values at its edges."""

    width: float
    height: float
    low: float
    high: float

    def x(self, slot: float) -> float:
        return _LEFT + slot / SLOTS * (self.width - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return _BOTTOM + share * (self.height - _BOTTOM - _TOP)


def day_chart(
    traces: Sequence[Trace],
    unit: str,
    height: float,
    *,
    slots: int = SLOTS,
    limits: Mapping[str, float] | None = None,
    from_zero: bool = True,
) -> Drawing:
    """Curves over the 24 hours; where nothing was measured the ground is grey and no line is drawn."""
    marks = dict(limits or {})
    steps = _steps([value for trace in traces for value in trace.values[~np.isnan(trace.values)]], marks, from_zero)
    frame = Frame(look.WIDTH, height, steps[0], steps[-1])
    drawing = Drawing(look.WIDTH, height)
    for begin, end in _silences(traces, slots):
        drawing.add(_box(frame, begin, end))
    _grid(drawing, frame, steps)
    for title, limit in marks.items():
        _limit(drawing, frame, title, limit)
    for trace in traces:
        drawing.add(_line(frame, trace))
    _legend(drawing, frame, traces, unit)
    for begin, end in _silences(traces, slots):
        _name_silence(drawing, frame, begin, end)
    if slots < SLOTS:
        _now(drawing, frame, slots)
    return drawing


def strip(title: str, colors: Sequence[Color], value: str, *, height: float = 13.0) -> Drawing:
    """A day as a band of colours, with its name before and its sum behind."""
    drawing = Drawing(look.WIDTH, height)
    drawing.add(_text(0.0, 3.5, title, 8.0, look.INK))
    begin, width = _STRIP_LABEL, look.WIDTH - _STRIP_LABEL - _STRIP_VALUE
    for start, end, color in _bands(colors):
        x, w = begin + width * start / SLOTS, width * (end - start) / SLOTS
        drawing.add(Rect(x, 2.0, w, height - 4.0, fillColor=color, strokeColor=None, strokeWidth=0))
    drawing.add(_text(look.WIDTH, 3.5, value, 8.0, look.INK, anchor="end"))
    return drawing


def strip_scale() -> Drawing:
    """The hours under a column of strips."""
    drawing = Drawing(look.WIDTH, 11.0)
    width = look.WIDTH - _STRIP_LABEL - _STRIP_VALUE
    for hour in _HOURS:
        x = _STRIP_LABEL + width * hour / 24.0
        drawing.add(_text(x, 2.0, f"{hour:02d}:00", 7.0, look.TERTIARY, anchor="middle"))
    return drawing


def _steps(values: Sequence[float], limits: Mapping[str, float], from_zero: bool) -> list[float]:
    """Round values for the grid that enclose all there is to draw."""
    every = [*values, *limits.values()]
    low, high = (min(every), max(every)) if every else (0.0, 1.0)
    low = min(0.0, low) if from_zero else low
    spread = (high - low) or abs(high) or 1.0
    rough = spread / 4.0
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * magnitude >= rough)
    first = math.floor(low / step)
    last = max(math.ceil(high / step), first + 1)
    return [step * n for n in range(first, last + 1)]


def _grid(drawing: Drawing, frame: Frame, steps: Sequence[float]) -> None:
    left, right = frame.x(0), frame.x(SLOTS)
    decimals = max(0, min(3, -math.floor(math.log10(steps[1] - steps[0]) + 1e-9)))
    decimals += 1 if round((steps[1] - steps[0]) * 10**decimals, 6) % 1 else 0
    for value in steps:
        y = frame.y(value)
        drawing.add(Line(left, y, right, y, strokeColor=look.HAIR, strokeWidth=0.5))
        drawing.add(_text(left - 5, y - 2.5, number(value, decimals), 7.0, look.TERTIARY, anchor="end"))
    for hour in _HOURS:
        x = frame.x(SLOTS * hour / 24)
        drawing.add(Line(x, frame.y(steps[0]), x, frame.y(steps[-1]), strokeColor=look.HAIR, strokeWidth=0.5))
        drawing.add(_text(x, 5.0, f"{hour:02d}:00", 7.0, look.TERTIARY, anchor="middle"))


def _line(frame: Frame, trace: Trace) -> Path:
    """One path; the pen is lifted over every gap."""
    path = Path(strokeColor=trace.color, strokeWidth=1.1, fillColor=None, strokeLineJoin=1)
    drawing = False
    for slot, value in enumerate(trace.values):
        if math.isnan(value):
            drawing = False
            continue
        x, y = frame.x(slot + 0.5), frame.y(float(value))
        if not drawing:
            # An interval alone between two gaps would be a line of no length: it gets the width of its interval.
            path.moveTo(frame.x(slot), y)
        path.lineTo(x, y)
        drawing = True
    return path


def _silences(traces: Sequence[Trace], slots: int) -> Iterator[tuple[int, int]]:
    """Runs of intervals in which no trace has a value."""
    begin: int | None = None
    for slot in range(slots + 1):
        silent = slot < slots and all(math.isnan(trace.values[slot]) for trace in traces)
        if silent and begin is None:
            begin = slot
        if not silent and begin is not None:
            yield begin, slot
            begin = None


def _box(frame: Frame, begin: float, end: float) -> Rect:
    x, y = frame.x(begin), frame.y(frame.low)
    height = frame.y(frame.high) - y
    return Rect(x, y, frame.x(end) - x, height, fillColor=look.MISSING, strokeColor=None, strokeWidth=0)


def _name_silence(drawing: Drawing, frame: Frame, begin: int, end: int) -> None:
    if frame.x(end) - frame.x(begin) > 36.0:
        middle = (frame.x(begin) + frame.x(end)) / 2.0
        drawing.add(_text(middle, frame.y(frame.low) + 6.0, "no data", 7.0, look.SECONDARY, anchor="middle"))


def _now(drawing: Drawing, frame: Frame, slots: int) -> None:
    x = frame.x(slots)
    drawing.add(Line(x, frame.y(frame.low), x, frame.y(frame.high), strokeColor=look.SECONDARY, strokeWidth=0.8))
    anchor, shift = ("end", -3.0) if slots > SLOTS * 0.85 else ("start", 3.0)
    drawing.add(_text(x + shift, frame.y(frame.high) - 8.0, "made here", 7.0, look.SECONDARY, anchor=anchor))


def _limit(drawing: Drawing, frame: Frame, title: str, limit: float) -> None:
    y, left, right = frame.y(limit), frame.x(0), frame.x(SLOTS)
    drawing.add(Line(left, y, right, y, strokeColor=look.CRITICAL, strokeWidth=0.7, strokeDashArray=(4, 2)))
    drawing.add(_text(right - 3.0, y + 2.5, title, 7.0, look.CRITICAL, anchor="end"))


def _legend(drawing: Drawing, frame: Frame, traces: Sequence[Trace], unit: str) -> None:
    y = frame.height - 8.0
    drawing.add(_text(frame.x(0) - 5.0, y - 2.5, unit, 7.0, look.TERTIARY, anchor="end"))
    x = frame.x(0)
    for trace in traces:
        drawing.add(Line(x, y, x + 14.0, y, strokeColor=trace.color, strokeWidth=1.6))
        drawing.add(_text(x + 18.0, y - 2.5, trace.title, 7.5, look.INK))
        x += 30.0 + 4.2 * len(trace.title)


def _bands(colors: Sequence[Color]) -> Iterator[tuple[int, int, Color]]:
    begin = 0
    for slot in range(1, len(colors) + 1):
        if slot == len(colors) or colors[slot] != colors[begin]:
            yield begin, slot, colors[begin]
            begin = slot


def _text(x: float, y: float, text: str, size: float, color: Color, *, anchor: str = "start") -> String:
    return String(x, y, text, fontName=look.REGULAR, fontSize=size, fillColor=color, textAnchor=anchor)


def number(value: float, decimals: int) -> str:
    """Thousands in groups and a true minus, as on the screen."""
    text = f"{value:,.{decimals}f}"
    return f"−{text[1:]}" if text.startswith("-") and text.strip("-0.,") else text.lstrip("-")
