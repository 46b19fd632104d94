"""A converter as an operator meets it: it follows orders, makes losses, gets hot, holds back and trips."""

import math
from dataclasses import replace

import numpy as np
import pytest

from backend_core.virtual_grid.rules import converter
from backend_core.virtual_grid.rules.converter import ConverterInputs, ConverterParameters, ConverterState

TWO_LEVEL = converter.TWO_LEVEL_100_KVA


def run(
    parameters: ConverterParameters,
    inputs: ConverterInputs,
    minutes: float,
    state: ConverterState | None = None,
    seed: int = 7,
) -> tuple[ConverterState, dict[str, float]]:
    rng = np.random.default_rng(seed)
    state = state or converter.start(parameters, inputs.ambient_c)
    readings: dict[str, float] = {}
    # Where heat and limit answer one another the tick must be the demo's own; elsewhere a longer one is as exact.
    tick_s = 0.5 if inputs.cooling_fault else 2.0
    for _ in range(round(minutes * 60 / tick_s)):
        state, readings = converter.step(parameters, state, inputs, tick_s, rng)
    return state, readings


@pytest.fixture(scope="module")
def at_rating() -> ConverterState:
    """After ten minutes at rating; its source wanders by 2 %, hence the tolerances below."""
    return run(TWO_LEVEL, ConverterInputs(100.0), 10)[0]


def test_the_two_level_bridge_at_rating_loses_1_3_kilowatt_and_is_98_7_percent_efficient(at_rating):
    assert at_rating.loss_kw == pytest.approx(1.3, abs=0.05)
    assert 100.0 - at_rating.loss_kw == pytest.approx(98.7, abs=0.05)


def test_its_junction_rises_by_52_kelvin_in_the_sink_and_21_above_it(at_rating):
    assert sum(at_rating.sink_k) == pytest.approx(52.0, abs=1.5)
    assert sum(at_rating.junction_k) == pytest.approx(21.0, abs=1.0)


@pytest.mark.parametrize("name", converter.STANDARD)
def test_every_standard_converter_follows_its_active_power_order(name):
    parameters = converter.STANDARD[name]
    ordered_kw = 0.6 * parameters.rated_kva
    _, readings = run(parameters, ConverterInputs(ordered_kw), 3)
    assert readings["active_power"] == pytest.approx(ordered_kw, rel=0.1)
    assert readings["dc_voltage"] == pytest.approx(parameters.link.voltage_v, rel=0.01)
    assert 0.0 < readings["thd"] < 8.0


def test_powers_and_currents_in_a_reading_belong_together():
    _, readings = run(TWO_LEVEL, ConverterInputs(60.0, 40.0), 3)
    phase_peak_v = 400.0 * math.sqrt(2.0 / 3.0)
    assert readings["active_power"] == pytest.approx(1.5 * phase_peak_v * readings["current_d"] / 1e3, abs=0.01)
    assert readings["reactive_power"] == pytest.approx(-1.5 * phase_peak_v * readings["current_q"] / 1e3, abs=0.01)
    assert readings["reactive_power"] == pytest.approx(40.0, abs=1.0)


def test_a_buck_has_no_reactive_current():
    _, readings = run(converter.BUCK_60_KW, ConverterInputs(30.0, reactive_power_kvar=20.0), 1)
    assert readings["current_q"] == readings["reactive_power"] == 0.0


def test_a_low_grid_raises_the_current_for_the_same_power():
    _, full = run(TWO_LEVEL, ConverterInputs(80.0), 3)
    _, low = run(TWO_LEVEL, ConverterInputs(80.0, bus_voltage_pu=0.9), 3)
    assert low["current_d"] / full["current_d"] == pytest.approx(1 / 0.9, rel=0.02)


def test_a_dead_grid_blocks_the_bridge_and_its_return_brings_the_power_back():
    state, dark = run(TWO_LEVEL, ConverterInputs(80.0, bus_voltage_pu=0.0), 1)
    assert dark["active_power"] == dark["current_d"] == 0.0
    assert "thd" not in dark
    _, back = run(TWO_LEVEL, ConverterInputs(80.0), 1, state)
    assert back["active_power"] == pytest.approx(80.0, rel=0.1)


