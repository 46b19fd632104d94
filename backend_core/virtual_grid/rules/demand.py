"""What the loads ask for: a daily curve, and on it the slow and quick wandering of each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

LOWEST_SHARE, HIGHEST_SHARE = 0.55, 1.04
_CURVE = (
    (0.0, 0.67),
    (2.0, 0.58),
    (4.0, LOWEST_SHARE),
    (6.0, 0.67),
    (8.0, 0.88),
    (10.0, 0.93),
    (12.0, 0.96),
    (14.0, 0.91),
    (16.0, 0.95),
    (17.5, 1.0),
    (19.0, HIGHEST_SHARE),
    (21.0, 0.92),
    (23.0, 0.75),
    (24.0, 0.67),
)
SLOW_SPREAD, SLOW_MEMORY_S = 0.006, 900.0
QUICK_SPREAD, QUICK_MEMORY_S = 0.002, 20.0


@dataclass(frozen=True, slots=True)
class DemandState:
    """The wandering of each load around the curve, as shares."""

    slow: NDArray[np.float64]
    quick: NDArray[np.float64]


def start(loads: int, rng: Generator) -> DemandState:
    """Each load somewhere in its long run."""
    return DemandState(SLOW_SPREAD * rng.standard_normal(loads), QUICK_SPREAD * rng.standard_normal(loads))


def step(state: DemandState, dt_s: float, rng: Generator) -> DemandState:
    """The wandering `dt_s` later; exact, however long the step."""
    return DemandState(
        _wander(state.slow, SLOW_SPREAD, SLOW_MEMORY_S, dt_s, rng),
        _wander(state.quick, QUICK_SPREAD, QUICK_MEMORY_S, dt_s, rng),
    )


def shares(state: DemandState, hour: float) -> NDArray[np.float64]:
    """How much of its full demand each load asks for."""
    asked: NDArray[np.float64] = daily_share(hour) * (1.0 + state.slow + state.quick)
    return asked


def daily_share(hour: float) -> float:
    """The curve of a working day: lowest at four, a shoulder by day, highest at seven in the evening."""
    hour %= 24.0
    after = next(n for n, (at, _) in enumerate(_CURVE) if at > hour)
    (from_hour, low), (to_hour, high) = _CURVE[after - 1], _CURVE[after]
    # Half a cosine between the corners: smooth, and never beyond them.
    way = 0.5 - 0.5 * math.cos(math.pi * (hour - from_hour) / (to_hour - from_hour))
    return low + (high - low) * way


def _wander(
    value: NDArray[np.float64], spread: float, memory_s: float, dt_s: float, rng: Generator
) -> NDArray[np.float64]:
    keep = math.exp(-dt_s / memory_s)
    moved: NDArray[np.float64] = keep * value + spread * math.sqrt(1.0 - keep * keep) * rng.standard_normal(value.size)
    return moved
