"""Wandering that does not depend on how often one looks: exact steps of mean-reverting noise."""

import math

from numpy.random import Generator


def wander(value: float, mean: float, spread: float, memory_s: float, dt_s: float, rng: Generator) -> float:
    """An Ornstein-Uhlenbeck value `dt_s` later; `spread` is its standard deviation over a long time."""
    keep = math.exp(-dt_s / memory_s)
    return mean + keep * (value - mean) + spread * math.sqrt(1.0 - keep * keep) * float(rng.standard_normal())


def below(value: float) -> float:
    """Share of a standard normal below `value`."""
    return 0.5 * math.erfc(-value / math.sqrt(2.0))
