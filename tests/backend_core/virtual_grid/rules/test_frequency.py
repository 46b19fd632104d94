"""The swing of an island against its closed forms: dP 0.1, H 5 s, 50 Hz, droop 5 %."""

from __future__ import annotations

import pytest

from backend_core.virtual_grid.rules.frequency import FrequencyParameters, FrequencyState, frequency_hz, step

NO_AGC = FrequencyParameters(agc_per_s=0.0)


def test_the_first_fall_is_half_a_hertz_a_second() -> None:
    after = step(FrequencyParameters(damping=0.0, governor_lag_s=1e9), FrequencyState(), 0.1, 1.0)
    assert after.deviation_hz == pytest.approx(-0.5, abs=1e-4)


@pytest.mark.parametrize(("damping", "deviation_hz"), [(0.0, 0.25), (1.0, 0.238095)])
def test_droop_leaves_the_steady_deviation_of_the_textbook(damping: float, deviation_hz: float) -> None:
    state = FrequencyState()
    for _ in range(120):
        state = step(FrequencyParameters(damping=damping, agc_per_s=0.0), state, 0.1, 1.0)
    assert -state.deviation_hz == pytest.approx(deviation_hz, abs=1e-4)


def test_agc_brings_the_frequency_back() -> None:
    state = FrequencyState()
    for _ in range(600):
        state = step(FrequencyParameters(), state, 0.1, 1.0)
    assert state.deviation_hz == pytest.approx(0.0, abs=0.005)


def test_the_nadir_is_deeper_than_the_end() -> None:
    state, deviations = FrequencyState(), []
    for _ in range(60):
        state = step(NO_AGC, state, 0.1, 1.0)
        deviations.append(state.deviation_hz)
    assert min(deviations) < deviations[-1] - 0.05


def test_a_balanced_island_stands_still() -> None:
    assert step(FrequencyParameters(), FrequencyState(), 0.0, 10.0).deviation_hz == 0.0


def test_no_meter_sees_a_frequency_at_which_every_machine_has_tripped() -> None:
    assert frequency_hz(FrequencyParameters(), FrequencyState(deviation_hz=-30.0)) == pytest.approx(47.0)
