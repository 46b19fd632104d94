"""What a smart switch measures at its own socket, as far as it is one that tells."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from numpy.random import Generator

from backend_core.virtual_grid.rules.chance import wander

NOMINAL_V = 230.0
# The transformer before it holds the voltage within its taps, as in `sensor`.
_LEAST_PU, _MOST_PU, _TAPS = 0.10, 1.9, 0.10


@dataclass(frozen=True, slots=True)
class SmartSwitchParameters:
    """Where it is plugged in, what hangs on it, and whether it answers with its readings or only that it is there."""

    bus: str
    load_w: float = 120.0
    power_factor: float = 0.94
    tells_status: bool = True


@dataclass(frozen=True, slots=True)
class SmartSwitchInputs:
    bus_voltage_pu: float
    frequency_hz: float = 50.0
    ambient_c: float = 22.0


@dataclass(frozen=True, slots=True)
class SmartSwitchState:
    unrest: float = 0.0
    energy_wh: float = 0.0


def start(parameters: SmartSwitchParameters) -> SmartSwitchState:
    return SmartSwitchState()


def has_power(inputs: SmartSwitchInputs) -> bool:
    return inputs.bus_voltage_pu > _LEAST_PU


def step(
    parameters: SmartSwitchParameters, state: SmartSwitchState, inputs: SmartSwitchInputs, dt_s: float, rng: Generator
) -> tuple[SmartSwitchState, dict[str, float]]:
    """Its readings `dt_s` later; none without power, for then it is dark."""
    unrest = wander(state.unrest, 0.0, 0.12, 120.0, dt_s, rng)
    noise = rng.standard_normal(2)
    if not has_power(inputs):
        return replace(state, unrest=unrest), {}
    voltage_v = NOMINAL_V * _held(inputs.bus_voltage_pu) - 1.5 + 0.4 * float(noise[0])
    power_w = parameters.load_w * max(0.1, 1.0 + unrest)
    energy_wh = state.energy_wh + power_w * dt_s / 3600.0
    return replace(state, unrest=unrest, energy_wh=energy_wh), {
        "voltage": round(voltage_v, 1),
        "current": round(power_w / (voltage_v * parameters.power_factor), 3),
        "power": round(power_w, 1),
        "power_factor": parameters.power_factor,
        "frequency": round(inputs.frequency_hz, 2),
        "temperature": round(inputs.ambient_c + 14.0 + 0.02 * power_w + 0.2 * float(noise[1]), 1),
        "energy": round(energy_wh, 3),
    }


def _held(bus_voltage_pu: float) -> float:
    held = min(max(1.0, bus_voltage_pu * (1.0 - _TAPS)), bus_voltage_pu * (1.0 + _TAPS))
    return min(held, _MOST_PU)


def _standard() -> dict[str, SmartSwitchParameters]:
    """Twelve places, half of them behind the large load: its loss alone is an outage."""
    return {
        "maple-street": SmartSwitchParameters("BUS-002", 140.0),
        "harbour": SmartSwitchParameters("BUS-002", 310.0, 0.88),
        "north-mast": SmartSwitchParameters("BUS-002", 65.0),
        "quarry": SmartSwitchParameters("BUS-002", 520.0, 0.82),
        "mill-lane": SmartSwitchParameters("BUS-002", 95.0, tells_status=False),
        "station-road": SmartSwitchParameters("BUS-002", 180.0, tells_status=False),
        "market-square": SmartSwitchParameters("BUS-003", 110.0),
        "chapel-hill": SmartSwitchParameters("BUS-003", 85.0, tells_status=False),
        "waterworks": SmartSwitchParameters("BUS-004", 430.0, 0.85),
        "depot": SmartSwitchParameters("BUS-004", 150.0, tells_status=False),
        "school": SmartSwitchParameters("BUS-005", 75.0),
        "hospital": SmartSwitchParameters("BUS-005", 60.0, tells_status=False),
    }


STANDARD: Mapping[str, SmartSwitchParameters] = MappingProxyType(_standard())
