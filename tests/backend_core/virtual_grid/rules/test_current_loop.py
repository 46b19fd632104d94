"""The current loop against the closed forms of its design rule and a plain sample-by-sample simulation."""

import math

import pytest

from backend_core.virtual_grid.rules import current_loop
from backend_core.virtual_grid.rules.current_loop import CurrentLoop, LoopState

GRID_RAD_S = 2.0 * math.pi * 50.0
STEP_A = 100 + 0j
AMPLE_V = 1e6


def loop(**changes: float | bool) -> CurrentLoop:
    plate = {"inductance_h": 2e-3, "resistance_ohm": 0.1, "grid_rad_s": GRID_RAD_S, **changes}
    return CurrentLoop(**plate)  # type: ignore[arg-type]


def response(of: CurrentLoop, samples: int, limit_v: float = AMPLE_V, reference_a: complex = STEP_A) -> list[complex]:
    state, currents = LoopState(), []
    for _ in range(samples):
        state = current_loop.advance(of, state, reference_a, 320 + 0j, limit_v=limit_v, samples=1)
        currents.append(state.current_a)
    return currents


def time_to(currents: list[complex], share: float, sample_s: float) -> float:
    return next(i for i, current in enumerate(currents, 1) if current.real >= share * STEP_A.real) * sample_s


def test_sixty_three_percent_is_reached_after_one_over_the_bandwidth():
    assert time_to(response(loop(), 500), 1 - math.exp(-1), 20e-6) == pytest.approx(1e-3, abs=30e-6)


def test_the_rise_from_ten_to_ninety_percent_takes_ln_nine_over_the_bandwidth():
    currents = response(loop(), 500)
    rise_s = time_to(currents, 0.9, 20e-6) - time_to(currents, 0.1, 20e-6)
    assert rise_s == pytest.approx(math.log(9) / 1000, abs=40e-6)


def test_the_step_does_not_overshoot():
    assert max(current.real for current in response(loop(), 2000)) <= 100.5


def test_with_decoupling_a_step_in_d_hardly_moves_q():
    assert max(abs(current.imag) for current in response(loop(), 2000)) == pytest.approx(0.11, abs=0.01)


def test_without_decoupling_the_same_step_throws_q_by_24_ampere():
    assert max(abs(current.imag) for current in response(loop(decoupled=False), 2000)) == pytest.approx(24, abs=0.5)


def test_one_jump_over_many_samples_equals_the_samples_one_by_one():
    one_by_one = response(loop(), 250)[-1]
    jump = current_loop.advance(loop(), LoopState(), STEP_A, 320 + 0j, limit_v=AMPLE_V, samples=250)
    assert jump.current_a == pytest.approx(one_by_one, abs=1e-9)


def test_at_the_voltage_limit_the_current_rises_at_what_the_limit_leaves():
    first = response(loop(), 1, limit_v=400)[0]
    assert first.real == pytest.approx((400 - 320) * 20e-6 / 2e-3, rel=0.01)


def test_a_long_stay_at_the_voltage_limit_does_not_wind_up_the_integral():
    freed = response(loop(), 4000, limit_v=360)
    assert max(current.real for current in freed) < 103
    assert freed[-1].real == pytest.approx(100, abs=0.5)


def test_the_current_limit_keeps_active_current_and_gives_reactive_what_is_left():
    limited = current_loop.limit_magnitude(60 - 100j, 100)
    assert limited == pytest.approx(60 - 80j)
    assert current_loop.limit_magnitude(-300 + 5j, 100) == -100 + 0j
