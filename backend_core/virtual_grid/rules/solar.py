"""A solar plant from light, air and wind to the power at its inverter's terminals."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from numpy.random import Generator

from backend_core.virtual_grid.rules import sun
from backend_core.virtual_grid.rules.chance import wander
from backend_core.virtual_grid.rules.sun import Irradiance, Site

_INVERTER_NOMINAL, _INVERTER_REFERENCE = 0.96, 0.9637


@dataclass(frozen=True, slots=True)
class SolarParameters:
    site: Site
    tilt_deg: float
    azimuth_deg: float
    dc_kw: float
    ac_kw: float
    gamma_per_k: float = -0.004
    losses_share: float = 0.10
    albedo: float = 0.2


@dataclass(frozen=True, slots=True)
class SolarInputs:
    when: datetime
    ghi: float
    dni: float
    dhi: float
    air_temperature_c: float = 20.0
    wind_speed_ms: float = 2.0
    available: bool = True


@dataclass(frozen=True, slots=True)
class SolarState:
    """`patch` is the cloud over this plant alone; the cells follow the light with their own warmth."""

    patch: float = 0.0
    cell_c: float | None = None


def start(parameters: SolarParameters) -> SolarState:
    return SolarState()


def step(
    parameters: SolarParameters, state: SolarState, inputs: SolarInputs, dt_s: float, rng: Generator
) -> tuple[SolarState, dict[str, float]]:
    patch = wander(state.patch, 0.0, 0.025, 25.0, dt_s, rng)
    seen = sun.position(parameters.site, inputs.when, sun.pressure_hpa(parameters.site.altitude_m))
    light = Irradiance(inputs.ghi, inputs.dni * math.exp(min(patch, 0.0)), inputs.dhi)
    on_plane = plane_irradiance(parameters, seen, light) * math.exp(patch)
    cell_c = _cell_temperature(state, on_plane, inputs, dt_s)
    generation_kw = ac_power_kw(parameters, on_plane, cell_c) if inputs.available else 0.0
    state = replace(state, patch=patch, cell_c=cell_c)
    return state, {
        "generation": round(generation_kw, 2),
        "capacity_factor": round(generation_kw / parameters.ac_kw, 4),
        "irradiance": round(on_plane, 1),
        "temperature": round(cell_c, 2),
    }


def plane_irradiance(parameters: SolarParameters, seen: sun.SunPosition, light: Irradiance) -> float:
    """Beam, even sky and ground on the tilted plane."""
    facing = max(sun.incidence_cosine(seen, parameters.tilt_deg, parameters.azimuth_deg), 0.0)
    lean = math.cos(math.radians(parameters.tilt_deg))
    sky, ground = light.dhi * (1.0 + lean) / 2.0, light.ghi * parameters.albedo * (1.0 - lean) / 2.0
    return light.dni * facing + sky + ground


def faiman_cell_c(on_plane: float, air_temperature_c: float, wind_speed_ms: float) -> float:
    """Faiman 2008: 25 W/m2K at rest and 6.84 more for each m/s of wind."""
    return air_temperature_c + on_plane / (25.0 + 6.84 * wind_speed_ms)


def _cell_temperature(state: SolarState, on_plane: float, inputs: SolarInputs, dt_s: float) -> float:
    """A module needs about four minutes to follow a cloud."""
    settled_c = faiman_cell_c(on_plane, inputs.air_temperature_c, inputs.wind_speed_ms)
    if state.cell_c is None:
        return settled_c
    return settled_c + (state.cell_c - settled_c) * math.exp(-dt_s / 240.0)


def dc_power_kw(parameters: SolarParameters, on_plane: float, cell_c: float) -> float:
    heat = 1.0 + parameters.gamma_per_k * (cell_c - 25.0)
    return max(parameters.dc_kw * on_plane / 1000.0 * heat * (1.0 - parameters.losses_share), 0.0)


def ac_power_kw(parameters: SolarParameters, on_plane: float, cell_c: float) -> float:
    """Through the inverter's efficiency curve of PVWatts, and clipped at its rating."""
    dc_kw = dc_power_kw(parameters, on_plane, cell_c)
    inverter_dc_kw = parameters.ac_kw / _INVERTER_NOMINAL
    load = dc_kw / inverter_dc_kw
    if load <= 0.0:
        return 0.0
    efficiency = _INVERTER_NOMINAL / _INVERTER_REFERENCE * (-0.0162 * load - 0.0059 / load + 0.9858)
    return max(0.0, min(efficiency * dc_kw, parameters.ac_kw))


STANDARD: Mapping[str, SolarParameters] = MappingProxyType(
    {
        "SOLAR-001": SolarParameters(Site(47.02, 8.03, 460.0), 30.0, 185.0, 6000.0, 5000.0),
        "SOLAR-002": SolarParameters(Site(46.95, 7.90, 520.0), 20.0, 240.0, 2800.0, 2500.0),
    }
)
