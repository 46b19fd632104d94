"""A solar plant: what it makes of light, and that a day of it is the day pvlib computes."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from backend_core.virtual_grid.rules import solar, sun
from backend_core.virtual_grid.rules.solar import SolarInputs, SolarParameters, SolarState
from backend_core.virtual_grid.rules.sun import Irradiance, Site

SITE = Site(47.0, 8.0, 450.0)
PLANT = SolarParameters(SITE, tilt_deg=30.0, azimuth_deg=180.0, dc_kw=1000.0, ac_kw=900.0)
NOON = datetime(2026, 6, 21, 11, 30, tzinfo=UTC)


def run(inputs: SolarInputs, steps: int = 300, plant: SolarParameters = PLANT) -> tuple[SolarState, dict[str, float]]:
    rng, state, readings = np.random.default_rng(3), solar.start(plant), {}
    for _ in range(steps):
        state, readings = solar.step(plant, state, inputs, 2.0, rng)
    return state, readings


def test_no_light_no_power():
    assert run(SolarInputs(datetime(2026, 6, 21, 0, tzinfo=UTC), 0, 0, 0))[1]["generation"] == 0.0


def test_a_clear_noon_comes_close_to_the_rating():
    _, readings = run(SolarInputs(NOON, 900, 850, 110))
    assert 0.75 < readings["capacity_factor"] < 0.95
    assert 850 < readings["irradiance"] < 1100
    assert readings["generation"] == pytest.approx(readings["capacity_factor"] * 900.0, abs=0.1)


def test_the_inverter_clips_at_its_rating():
    oversized = SolarParameters(SITE, 30.0, 180.0, dc_kw=2000.0, ac_kw=900.0)
    assert run(SolarInputs(NOON, 900, 850, 110), plant=oversized)[1]["generation"] == 900.0


def test_hot_cells_give_four_per_mille_less_for_each_degree():
    cool, hot = solar.dc_power_kw(PLANT, 800.0, 25.0), solar.dc_power_kw(PLANT, 800.0, 50.0)
    assert hot / cool == pytest.approx(1 - 25 * 0.004)


def test_the_cells_follow_faiman_and_need_minutes_for_it():
    pvlib = pytest.importorskip("pvlib")
    assert solar.faiman_cell_c(800.0, 20.0, 3.0) == pytest.approx(pvlib.temperature.faiman(800.0, 20.0, 3.0))
    lit = SolarInputs(NOON, 900, 850, 110, air_temperature_c=20.0)
    cold, _ = solar.step(PLANT, SolarState(cell_c=20.0), lit, 2.0, np.random.default_rng(0))
    assert cold.cell_c is not None
    assert cold.cell_c < 21.0


def test_a_plant_switched_off_makes_nothing_in_full_sun():
    _, readings = run(SolarInputs(NOON, 900, 850, 110, available=False))
    assert readings["generation"] == 0.0
    assert readings["irradiance"] > 800.0


@pytest.mark.parametrize("day", [datetime(2026, 6, 21, tzinfo=UTC), datetime(2026, 12, 21, tzinfo=UTC)])
def test_the_energy_of_a_clear_day_is_pvlibs_within_one_percent(day):
    pvlib = pytest.importorskip("pvlib")
    pandas = pytest.importorskip("pandas")
    times = pandas.date_range(day, periods=144, freq="10min")
    place = pvlib.location.Location(SITE.latitude_deg, SITE.longitude_deg, altitude=SITE.altitude_m)
    seen = place.get_solarposition(times)
    light = place.get_clearsky(times, linke_turbidity=3.0)
    plane = pvlib.irradiance.get_total_irradiance(
        30.0, 180.0, seen["apparent_zenith"], seen["azimuth"], light["dni"], light["ghi"], light["dhi"], albedo=0.2
    )["poa_global"]
    cell = pvlib.temperature.faiman(plane, 20.0, 2.0)
    dc_kw = pvlib.pvsystem.pvwatts_dc(plane, cell, 1000.0, -0.004) * 0.9
    theirs_kwh = float(pvlib.inverter.pvwatts(dc_kw, 900.0 / 0.96).sum()) / 6.0

    ours_kwh = 0.0
    for step in range(144):
        when = day + timedelta(minutes=10 * step)
        position = sun.position(SITE, when, 960.0)
        clear = sun.clear_sky(SITE, position, 3.0)
        on_plane = solar.plane_irradiance(PLANT, position, Irradiance(clear.ghi, clear.dni, clear.dhi))
        ours_kwh += solar.ac_power_kw(PLANT, on_plane, solar.faiman_cell_c(on_plane, 20.0, 2.0)) / 6.0
    assert ours_kwh == pytest.approx(theirs_kwh, rel=0.01)
