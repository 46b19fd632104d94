"""The direct-current link of a converter: an energy store that a controller keeps at its voltage."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DcLink:
    """Controlled on its energy W = C V^2 / 2, where the plant is a plain integrator: kp = 2 a, ki = a^2."""

    capacitance_f: float
    voltage_v: float
    bandwidth_rad_s: float = 100.0
    # A chopper burns what would lift the link further; without it a lost grid would break the capacitors.
    chopper_share: float = 1.15

    @property
    def energy_j(self) -> float:
        return 0.5 * self.capacitance_f * self.voltage_v**2


@dataclass(frozen=True, slots=True)
class LinkState:
    """Energy above the set-point and its integral."""

    surplus_j: float = 0.0
    integral_js: float = 0.0


def link_voltage(link: DcLink, state: LinkState) -> float:
    return math.sqrt(max(2.0 * (link.energy_j + state.surplus_j) / link.capacitance_f, 0.0))


def power_out(link: DcLink, state: LinkState) -> float:
    """What the controller sends to the grid, in watts."""
    a = link.bandwidth_rad_s
    return 2.0 * a * state.surplus_j + a * a * state.integral_js


def settled(link: DcLink, power_w: float) -> LinkState:
    return LinkState(0.0, power_w / link.bandwidth_rad_s**2)


def advance(link: DcLink, state: LinkState, power_in_w: float, limit_w: float, dt_s: float) -> LinkState:
    """The link `dt_s` later, solved exactly; at the power limit the energy ramps and the integral does not wind up."""
    later = _free(link, state, power_in_w, dt_s)
    if abs(power_out(link, later)) > limit_w:
        later = _limited(link, state, power_in_w, math.copysign(limit_w, power_out(link, later)), dt_s)
    most_j = link.energy_j * (link.chopper_share**2 - 1.0)
    if -link.energy_j <= later.surplus_j <= most_j:
        return later
    given_w = max(-limit_w, min(limit_w, power_out(link, later)))
    return _giving(link, max(-link.energy_j, min(most_j, later.surplus_j)), given_w)


def _free(link: DcLink, state: LinkState, power_in_w: float, dt_s: float) -> LinkState:
    # w'' + 2 a w' + a^2 w = 0 with a double root: w(t) = (w0 + b t) exp(-a t).
    a = link.bandwidth_rad_s
    slope = power_in_w - power_out(link, state) + a * state.surplus_j
    decay = math.exp(-a * dt_s)
    surplus_j = (state.surplus_j + slope * dt_s) * decay
    rate_w = slope * decay - a * surplus_j
    return LinkState(surplus_j, (power_in_w - 2.0 * a * surplus_j - rate_w) / (a * a))


def _limited(link: DcLink, state: LinkState, power_in_w: float, given_w: float, dt_s: float) -> LinkState:
    return _giving(link, state.surplus_j + (power_in_w - given_w) * dt_s, given_w)


def _giving(link: DcLink, surplus_j: float, given_w: float) -> LinkState:
    """The state at this energy whose controller asks for exactly `given_w`."""
    a = link.bandwidth_rad_s
    return LinkState(surplus_j, (given_w - 2.0 * a * surplus_j) / (a * a))
