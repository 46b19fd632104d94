"""The weather over the virtual grid: sky, temperature and wind that wander as real ones do."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum

from numpy.random import Generator

from backend_core.virtual_grid.rules import sun
from backend_core.virtual_grid.rules.chance import below, wander
from backend_core.virtual_grid.rules.sun import Irradiance, Site


class Sky(Enum):
    SUNNY = "sunny"
    BROKEN = "broken"
    OVERCAST = "overcast"


@dataclass(frozen=True, slots=True)
class SkyKind:
    """How long a sky stays, what it lets through and how restlessly, and how much warmer its air is."""

    stays_s: float
    clear_share: float
    unrest: float
    memory_s: float
    to_broken: float
    warmer_k: float


_SKIES = {
    Sky.SUNNY: SkyKind(3000.0, 0.98, 0.25, 600.0, 0.9, 1.2),
    Sky.BROKEN: SkyKind(1800.0, 0.66, 0.95, 75.0, 0.0, 0.0),
    Sky.OVERCAST: SkyKind(3600.0, 0.27, 0.35, 900.0, 0.9, -2.5),
}
# The most a cloud's edge adds to a clear sky by reflection.
_MOST_CLEARNESS = 1.05
_BROKEN_TO_SUNNY = 0.6
HOME = Site(47.0, 8.0, 450.0)


@dataclass(frozen=True, slots=True)
class WeatherParameters:
    site: Site = HOME
    turbidity: float = 3.2
    year_mean_c: float = 10.0
    season_swing_k: float = 9.5
    day_swing_k: float = 5.5
    wind_scale_ms: float = 5.6
    wind_shape: float = 2.0
    wind_from_deg: float = 240.0


@dataclass(frozen=True, slots=True)
class WeatherInputs:
    when: datetime


@dataclass(frozen=True, slots=True)
class WeatherState:
    """`clearness` is the logit of the clear-sky index; `wind` and `gust` are standard normal."""

    sky: Sky = Sky.SUNNY
    clearness: float = 2.6
    warmth_k: float = 0.0
    wind: float = 0.3
    gust: float = 0.0
    veer_deg: float = 0.0
    pressure_hpa: float = 0.0


def start(parameters: WeatherParameters, rng: Generator) -> WeatherState:
    """A sky and a wind drawn from the long run."""
    sky = list(Sky)[int(rng.integers(len(Sky)))]
    return WeatherState(sky, _logit(_SKIES[sky].clear_share), wind=float(rng.standard_normal()) * 0.7 + 0.2)


def step(
    parameters: WeatherParameters, state: WeatherState, inputs: WeatherInputs, dt_s: float, rng: Generator
) -> tuple[WeatherState, dict[str, float]]:
    """The weather `dt_s` later and what a mast would read."""
    kind = _SKIES[sky := next_sky(state.sky, dt_s, rng)]
    state = replace(
        state,
        sky=sky,
        clearness=wander(state.clearness, _logit(kind.clear_share), kind.unrest, kind.memory_s, dt_s, rng),
        warmth_k=wander(state.warmth_k, kind.warmer_k, 1.5, 10800.0, dt_s, rng),
        wind=wander(state.wind, 0.0, 1.0, 10800.0, dt_s, rng),
        gust=wander(state.gust, 0.0, 1.0, 12.0, dt_s, rng),
        veer_deg=wander(state.veer_deg, 0.0, 25.0, 2400.0, dt_s, rng),
        pressure_hpa=wander(state.pressure_hpa, 0.0, 6.0, 86400.0, dt_s, rng),
    )
    return state, _readings(parameters, state, inputs.when)


def next_sky(sky: Sky, dt_s: float, rng: Generator) -> Sky:
    """A Markov chain in continuous time; the sky seldom jumps from sunny to overcast without breaking first."""
    kind = _SKIES[sky]
    leaves, direction = float(rng.random()), float(rng.random())
    if leaves >= 1.0 - math.exp(-dt_s / kind.stays_s):
        return sky
    if sky is Sky.BROKEN:
        return Sky.SUNNY if direction < _BROKEN_TO_SUNNY else Sky.OVERCAST
    if direction < kind.to_broken:
        return Sky.BROKEN
    return Sky.OVERCAST if sky is Sky.SUNNY else Sky.SUNNY


def clear_sky_index(state: WeatherState) -> float:
    return _MOST_CLEARNESS / (1.0 + math.exp(-state.clearness))


def irradiance(parameters: WeatherParameters, state: WeatherState, when: datetime) -> Irradiance:
    seen = sun.position(parameters.site, when, sun.pressure_hpa(parameters.site.altitude_m))
    clear = sun.clear_sky(parameters.site, seen, parameters.turbidity)
    return sun.behind_clouds(seen, clear.ghi * clear_sky_index(state))


def wind_speed_ms(parameters: WeatherParameters, state: WeatherState) -> float:
    """At 10 m: Weibull in the long run, gusting by 12 % around its slow course."""
    calm = max(1.0 - below(state.wind), 1e-9)
    slow = parameters.wind_scale_ms * (-math.log(calm)) ** (1.0 / parameters.wind_shape)
    return float(max(0.0, slow * (1.0 + 0.12 * state.gust)))


def air_temperature_c(parameters: WeatherParameters, state: WeatherState, when: datetime) -> float:
    """Warmest in late July and at three in the afternoon by the sun."""
    utc = when.astimezone(UTC)
    solar_hour = utc.hour + utc.minute / 60.0 + parameters.site.longitude_deg / 15.0
    year = 2.0 * math.pi * (when.timetuple().tm_yday - 205) / 365.25
    day = 2.0 * math.pi * (solar_hour - 15.0) / 24.0
    swing_k = parameters.day_swing_k * math.cos(day)
    return parameters.year_mean_c + parameters.season_swing_k * math.cos(year) + swing_k + state.warmth_k


def _readings(parameters: WeatherParameters, state: WeatherState, when: datetime) -> dict[str, float]:
    light = irradiance(parameters, state, when)
    readings = {
        "ghi": light.ghi,
        "dni": light.dni,
        "dhi": light.dhi,
        "wind_speed": wind_speed_ms(parameters, state),
        "wind_direction": (parameters.wind_from_deg + state.veer_deg) % 360.0,
        "air_temperature": air_temperature_c(parameters, state, when),
        "pressure": sun.pressure_hpa(parameters.site.altitude_m) + state.pressure_hpa,
        "rain": _rain_mm_per_h(state),
    }
    return {quantity: round(value, 2) for quantity, value in readings.items()}


def _rain_mm_per_h(state: WeatherState) -> float:
    """Only the darkest skies rain, and the darker the harder."""
    return max(0.0, 0.22 - clear_sky_index(state)) * 40.0 if state.sky is Sky.OVERCAST else 0.0


def _logit(clear_share: float) -> float:
    share = clear_share / _MOST_CLEARNESS
    return math.log(share / (1.0 - share))
