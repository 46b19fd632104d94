"""A curve as it may be drawn: stretches without gaps, and the gaps between them with a word each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ui.values import Trust, format_age

_BLOCK = 1 << 16
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Samples in order of time (seconds since 1970) with no gap among them; `doubtful` marks the uncertain ones."""

    times: Floats
    values: Floats
    doubtful: Flags | None = None

    @property
    def start(self) -> float:
        return float(self.times[0])

    @property
    def end(self) -> float:
        return float(self.times[-1])

    def part(self, first: int, last: int) -> Run:
        doubtful = None if self.doubtful is None else self.doubtful[first:last]
        return Run(self.times[first:last], self.values[first:last], doubtful)

    def pick(self, indices: NDArray[np.intp]) -> Run:
        doubtful = None if self.doubtful is None else self.doubtful[indices]
        return Run(self.times[indices], self.values[indices], doubtful)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that nobody can draw; `is_bad` when something came but was not to be believed.

    One that is `told` is known to lack samples, although some may stand in it: it may be shorter than any pause.
    """

    start: float
    end: float
    is_bad: bool = False
    is_told: bool = False

    @property
    def words(self) -> str:
        what = "incomplete" if self.is_told else "bad data" if self.is_bad else "no data"
        return f"{what} {format_age(self.end - self.start)}"


@dataclass(frozen=True, slots=True)
class Curve:
    runs: tuple[Run, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.runs

    def value_at(self, moment: float) -> float | None:
        """The newest value not later than a moment; nothing inside a gap or outside the curve."""
        for run in self.runs:
            if run.start <= moment <= run.end:
                return float(run.values[np.searchsorted(run.times, moment, side="right") - 1])
        return None

    def covered_share(self, start: float, end: float) -> float:
        """Which share of a stretch of time has good data."""
        covered = sum(max(0.0, min(end, run.end) - max(start, run.start)) for run in self.runs)
        return covered / (end - start) if end > start else 0.0


def split_runs(times: Floats, values: Floats, trust: NDArray[np.uint8] | None, longest_pause_s: float) -> Curve:
    """Part samples where nothing came for longer than the pause, and where what came was bad or not a number."""
    doubtful = None
    unusable = np.isnan(values) if len(values) and np.isnan(values.min()) else np.zeros(0, bool)
    if trust is not None:
        is_bad = trust >= Trust.BAD
        unusable = unusable | is_bad if len(unusable) else is_bad
        doubtful = trust == Trust.UNCERTAIN
        doubtful = doubtful if doubtful.any() else None
    whole = Run(times, values, doubtful)
    kept = None
    if unusable.any():
        kept = np.flatnonzero(~unusable)
        whole = whole.pick(kept)
    if not len(whole.times):
        return Curve()
    ends = _pauses(whole.times, longest_pause_s)
    if kept is not None:
        ends = np.union1d(ends, np.flatnonzero(np.diff(kept) > 1) + 1)
    bounds = [0, *ends.tolist(), len(whole.times)]
    runs = tuple(whole.part(first, last) for first, last in pairwise(bounds))
    gaps = tuple(
        Gap(before.end, after.start, kept is not None and bool(kept[end] - kept[end - 1] > 1))
        for before, after, end in zip(runs, runs[1:], ends, strict=False)
    )
    return Curve(runs, gaps)


def parted(curve: Curve, told: Sequence[Gap]) -> Curve:
    """The curve with no line drawn into or out of the gaps that were told, and what stands in them doubtful."""
    runs: list[Run] = list(curve.runs)
    for gap in told:
        runs = [part for run in runs for part in _parts(run, gap)]
    return Curve(tuple(runs), (*curve.gaps, *told))


def _parts(run: Run, gap: Gap) -> list[Run]:
    if run.end <= gap.start or run.start >= gap.end:
        return [run]
    first = int(np.searchsorted(run.times, gap.start, side="right"))
    last = int(np.searchsorted(run.times, gap.end, side="left"))
    inside = Run(run.times[first:last], run.values[first:last], np.ones(last - first, bool))
    parts = (run.part(0, first), inside, run.part(last, len(run.times)))
    return [part for part in parts if len(part.times)]


def _pauses(times: Floats, longest_s: float) -> NDArray[np.intp]:
    """Where a new run begins. In blocks, for ten million differences at once cost more in fresh memory than in sums."""
    found = []
    steps = np.empty(_BLOCK)
    for first in range(0, len(times) - 1, _BLOCK):
        last = min(first + _BLOCK, len(times) - 1)
        part = np.subtract(times[first + 1 : last + 1], times[first:last], out=steps[: last - first])
        if part.max() > longest_s:
            found.append(np.flatnonzero(part > longest_s) + first + 1)
    return np.concatenate(found) if found else np.zeros(0, np.intp)


def join(history: Curve, live: Curve, longest_pause_s: float) -> Curve:
    """History up to where the live samples begin, then those; one run when nothing is missing between them."""
    if live.is_empty or history.is_empty:
        return history if live.is_empty else live
    seam = live.runs[0].start
    older = [run.part(0, int(np.searchsorted(run.times, seam))) for run in history.runs]
    older = [run for run in older if len(run.times)]
    gaps = [gap for gap in history.gaps if gap.end <= seam]
    if not older:
        return live
    last, first = older[-1], live.runs[0]
    if first.start - last.end > longest_pause_s:
        return Curve((*older, *live.runs), (*gaps, Gap(last.end, first.start), *live.gaps))
    return Curve((*older[:-1], _one(last, first), *live.runs[1:]), (*gaps, *live.gaps))


def _one(before: Run, after: Run) -> Run:
    doubtful = None
    if before.doubtful is not None or after.doubtful is not None:
        parts = [np.zeros(len(r.times), bool) if r.doubtful is None else r.doubtful for r in (before, after)]
        doubtful = np.concatenate(parts)
    return Run(np.concatenate([before.times, after.times]), np.concatenate([before.values, after.values]), doubtful)
