"""The link's energy balance against its closed form and the measured figure of the design page."""

import math

import pytest

from backend_core.virtual_grid.rules import dc_link
from backend_core.virtual_grid.rules.dc_link import DcLink, LinkState

LINK = DcLink(capacitance_f=4.7e-3, voltage_v=800.0, bandwidth_rad_s=100.0)


def voltages(power_in_w: float, *, limit_w: float = 1e9, steps: int = 40, dt_s: float = 0.005) -> list[float]:
    state, seen = LinkState(), []
    for _ in range(steps):
        state = dc_link.advance(LINK, state, power_in_w, limit_w, dt_s)
        seen.append(dc_link.link_voltage(LINK, state))
    return seen


def test_fifty_kilowatt_at_once_lift_the_link_to_847_5_volt():
    assert max(voltages(50e3)) == pytest.approx(847.5, abs=0.05)


def test_the_highest_energy_is_the_power_over_e_times_the_bandwidth():
    peak_j = 0.5 * LINK.capacitance_f * max(voltages(50e3)) ** 2 - LINK.energy_j
    assert peak_j == pytest.approx(50e3 / (math.e * 100.0), rel=1e-6)


def test_the_link_settles_at_its_set_point_with_power_out_equal_to_power_in():
    state = LinkState()
    for _ in range(100):
        state = dc_link.advance(LINK, state, 50e3, 1e9, 0.005)
    assert dc_link.link_voltage(LINK, state) == pytest.approx(800.0, abs=1e-6)
    assert dc_link.power_out(LINK, state) == pytest.approx(50e3, rel=1e-9)


def test_coarse_and_fine_steps_agree_because_each_is_exact():
    assert voltages(50e3, steps=10, dt_s=0.01)[-1] == pytest.approx(voltages(50e3, steps=1000, dt_s=1e-4)[-1], abs=1e-9)


def test_above_the_power_limit_the_surplus_goes_to_the_chopper_and_the_link_stays_below_its_ceiling():
    assert max(voltages(80e3, limit_w=50e3, steps=400)) == pytest.approx(920.0)


def test_after_a_long_limit_the_link_returns_without_a_wound_up_swing():
    state = LinkState()
    for _ in range(400):
        state = dc_link.advance(LINK, state, 80e3, 50e3, 0.005)
    returned = []
    for _ in range(100):
        state = dc_link.advance(LINK, state, 10e3, 50e3, 0.005)
        returned.append(dc_link.link_voltage(LINK, state))
    assert min(returned) > 700.0
    assert returned[-1] == pytest.approx(800.0, abs=0.1)


def test_at_the_limit_the_controller_asks_for_just_that_limit():
    state = LinkState()
    for _ in range(30):
        state = dc_link.advance(LINK, state, 80e3, 50e3, 0.005)
        assert dc_link.power_out(LINK, state) <= 50e3 * (1 + 1e-12)
    assert dc_link.power_out(LINK, state) == pytest.approx(50e3)
