"""The value axis: steps a person counts in, and labels that never touch."""

import pytest

from ui.plot.axes import value_step


@pytest.mark.parametrize("height_px", [20.0, 35.0, 90.0, 400.0])
@pytest.mark.parametrize("span", [0.003, 1.0, 47.0, 9_000.0])
def test_labels_stand_apart_in_a_lane_of_any_height(span: float, height_px: float):
    assert value_step(span, height_px) / span * height_px >= 25.9


@pytest.mark.parametrize(("span", "step"), [(100.0, 10.0), (47.0, 5.0), (0.12, 0.02)])
def test_steps_are_round(span: float, step: float):
    assert value_step(span, 300.0) == pytest.approx(step)
