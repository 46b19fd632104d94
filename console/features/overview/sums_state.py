"""Sums of live values that say how far they may be trusted: pure arithmetic, no clock and no widget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from backend_core.kernel.quality import Quality


class Reading(NamedTuple):
    """A value as it must be shown now."""

    value: float
    trust: Quality
    age_s: float


@dataclass(frozen=True, slots=True)
class Sum:
    """What was added up: `good` of `wanted` inputs are good, `known` of them have a value at all."""

    value: float | None
    trust: Quality
    age_s: float = 0.0
    good: int = 0
    known: int = 0
    wanted: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing, however old it may be."""
        return self.known == self.wanted > 0


NOTHING = Sum(None, Quality.NEVER)


def total(readings: Iterable[Reading | None]) -> Sum:
    """Add up what has a value.

    Good only when every input is; stale when none is newer than that; uncertain in between, for then the sum
    mixes moments, or lacks a part.
    """
    wanted = list(readings)
    known = [reading for reading in wanted if reading is not None and reading.trust <= Quality.STALE]
    good = sum(reading.trust == Quality.GOOD for reading in known)
    if not known:
        seen_bad = any(reading is not None and reading.trust == Quality.BAD for reading in wanted)
        return Sum(None, Quality.BAD if seen_bad else Quality.NEVER, wanted=len(wanted))
    if good == len(wanted):
        trust = Quality.GOOD
    elif all(reading.trust == Quality.STALE for reading in known):
        trust = Quality.STALE
    else:
        trust = Quality.UNCERTAIN
    oldest_s = max(reading.age_s for reading in known)
    return Sum(sum(reading.value for reading in known), trust, oldest_s, good, len(known), len(wanted))


def losses(generation: Sum, load: Sum) -> Sum:
    """What is fed and not drawn; nothing at all when an input is missing, for the rest would be taken for losses."""
    good, known = generation.good + load.good, generation.known + load.known
    wanted = generation.wanted + load.wanted
    if not generation.is_whole or not load.is_whole or generation.value is None or load.value is None:
        return Sum(None, Quality.NEVER, 0.0, good, known, wanted)
    trusts = {generation.trust, load.trust}
    trust = max(trusts) if len(trusts) == 1 else Quality.UNCERTAIN
    age_s = max(generation.age_s, load.age_s)
    return Sum(generation.value - load.value, trust, age_s, good, known, wanted)


def share_percent(part: Sum, whole: Sum) -> float | None:
    """The part of the whole in percent; nothing when there is no whole to speak of."""
    if part.value is None or whole.value is None or abs(whole.value) < 1e-6:
        return None
    return 100.0 * part.value / whole.value


class Limits(NamedTuple):
    """Within which a voltage is where it should be, in pu."""

    low: float
    high: float


def strain(voltage_pu: float, limits: Limits) -> float:
    """How much of the room to the nearer limit is used up: 0 in the middle, 1 at a limit, more beyond."""
    middle = (limits.low + limits.high) / 2.0
    half = max((limits.high - limits.low) / 2.0, 1e-6)
    return abs(voltage_pu - middle) / half
