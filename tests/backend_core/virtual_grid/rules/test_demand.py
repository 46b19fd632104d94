"""What loads ask for stays within the day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.virtual_grid.rules import demand


@given(st.floats(0.0, 48.0, allow_nan=False))
def test_the_daily_curve_stays_between_its_lowest_and_its_highest(hour: float) -> None:
    assert demand.LOWEST_SHARE - 1e-9 <= demand.daily_share(hour) <= demand.HIGHEST_SHARE + 1e-9


def test_the_night_is_lowest_at_four_and_the_evening_highest_at_seven() -> None:
    assert demand.daily_share(4.0) == pytest.approx(0.55)
    assert demand.daily_share(19.0) == pytest.approx(1.04)
    assert demand.daily_share(17.5) == pytest.approx(1.0)


def test_midnight_joins_the_days_without_a_step() -> None:
    assert demand.daily_share(23.9999) == pytest.approx(demand.daily_share(0.0), abs=1e-4)


def test_many_small_steps_spread_as_one_long_one_does() -> None:
    rng = np.random.default_rng(1)
    small = large = demand.start(4000, rng)
    for _ in range(100):
        small = demand.step(small, 36.0, rng)
    large = demand.step(large, 3600.0, rng)
    assert np.std(small.slow) == pytest.approx(float(np.std(large.slow)), rel=0.05)


def test_the_same_seed_asks_for_the_same() -> None:
    runs = []
    for _ in range(2):
        rng = np.random.default_rng(7)
        state = demand.start(5, rng)
        for _ in range(10):
            state = demand.step(state, 1.0, rng)
        runs.append(demand.shares(state, 18.0).tolist())
    assert runs[0] == runs[1]
