"""What meters make of true values: 0.2 % on voltages, 0.5 % on powers and currents, a little on angles."""

from __future__ import annotations

import math

from numpy.random import Generator

from backend_core.powerflow.model import BranchResult, BusResult, Injection

VOLTAGE_ERROR = 0.002
POWER_ERROR = 0.005
ANGLE_ERROR_DEG = 0.03
FREQUENCY_ERROR_HZ = 0.001
DEAD_BUS = BusResult(0.0, 0.0, 0.0, 0.0, energised=False)
DEAD_BRANCH = BranchResult(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
NOTHING = Injection(0.0, 0.0)


def bus(result: BusResult, frequency_hz: float | None, rng: Generator) -> dict[str, float]:
    """A dead bus reads zero and has no frequency; the dice fall alike either way."""
    noise = rng.standard_normal(5)
    readings = {
        "voltage": result.voltage_pu * (1.0 + VOLTAGE_ERROR * float(noise[0])),
        "angle": result.angle_deg + (ANGLE_ERROR_DEG * float(noise[1]) if result.energised else 0.0),
        "active_power": result.active_mw * (1.0 + POWER_ERROR * float(noise[2])),
        "reactive_power": result.reactive_mvar * (1.0 + POWER_ERROR * float(noise[3])),
    }
    if result.energised and frequency_hz is not None:
        readings["frequency"] = frequency_hz + FREQUENCY_ERROR_HZ * float(noise[4])
    return rounded(readings)


def branch(result: BranchResult, temperature_c: float | None, rng: Generator) -> dict[str, float]:
    """Measured at the from or high-voltage end; the loading is that of the more loaded end."""
    noise = rng.standard_normal(4)
    readings = {
        "active_power": result.from_active_mw * (1.0 + POWER_ERROR * float(noise[0])),
        "reactive_power": result.from_reactive_mvar * (1.0 + POWER_ERROR * float(noise[1])),
        "current": 1000.0 * result.from_ka * (1.0 + POWER_ERROR * float(noise[2])),
    }
    if result.loading_percent is not None:
        readings["loading_percent"] = result.loading_percent * (1.0 + POWER_ERROR * float(noise[2]))
    if temperature_c is not None:
        readings["temperature"] = temperature_c + 0.2 * float(noise[3])
    return rounded(readings)


def injection(result: Injection, rng: Generator, *, has_active_power: bool = True) -> dict[str, float]:
    """What a generator feeds, a load draws or a capacitor supplies."""
    noise = rng.standard_normal(2)
    readings = {"reactive_power": result.reactive_mvar * (1.0 + POWER_ERROR * float(noise[1]))}
    if has_active_power:
        readings["active_power"] = result.active_mw * (1.0 + POWER_ERROR * float(noise[0]))
    return rounded(readings)


def rounded(readings: dict[str, float]) -> dict[str, float]:
    """Five significant places behind the point at most; what is not a number is left out."""
    return {name: round(value, 5) + 0.0 for name, value in readings.items() if math.isfinite(value)}
