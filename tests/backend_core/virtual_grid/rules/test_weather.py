"""The weather in the long run and in the short: plausible, restless, and the same for the same seed."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from backend_core.virtual_grid.rules import weather
from backend_core.virtual_grid.rules.weather import Sky, WeatherInputs, WeatherParameters, WeatherState

PLACE = WeatherParameters()
MIDSUMMER = datetime(2026, 6, 21, tzinfo=UTC)


def days(count: int, dt_s: float, seed: int = 11) -> list[tuple[WeatherState, dict[str, float]]]:
    rng = np.random.default_rng(seed)
    state, seen = weather.start(PLACE, rng), []
    for step in range(int(count * 86400 / dt_s)):
        when = MIDSUMMER + timedelta(seconds=step * dt_s)
        state, readings = weather.step(PLACE, state, WeatherInputs(when), dt_s, rng)
        seen.append((state, readings))
    return seen


def test_every_sky_is_seen_and_none_rules_alone():
    skies = [state.sky for state, _ in days(20, 300.0)]
    for sky in Sky:
        assert 0.1 < skies.count(sky) / len(skies) < 0.7


def test_the_mean_wind_is_that_of_its_weibull_law():
    winds = [readings["wind_speed"] for _, readings in days(120, 900.0)]
    assert np.mean(winds) == pytest.approx(PLACE.wind_scale_ms * 0.8862, rel=0.1)
    assert min(winds) >= 0.0


def test_light_comes_by_day_only_and_its_parts_add_up():
    for _, readings in days(3, 1800.0):
        assert readings["ghi"] >= readings["dhi"] >= 0.0
    nights = [readings for index, (_, readings) in enumerate(days(3, 1800.0)) if index % 48 in (0, 1, 46, 47)]
    assert all(readings["ghi"] == 0.0 for readings in nights)


def test_an_overcast_sky_is_darker_than_a_sunny_one():
    noon = MIDSUMMER + timedelta(hours=11, minutes=30)
    sunny = WeatherState(Sky.SUNNY, clearness=2.6)
    overcast = WeatherState(Sky.OVERCAST, clearness=-1.0)
    assert weather.irradiance(PLACE, overcast, noon).ghi < 0.4 * weather.irradiance(PLACE, sunny, noon).ghi


def test_the_afternoon_is_warmer_than_the_dawn_and_summer_than_winter():
    calm = WeatherState()
    afternoon = weather.air_temperature_c(PLACE, calm, MIDSUMMER + timedelta(hours=14))
    assert afternoon - weather.air_temperature_c(PLACE, calm, MIDSUMMER + timedelta(hours=3)) > 7.0
    assert afternoon - weather.air_temperature_c(PLACE, calm, datetime(2026, 12, 21, 14, tzinfo=UTC)) > 15.0


def test_the_same_instant_is_the_same_weather_in_any_time_zone():
    noon = MIDSUMMER + timedelta(hours=12)
    elsewhere = noon.astimezone(timezone(timedelta(hours=5)))
    assert weather.air_temperature_c(PLACE, WeatherState(), noon) == weather.air_temperature_c(
        PLACE, WeatherState(), elsewhere
    )


def test_how_often_one_looks_does_not_change_how_restless_it_is():
    coarse = np.std([state.veer_deg for state, _ in days(60, 3600.0)])
    fine = np.std([state.veer_deg for state, _ in days(15, 120.0, seed=2)])
    assert coarse == pytest.approx(25.0, rel=0.2)
    assert fine == pytest.approx(25.0, rel=0.25)


def test_the_same_seed_is_the_same_week():
    assert days(7, 3600.0)[-1] == days(7, 3600.0)[-1]
