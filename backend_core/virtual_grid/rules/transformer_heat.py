"""How hot a transformer's winding is: the difference equations of IEC 60076-7, exact for steps of any length."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeatParameters:
    """A large ONAF transformer; temperatures are rises in K at rated load."""

    top_oil_rise_k: float = 38.3
    hot_spot_rise_k: float = 20.3
    loss_ratio: float = 1000.0
    oil_exponent: float = 0.8
    winding_exponent: float = 1.3
    k11: float = 0.5
    k21: float = 2.0
    k22: float = 2.0
    oil_minutes: float = 150.0
    winding_minutes: float = 7.0


@dataclass(frozen=True, slots=True)
class HeatState:
    """Top oil, and the two parts whose difference is the winding's gradient over it."""

    top_oil_c: float
    quick_k: float = 0.0
    slow_k: float = 0.0

    @property
    def hot_spot_c(self) -> float:
        """The hottest place of the winding."""
        return self.top_oil_c + self.quick_k - self.slow_k


def settled(parameters: HeatParameters, load: float, ambient_c: float) -> HeatState:
    """After hours at this load."""
    p = parameters
    gradient = p.hot_spot_rise_k * load**p.winding_exponent
    return HeatState(_final_oil_c(p, load, ambient_c), p.k21 * gradient, (p.k21 - 1.0) * gradient)


def step(parameters: HeatParameters, state: HeatState, load: float, ambient_c: float, dt_s: float) -> HeatState:
    """`dt_s` later at this load in per unit of the rating."""
    p = parameters
    minutes = dt_s / 60.0
    gradient = p.hot_spot_rise_k * load**p.winding_exponent
    return HeatState(
        _towards(state.top_oil_c, _final_oil_c(p, load, ambient_c), minutes / (p.k11 * p.oil_minutes)),
        _towards(state.quick_k, p.k21 * gradient, minutes / (p.k22 * p.winding_minutes)),
        _towards(state.slow_k, (p.k21 - 1.0) * gradient, minutes * p.k22 / p.oil_minutes),
    )


def _final_oil_c(p: HeatParameters, load: float, ambient_c: float) -> float:
    losses = (1.0 + p.loss_ratio * load**2) / (1.0 + p.loss_ratio)
    return ambient_c + p.top_oil_rise_k * math.pow(losses, p.oil_exponent)


def _towards(value: float, goal: float, time_constants: float) -> float:
    return goal + (value - goal) * math.exp(-time_constants)
