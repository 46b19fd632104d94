"""A wind turbine from the wind on a mast to the power at its terminals."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from backend_core.virtual_grid.rules.chance import wander

CUT_IN_MS, CUT_OUT_MS, RESTART_MS = 3.0, 25.0, 22.0
REFERENCE_DENSITY_KG_M3 = 1.225
_GAS_J_KG_K = 287.05
# A generic machine of 315 W/m2 of rotor: share of rating over wind at standard density. Its power coefficient stays
# below 0.40, as such machines' do.
_CURVE_MS = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0)
_CURVE_SHARE = (0.012, 0.040, 0.085, 0.155, 0.255, 0.385, 0.540, 0.700, 0.840, 0.940, 0.985, 1.0)


@dataclass(frozen=True, slots=True)
class WindParameters:
    rated_kw: float
    hub_m: float
    roughness_m: float = 0.05
    mast_m: float = 10.0
    turbulence: float = 0.06


@dataclass(frozen=True, slots=True)
class WindInputs:
    """What the mast reads: wind at its height, air and pressure."""

    wind_speed_ms: float
    air_temperature_c: float = 15.0
    pressure_hpa: float = 1013.25
    available: bool = True


@dataclass(frozen=True, slots=True)
class WindState:
    """`mean_ms` is the half-minute mean it decides on; a storm stops it until the wind has fallen well below."""

    gust: float = 0.0
    mean_ms: float | None = None
    storm_stop: bool = False
    generation_kw: float = 0.0


def start(parameters: WindParameters) -> WindState:
    return WindState()


def step(
    parameters: WindParameters, state: WindState, inputs: WindInputs, dt_s: float, rng: Generator
) -> tuple[WindState, dict[str, float]]:
    gust = wander(state.gust, 0.0, 1.0, 8.0, dt_s, rng)
    hub_ms = max(0.0, at_hub(parameters, inputs.wind_speed_ms) * (1.0 + parameters.turbulence * gust))
    mean_ms = hub_ms + ((hub_ms if state.mean_ms is None else state.mean_ms) - hub_ms) * math.exp(-dt_s / 30.0)
    storm_stop = stopped_by_storm(state.storm_stop, mean_ms)
    generation_kw = _generation_kw(parameters, inputs, hub_ms, running=inputs.available and not storm_stop)
    # The rotor's inertia holds power through a gust: a few seconds to follow, except where the whole start is new.
    follow = 1.0 if state.mean_ms is None else 1.0 - math.exp(-dt_s / 6.0)
    generation_kw = state.generation_kw + (generation_kw - state.generation_kw) * follow
    state = replace(state, gust=gust, mean_ms=mean_ms, storm_stop=storm_stop, generation_kw=generation_kw)
    return state, {
        "generation": round(generation_kw, 2),
        "capacity_factor": round(generation_kw / parameters.rated_kw, 4),
        "wind_speed": round(hub_ms, 2),
        "temperature": round(inputs.air_temperature_c, 2),
    }


def at_hub(parameters: WindParameters, mast_ms: float) -> float:
    """The logarithmic law over ground of this roughness."""
    hub, mast = parameters.hub_m / parameters.roughness_m, parameters.mast_m / parameters.roughness_m
    return mast_ms * math.log(hub) / math.log(mast)


def air_density_kg_m3(air_temperature_c: float, pressure_hpa: float) -> float:
    return 100.0 * pressure_hpa / (_GAS_J_KG_K * (air_temperature_c + 273.15))


def at_standard_density(speed_ms: float, density_kg_m3: float) -> float:
    """The wind that would carry as much power in standard air."""
    return float(speed_ms * (density_kg_m3 / REFERENCE_DENSITY_KG_M3) ** (1.0 / 3.0))


def power_share(speed_ms: float) -> float:
    """The curve below cut-out; above it the storm stop decides."""
    if speed_ms < CUT_IN_MS:
        return 0.0
    return float(np.interp(speed_ms, _CURVE_MS, _CURVE_SHARE))


def stopped_by_storm(stopped: bool, mean_ms: float) -> bool:
    """Off at 25 m/s, and on again only below 22: a turbine that flutters around one limit breaks."""
    return mean_ms >= RESTART_MS if stopped else mean_ms >= CUT_OUT_MS


def _generation_kw(parameters: WindParameters, inputs: WindInputs, hub_ms: float, *, running: bool) -> float:
    if not running:
        return 0.0
    density = air_density_kg_m3(inputs.air_temperature_c, inputs.pressure_hpa)
    return parameters.rated_kw * power_share(at_standard_density(hub_ms, density))


STANDARD: Mapping[str, WindParameters] = MappingProxyType(
    {
        "WIND-001": WindParameters(rated_kw=3000.0, hub_m=105.0),
        "WIND-002": WindParameters(rated_kw=2000.0, hub_m=85.0, roughness_m=0.10),
    }
)
