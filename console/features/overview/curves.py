"""The last hour in small slots: what the trends beside the figures are drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

SLOT_US = 30_000_000
SLOTS = 120
WINDOW_S = SLOT_US * SLOTS / 1e6

Slots = Mapping[int, float]


def slot_of(ts_us: int) -> int:
    return ts_us // SLOT_US


def averaged(samples: Iterable[tuple[int, float, int]], gap_after_s: float, worst_quality: int = 1) -> dict[int, float]:
    """The mean of each slot, of (time, value, quality); between two that lie no further apart than usual, a line."""
    found: dict[int, list[float]] = {}
    for ts_us, value, quality in samples:
        if quality <= worst_quality:
            found.setdefault(slot_of(ts_us), []).append(value)
    means = {slot: sum(values) / len(values) for slot, values in sorted(found.items())}
    for (before, low), (after, high) in pairwise(list(means.items())):
        if (after - before - 1) * SLOT_US <= gap_after_s * 1e6:
            step = (high - low) / (after - before)
            means.update((slot, low + step * (slot - before)) for slot in range(before + 1, after))
    return means


def added(inputs: Sequence[Slots]) -> dict[int, float]:
    """The sum in each slot in which every input has a value: half a sum is no point of a curve."""
    if not inputs:
        return {}
    common = set(inputs[0]).intersection(*inputs[1:])
    return {slot: sum(each[slot] for each in inputs) for slot in common}


class Curves:
    """One curve by key; the newest value of a slot wins, what history tells fills only what was not seen."""

    def __init__(self) -> None:
        self._slots: dict[str, dict[int, float]] = {}

    def put(self, key: str, ts_us: int, value: float | None) -> None:
        kept = self._slots.setdefault(key, {})
        slot = slot_of(ts_us)
        if value is not None:
            kept[slot] = value
        for old in [known for known in kept if known <= slot - 2 * SLOTS]:
            del kept[old]

    def fill(self, key: str, past: Slots) -> None:
        kept = self._slots.setdefault(key, {})
        for slot, value in past.items():
            kept.setdefault(slot, value)

    def curve(self, key: str, now_us: int) -> tuple[float | None, ...]:
        """Oldest first, None where nothing was known."""
        kept, newest = self._slots.get(key, {}), slot_of(now_us)
        curve = [kept.get(slot) for slot in range(newest - SLOTS + 1, newest + 1)]
        if curve[-1] is None:
            # The newest slot has just begun: nothing is missing yet.
            curve = [kept.get(newest - SLOTS), *curve[:-1]]
        return tuple(curve)

    def clear(self) -> None:
        self._slots.clear()