def test_a_lost_fan_heats_the_junction_above_125_degrees_and_the_converter_holds_back():
    state, readings = run(TWO_LEVEL, ConverterInputs(90.0, cooling_fault=1.0), 6)
    assert 125.0 < state.junction_c < 150.0
    assert readings["active_power"] < 60.0
    assert readings["dc_voltage"] == pytest.approx(800.0, abs=5.0)


def test_with_the_fan_back_the_power_returns():
    hot, _ = run(TWO_LEVEL, ConverterInputs(90.0, cooling_fault=1.0), 6)
    cooled, readings = run(TWO_LEVEL, ConverterInputs(90.0), 10, hot)
    assert cooled.junction_c < 100.0
    assert readings["active_power"] == pytest.approx(90.0, rel=0.1)


def test_at_150_degrees_it_trips_and_stays_off_until_reset_cold():
    hot = replace(converter.start(TWO_LEVEL), junction_c=150.0, sink_k=(120.0,))
    tripped, readings = run(TWO_LEVEL, ConverterInputs(90.0), 0.1, hot)
    assert tripped.tripped
    assert readings["active_power"] == 0.0
    still_hot, _ = run(TWO_LEVEL, ConverterInputs(90.0, reset=True), 0.1, replace(tripped, junction_c=140.0))
    assert still_hot.tripped
    cold, _ = run(TWO_LEVEL, ConverterInputs(90.0), 10, tripped)
    assert cold.tripped
    reset, readings = run(TWO_LEVEL, ConverterInputs(90.0, reset=True), 1, cold)
    assert not reset.tripped
    assert readings["active_power"] == pytest.approx(90.0, rel=0.1)


@pytest.mark.parametrize("name", converter.STANDARD)
def test_started_running_it_is_where_it_would_have_come_to(name):
    orders = ConverterInputs(0.6 * converter.STANDARD[name].rated_kva)
    slowly, _ = run(converter.STANDARD[name], orders, 10)
    at_once = converter.start_running(converter.STANDARD[name], orders)
    assert at_once.junction_c == pytest.approx(slowly.junction_c, abs=3.0)
    assert at_once.loop.current_a.real == pytest.approx(slowly.loop.current_a.real, rel=0.1)


def test_the_same_seed_gives_the_same_readings_and_another_seed_others():
    orders = ConverterInputs(70.0, 10.0)
    assert run(TWO_LEVEL, orders, 1)[1] == run(TWO_LEVEL, orders, 1)[1]
    assert run(TWO_LEVEL, orders, 1)[1] != run(TWO_LEVEL, orders, 1, seed=8)[1]


def test_its_cooler_tells_loss_sink_and_efficiency(at_rating):
    cooling = converter.cooler(TWO_LEVEL, at_rating)
    assert cooling["heat"] == pytest.approx(1.3, abs=0.05)
    assert cooling["temperature"] == pytest.approx(25.0 + 52.0, abs=1.5)
    assert cooling["efficiency"] == pytest.approx(98.7, abs=0.05)


def test_a_cooler_of_an_idle_converter_tells_no_efficiency():
    assert "efficiency" not in converter.cooler(TWO_LEVEL, converter.start(TWO_LEVEL))


def test_a_long_tick_comes_to_the_same_place_as_many_short_ones():
    orders, start = ConverterInputs(70.0), converter.start(TWO_LEVEL)
    long, _ = converter.step(TWO_LEVEL, replace(start, ordered_kw=70.0), orders, 60.0, np.random.default_rng(1))
    short, _ = run(TWO_LEVEL, orders, 1, replace(start, ordered_kw=70.0))
    assert long.junction_c == pytest.approx(short.junction_c, abs=2.0)
    assert long.loop.current_a.real == pytest.approx(short.loop.current_a.real, rel=0.1)
