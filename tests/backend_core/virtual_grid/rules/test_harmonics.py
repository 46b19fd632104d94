"""Distortion coefficients of the two bridges and the ripple of a buck."""

import pytest

from backend_core.virtual_grid.rules import harmonics
from backend_core.virtual_grid.rules.bridge import Bridge


@pytest.mark.parametrize(
    ("bridge", "modulation", "percent"),
    [
        (Bridge.TWO_LEVEL, 0.7, 2.64),
        (Bridge.TWO_LEVEL, 0.8, 2.50),
        (Bridge.TWO_LEVEL, 0.9, 2.43),
        (Bridge.TWO_LEVEL, 1.0, 2.41),
        (Bridge.NPC, 0.7, 1.27),
        (Bridge.NPC, 0.8, 1.12),
        (Bridge.NPC, 0.9, 1.10),
        (Bridge.NPC, 1.0, 1.18),
    ],
)
def test_at_rated_current_one_pu_and_one_kilohertz_the_distortion_is_the_coefficient(bridge, modulation, percent):
    assert harmonics.current_thd_percent(bridge, modulation, 1.0, 1.0, 1.0) == pytest.approx(percent)


def test_distortion_grows_as_the_current_falls_and_as_filter_and_frequency_shrink():
    assert harmonics.current_thd_percent(Bridge.TWO_LEVEL, 0.8, 0.1, 10.0, 0.5) == pytest.approx(5.0)


def test_the_background_of_the_grid_is_added_in_quadrature():
    assert harmonics.in_quadrature(3.0, 4.0) == pytest.approx(5.0)


def test_a_buck_ripples_most_at_half_duty():
    assert harmonics.buck_ripple_a(800, 0.5, 1e-3, 10e3) == pytest.approx(20.0)
    assert harmonics.buck_ripple_a(800, 0.25, 1e-3, 10e3) == pytest.approx(15.0)
    assert harmonics.buck_ripple_v(20.0, 100e-6, 10e3) == pytest.approx(2.5)
