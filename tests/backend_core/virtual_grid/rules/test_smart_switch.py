"""A smart switch's own measurements."""

import numpy as np
import pytest

from backend_core.virtual_grid.rules import smart_switch
from backend_core.virtual_grid.rules.smart_switch import SmartSwitchInputs, SmartSwitchParameters

PLUG = SmartSwitchParameters("BUS-002", 140.0)


def reading(bus_voltage_pu: float) -> dict[str, float]:
    rng = np.random.default_rng(1)
    return smart_switch.step(PLUG, smart_switch.start(PLUG), SmartSwitchInputs(bus_voltage_pu), 2.0, rng)[1]


def test_volts_amperes_and_power_factor_give_its_watts():
    seen = reading(1.0)
    assert seen["voltage"] * seen["current"] * seen["power_factor"] == pytest.approx(seen["power"], rel=0.01)


def test_taps_hold_its_voltage_as_far_as_they_reach():
    assert reading(0.95)["voltage"] == pytest.approx(229, abs=2)
    assert reading(0.80)["voltage"] == pytest.approx(230 * 0.88 - 1.5, abs=2)
    assert reading(1.05)["voltage"] == pytest.approx(229, abs=2)


def test_without_power_it_measures_nothing():
    assert reading(0.0) == {}


def test_its_energy_counts_up():
    rng, state = np.random.default_rng(1), smart_switch.start(PLUG)
    for _ in range(1800):
        state, _ = smart_switch.step(PLUG, state, SmartSwitchInputs(1.0), 2.0, rng)
    assert state.energy_wh == pytest.approx(140.0, rel=0.1)


def test_half_of_the_twelve_hang_behind_the_large_load():
    buses = [parameters.bus for parameters in smart_switch.STANDARD.values()]
    assert len(buses) == 12
    assert buses.count("BUS-002") == 6
