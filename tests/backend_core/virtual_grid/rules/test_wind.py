"""A turbine: its curve, thin air, the log law, and what a storm does to it."""

from itertools import pairwise

import numpy as np
import pytest

from backend_core.virtual_grid.rules import wind
from backend_core.virtual_grid.rules.wind import WindInputs, WindParameters, WindState

TURBINE = WindParameters(rated_kw=3000.0, hub_m=100.0, turbulence=0.0)


def at_hub(speed_ms: float, **changes: float | bool) -> WindInputs:
    return WindInputs(speed_ms / wind.at_hub(TURBINE, 1.0), **changes)  # type: ignore[arg-type]


def run(inputs: WindInputs, seconds: float, state: WindState | None = None) -> tuple[WindState, dict[str, float]]:
    rng, state, readings = np.random.default_rng(5), state or wind.start(TURBINE), {}
    for _ in range(int(seconds / 2)):
        state, readings = wind.step(TURBINE, state, inputs, 2.0, rng)
    return state, readings


def test_below_three_metres_a_second_it_stands():
    assert run(at_hub(2.9), 60)[1]["generation"] == 0.0


def test_from_fourteen_metres_a_second_it_gives_its_rating():
    assert run(at_hub(15.0), 60)[1]["generation"] == pytest.approx(3000.0, rel=1e-3)


def test_the_curve_never_falls_and_never_takes_more_than_forty_percent_of_the_wind():
    speeds = np.arange(3.0, 25.0, 0.25)
    shares = [wind.power_share(speed) for speed in speeds]
    assert all(later >= earlier for earlier, later in pairwise(shares))
    rotor_m2_per_w = 1.0 / 315.0
    coefficients = [
        share / (0.5 * 1.225 * speed**3 * rotor_m2_per_w) for speed, share in zip(speeds, shares, strict=True)
    ]
    assert max(coefficients) < 0.40


def test_the_wind_grows_with_height_by_the_log_law():
    assert wind.at_hub(TURBINE, 6.0) == pytest.approx(6.0 * np.log(100 / 0.05) / np.log(10 / 0.05))


def test_thin_warm_air_carries_less():
    _, cold = run(at_hub(9.0, air_temperature_c=-10.0), 60)
    _, warm = run(at_hub(9.0, air_temperature_c=35.0, pressure_hpa=950.0), 60)
    assert warm["generation"] < 0.85 * cold["generation"]


def test_standard_air_leaves_the_wind_as_it_is():
    density = wind.air_density_kg_m3(15.0, 1013.25)
    assert wind.at_standard_density(10.0, density) == pytest.approx(10.0, abs=0.01)


def test_a_storm_stops_it_at_25_and_it_waits_for_22_to_start_again():
    stormy, readings = run(at_hub(26.0), 200)
    assert stormy.storm_stop
    assert readings["generation"] < 1.0
    waiting, readings = run(at_hub(23.5), 200, stormy)
    assert waiting.storm_stop
    assert readings["generation"] < 1.0
    back, readings = run(at_hub(21.0), 200, waiting)
    assert not back.storm_stop
    assert readings["generation"] == pytest.approx(3000.0, rel=0.01)


def test_a_short_gust_above_25_does_not_stop_it():
    calm, _ = run(at_hub(20.0), 200)
    assert not run(at_hub(28.0), 10, calm)[0].storm_stop
