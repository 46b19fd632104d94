"""A feeder's sensor: it shows the grid, and the faults put into it are on record."""

from collections import Counter

import numpy as np
import pytest

from backend_core.virtual_grid.rules import sensor
from backend_core.virtual_grid.rules.sensor import (
    Anomaly,
    InjectedAnomaly,
    SensorInputs,
    SensorOutput,
    SensorParameters,
)

HEALTHY = SensorParameters("BUS-002", anomaly_share=0.0)


def run(
    parameters: SensorParameters, inputs: SensorInputs, readings: int, seed: int = 1
) -> tuple[sensor.SensorState, list[SensorOutput]]:
    rng, state, seen = np.random.default_rng(seed), sensor.start(parameters, inputs), []
    for _ in range(readings):
        state, output = sensor.step(parameters, state, inputs, 2.0, rng)
        seen.append(output)
    return state, seen


def voltages(outputs: list[SensorOutput]) -> list[float]:
    return [output.quantities["voltage"] for output in outputs if output.quantities is not None]


def test_on_a_healthy_grid_it_reads_about_230_volt_four_ampere_and_thirty_degrees():
    _, outputs = run(HEALTHY, SensorInputs(1.0, load_share=0.8), 2000)
    assert np.mean(voltages(outputs)) == pytest.approx(229.0, abs=2.0)
    assert np.std(voltages(outputs)) < 2.0
    last = outputs[-1].quantities
    assert last is not None
    assert last["current"] == pytest.approx(4.0, abs=1.2)
    assert last["temperature"] == pytest.approx(31.0, abs=4.0)


def test_the_tap_changer_holds_the_feeder_while_the_bus_sags():
    state, outputs = run(HEALTHY, SensorInputs(0.95), 400)
    assert state.tap > 0
    assert np.mean(voltages(outputs[200:])) == pytest.approx(229.0, abs=4.0)


def test_beyond_its_taps_the_sag_reaches_the_customer():
    _, outputs = run(HEALTHY, SensorInputs(0.834), 400)
    assert np.mean(voltages(outputs)) == pytest.approx(230.0 * 0.834 * 1.1 - 1.4, abs=2.0)


def test_a_tap_moves_only_after_its_delay():
    state = sensor.start(HEALTHY, SensorInputs(1.0))
    rng = np.random.default_rng(1)
    for _ in range(9):
        state, _ = sensor.step(HEALTHY, state, SensorInputs(0.95), 2.0, rng)
    assert state.tap == 0
    for _ in range(2):
        state, _ = sensor.step(HEALTHY, state, SensorInputs(0.95), 2.0, rng)
    assert state.tap == 1


def test_over_a_dead_bus_it_reads_zero_volt_and_goes_on_reporting():
    _, outputs = run(HEALTHY, SensorInputs(0.0), 5)
    assert voltages(outputs) == [0.0] * 5
    assert all(output.quantities is not None and output.quantities["current"] == 0.0 for output in outputs)


def test_about_one_reading_in_a_hundred_belongs_to_an_anomaly_and_every_kind_occurs():
    parameters = sensor.STANDARD["sensor_0"]
    _, outputs = run(parameters, SensorInputs(1.0), 100_000)
    injected = [output.injected for output in outputs if output.injected]
    assert sum(anomaly.readings for anomaly in injected) / len(outputs) == pytest.approx(0.01, abs=0.002)
    assert set(Counter(anomaly.kind for anomaly in injected)) == set(Anomaly)


def only(kind: Anomaly) -> tuple[InjectedAnomaly, list[SensorOutput]]:
    """The readings of the first anomaly of this kind."""
    _, outputs = run(sensor.STANDARD["sensor_3"], SensorInputs(1.0), 30_000, seed=4)
    first = next(i for i, output in enumerate(outputs) if output.injected and output.injected.kind is kind)
    anomaly = outputs[first].injected
    assert anomaly is not None
    return anomaly, outputs[first : first + anomaly.readings]


def test_a_gap_sends_nothing_for_as_long_as_it_says():
    _, outputs = only(Anomaly.GAP)
    assert [output.quantities for output in outputs] == [None] * 8


def test_a_stuck_quantity_repeats_itself_while_the_others_live():
    anomaly, outputs = only(Anomaly.STUCK)
    values = [output.quantities or {} for output in outputs]
    assert len({value[anomaly.quantity] for value in values}) == 1
    other = "current" if anomaly.quantity == "voltage" else "voltage"
    assert len({value[other] for value in values}) > 1


def test_a_spike_stands_ten_times_above_the_ordinary_and_lasts_one_reading():
    anomaly, outputs = only(Anomaly.SPIKE)
    assert len(outputs) == 1
    unrest = {"voltage": 1.0, "current": 0.15, "temperature": 0.8}[anomaly.quantity]
    assert 10.0 * unrest <= abs(anomaly.magnitude) <= 30.0 * unrest


def test_a_drift_grows_to_its_magnitude():
    anomaly, outputs = only(Anomaly.DRIFT)
    values = [(output.quantities or {})[anomaly.quantity] for output in outputs]
    assert np.mean(values[-3:]) - np.mean(values[:3]) == pytest.approx(0.87 * anomaly.magnitude, rel=0.25)


def test_a_sensor_silenced_by_the_story_sends_nothing_and_injects_as_ever():
    _, outputs = run(sensor.STANDARD["sensor_0"], SensorInputs(1.0, silenced=True), 10)
    assert all(output.quantities is None for output in outputs)


def test_readings_are_one_to_three_seconds_apart():
    rng = np.random.default_rng(0)
    gaps = [sensor.next_interval_s(rng) for _ in range(1000)]
    assert 1.0 <= min(gaps) < 1.1
    assert 2.9 < max(gaps) <= 3.0


def test_ten_standard_sensors_stand_at_the_five_buses():
    assert len(sensor.STANDARD) == 10
    assert {parameters.bus for parameters in sensor.STANDARD.values()} == {f"BUS-00{n}" for n in range(1, 6)}
