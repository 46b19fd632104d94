"""Scales of the small plots and pictures."""

import pytest

from console.features.converters.plot import Lane
from console.features.converters.scene import reach
from console.features.converters.state import Curve
from ui.values import Shown


def lane(*values: float | None, **changes: object) -> Lane:
    curve = Curve(tuple(float(i) for i in range(len(values), 0, -1)), values)
    return Lane("Power", Shown("1 kW"), curve, **changes)  # type: ignore[arg-type]


def test_a_lane_without_values_has_no_scale():
    assert lane(None, None).scale() is None


def test_a_calm_value_gets_room_so_that_it_looks_calm():
    low, high = lane(800.0, 800.1, 799.9).scale() or (0, 0)
    assert high - low > 10.0


def test_a_limit_is_always_in_sight():
    _, high = lane(80.0, 82.0, limits=((150.0, "trips", "crit"),)).scale() or (0, 0)
    assert high > 150.0


def test_a_lane_that_starts_at_zero_never_shows_less():
    assert (lane(3.0, 5.0, floor=0.0).scale() or (1, 1))[0] == 0.0


@pytest.mark.parametrize(("most", "end"), [(0.0, 1.0), (7.0, 8.0), (153.0, 200.0), (-260.0, 300.0), (1000.0, 1000.0)])
def test_a_picture_ends_at_the_next_round_number(most, end):
    assert reach([0.0, most]) == pytest.approx(end)
