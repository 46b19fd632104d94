"""The winding's temperature against the worked example of IEC 60076-7."""

from __future__ import annotations

import pytest

from backend_core.virtual_grid.rules.transformer_heat import HeatParameters, HeatState, settled, step

EXAMPLE = ((1.0, 190, 61.9, 83.8), (0.6, 365, 44.4, 54.0), (1.5, 500, 89.2, 127.0), (0.3, 705, 35.0, 37.5))


def test_the_worked_example_of_the_standard_is_met() -> None:
    state, minute = HeatState(top_oil_c=25.6 + 12.7), 0
    for load, until, top_oil_c, hot_spot_c in EXAMPLE:
        while minute < until:
            state = step(HeatParameters(), state, load, 25.6, 60.0)
            minute += 1
        assert state.top_oil_c == pytest.approx(top_oil_c, abs=1.5)
        assert state.hot_spot_c == pytest.approx(hot_spot_c, abs=1.5)


def test_hours_at_one_load_end_where_settled_says() -> None:
    state = HeatState(20.0)
    for _ in range(3000):
        state = step(HeatParameters(), state, 1.03, 20.0, 60.0)
    assert state.hot_spot_c == pytest.approx(settled(HeatParameters(), 1.03, 20.0).hot_spot_c, abs=0.01)


def test_at_rated_load_and_twenty_degrees_the_hot_spot_is_just_below_eighty() -> None:
    assert settled(HeatParameters(), 1.0, 20.0).hot_spot_c == pytest.approx(78.6, abs=0.1)
