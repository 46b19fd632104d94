"""Whether two engines found the same answer to the same case."""

from __future__ import annotations

import cmath
import math

from backend_core.powerflow.model import BusResult, CrossCheck, Solution


def compare(first: Solution, second: Solution) -> CrossCheck:
    """The largest distance between the complex voltages of a bus, and between the powers of the slacks."""
    differences = [(abs(_phasor(bus) - _phasor(second.buses[name])), name) for name, bus in first.buses.items()]
    largest, worst_bus = max(differences, default=(0.0, ""))
    slack_mw = max(
        (abs(first.generators[g].active_mw - second.generators[g].active_mw) for g in first.slacks), default=0.0
    )
    return CrossCheck(first.engine, second.engine, largest, worst_bus, slack_mw)


def _phasor(bus: BusResult) -> complex:
    return cmath.rect(bus.voltage_pu, math.radians(bus.angle_deg))
