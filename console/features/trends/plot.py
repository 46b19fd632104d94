"""Thin adapters between the core's points and history, and the pens and curves of the kit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from backend_core.gaps.model import EVERYTHING
from backend_core.gateway.frame import SampleRun
from backend_core.gateway.readings import PointInfo
from backend_core.history.model import History, PointHistory
from backend_core.kernel.identities import split_point
from console.features.trends import words
from ui.plot import Curve, Gap, Limit, Pen, Trace, parted, split_runs
from ui.theme.tokens import PEN_TOKENS

DAY_S = 86400.0
GHOST = "yesterday:"
_LIMITS = (
    ("low", "medium", False),
    ("high", "medium", True),
    ("low_low", "high", False),
    ("high_high", "high", True),
)


def pen_of(info: PointInfo, number: int, gap_after_s: float) -> Pen:
    """The pen of a point; colours come back after four, and a lane of its own keeps other units apart."""
    is_position = info.point.endswith(".position")
    return Pen(
        key=info.point,
        label=words.pen_label(*split_point(info.point)),
        unit=info.unit,
        decimals=info.decimals,
        colour=PEN_TOKENS[number % len(PEN_TOKENS)],
        is_stepped=is_position,
        longest_pause_s=max(gap_after_s, 60.0) if is_position else gap_after_s,
        limits=_limits_of(info),
    )


def ghost_of(pen: Pen) -> Pen:
    return Pen(
        key=GHOST + pen.key,
        label=words.ghost_label(pen.label),
        unit=pen.unit,
        decimals=pen.decimals,
        is_ghost=True,
        longest_pause_s=pen.longest_pause_s,
    )


def told_gaps(history: History, shift_s: float = 0.0) -> tuple[Gap, ...]:
    """Where the record itself says that it is incomplete; what still lasts ends with the span.

    A refused subscription is left out: of its points nothing came at all, and the others lack nothing.
    """
    every = (gap for gap in history.gaps if gap.scope == EVERYTHING)
    ends = ((gap.started_at, min(gap.ended_at or history.end, history.end)) for gap in every)
    return tuple(Gap(a.timestamp() + shift_s, b.timestamp() + shift_s, is_told=True) for a, b in ends)


def curve_of(history: PointHistory, column_s: float, shift_s: float = 0.0, told: Sequence[Gap] = ()) -> Curve:
    """A point's past; inside a thinned column nothing can be said to be missing, unless the record tells it."""
    width_s = max(column_s, 1.5 * history.resolution_s)
    pause_s = max(history.gap_after_s, width_s) if history.is_thinned else history.gap_after_s
    times = history.ts_us.astype(np.float64) / 1e6 + shift_s
    return parted(split_runs(times, history.values, history.quality.astype(np.uint8), pause_s), told)


def append_run(trace: Trace, run: SampleRun) -> None:
    for ts_us, value, quality in run.samples:
        trace.append(ts_us / 1e6, value, quality)


def samples_as_csv(traces: Iterable[Trace], left: float, right: float) -> str:
    """What is drawn between two times, in the form of the export: RFC 3339 in UTC, ordered by time, then point."""
    rows: list[tuple[float, str, float, bool]] = []
    for trace in traces:
        for run in trace.curve().runs:
            inside = (run.times >= left) & (run.times <= right)
            doubtful = np.zeros(len(run.times), bool) if run.doubtful is None else run.doubtful
            columns = (run.times[inside].tolist(), run.values[inside].tolist(), doubtful[inside].tolist())
            rows += [(t, trace.pen.key, v, d) for t, v, d in zip(*columns, strict=True)]
    rows.sort(key=lambda row: row[:2])
    lines = [f"{key},{_instant(t)},{v!r},{'uncertain' if d else 'good'}" for t, key, v, d in rows]
    return "\n".join(["point,ts,value,quality", *lines, ""])


def _limits_of(info: PointInfo) -> tuple[Limit, ...]:
    found = []
    for name, tone, is_upper in _LIMITS:
        limit = getattr(info, name)
        if limit is not None:
            label = words.limit_label(info.device, limit, info.unit)
            found.append(Limit(limit, label, tone, is_upper))
    return tuple(found)


def _instant(seconds: float) -> str:
    moment = np.datetime64(round(seconds * 1e6), "us")
    return f"{np.datetime_as_string(moment, unit='us')}Z"
