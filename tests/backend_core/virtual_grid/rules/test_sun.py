"""The sun's place and its light, against the reference vector of the design and against pvlib."""

import math
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from backend_core.virtual_grid.rules import sun
from backend_core.virtual_grid.rules.sun import Irradiance, Site, SunPosition

# Our series is good to 0.02 degrees where the reference algorithm is good to 0.0003.
TOLERANCE_DEG = 0.02
GOLDEN = Site(39.742476, -105.1786, 1830.14)
GOLDEN_TIME = datetime(2003, 10, 17, 12, 30, 30, tzinfo=timezone(timedelta(hours=-7)))
HOME = Site(47.0, 8.0, 450.0)


def test_the_reference_vector_is_met_within_the_stated_tolerance():
    seen = sun.position(GOLDEN, GOLDEN_TIME, 820.0, 11.0)
    assert seen.zenith_deg == pytest.approx(50.11162, abs=TOLERANCE_DEG)
    assert seen.azimuth_deg == pytest.approx(194.34024, abs=TOLERANCE_DEG)
    incidence_deg = math.degrees(math.acos(sun.incidence_cosine(seen, 30.0, 170.0)))
    assert incidence_deg == pytest.approx(25.18700, abs=TOLERANCE_DEG)


def test_at_night_nothing_reaches_the_ground():
    midnight = sun.position(HOME, datetime(2026, 6, 21, 23, 30, tzinfo=UTC))
    assert midnight.zenith_deg > 90.0
    assert sun.clear_sky(HOME, midnight) == Irradiance(0.0, 0.0, 0.0)


def test_beam_and_sky_add_up_to_the_total_under_any_clouds():
    seen = sun.position(HOME, datetime(2026, 6, 21, 12, tzinfo=UTC))
    clear = sun.clear_sky(HOME, seen)
    for share in (0.05, 0.3, 0.6, 0.9, 1.0):
        light = sun.behind_clouds(seen, clear.ghi * share)
        assert light.dni * math.cos(math.radians(seen.zenith_deg)) + light.dhi == pytest.approx(light.ghi)
        assert light.dni >= 0.0


def test_thick_clouds_take_the_whole_beam_and_thin_ones_leave_most():
    seen = SunPosition(40.0, 180.0, 1.0)
    assert sun.behind_clouds(seen, 100.0).dni < 15.0
    assert sun.behind_clouds(seen, 800.0).dni > 700.0


def test_over_a_year_the_sun_is_where_pvlib_sees_it():
    solarposition = pytest.importorskip("pvlib").solarposition
    pandas = pytest.importorskip("pandas")
    times = pandas.date_range("2026-01-01", "2026-12-31", freq="37h15min", tz="UTC")
    truth = solarposition.spa_python(times, HOME.latitude_deg, HOME.longitude_deg, HOME.altitude_m, pressure=95e3)
    ours = [sun.position(HOME, when.to_pydatetime(), 950.0, 12.0) for when in times]
    up = truth["apparent_elevation"].to_numpy() > 0.0
    zenith_error = np.array([seen.zenith_deg for seen in ours]) - truth["apparent_zenith"].to_numpy()
    azimuth_error = np.array([seen.azimuth_deg for seen in ours]) - truth["azimuth"].to_numpy()
    assert np.abs(zenith_error[up]).max() < TOLERANCE_DEG
    assert np.abs(azimuth_error[up]).max() < 2.5 * TOLERANCE_DEG


def test_the_clear_sky_is_that_of_pvlib_within_half_a_percent_of_the_day():
    pvlib = pytest.importorskip("pvlib")
    pandas = pytest.importorskip("pandas")
    times = pandas.date_range("2026-06-21", periods=96, freq="15min", tz="UTC")
    place = pvlib.location.Location(HOME.latitude_deg, HOME.longitude_deg, altitude=HOME.altitude_m)
    truth = place.get_clearsky(times, model="ineichen", linke_turbidity=3.0)
    ours = [sun.clear_sky(HOME, sun.position(HOME, when.to_pydatetime(), 960.0, 12.0), 3.0) for when in times]
    for name in ("ghi", "dni", "dhi"):
        assert sum(getattr(light, name) for light in ours) == pytest.approx(truth[name].sum(), rel=0.005)


def test_the_split_of_a_clouded_sky_is_erbs_as_pvlib_does_it():
    irradiance = pytest.importorskip("pvlib").irradiance
    for ghi in (60.0, 250.0, 500.0, 700.0, 950.0):
        truth = irradiance.erbs(ghi, 48.0, 172)
        assert sun.diffuse_share(float(truth["kt"])) == pytest.approx(truth["dhi"] / ghi, abs=1e-6)
