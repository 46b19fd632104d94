"""A network promises its points: each with a lawful id, a unit, and the limits of its element."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend_core.grid.model import Binding, PointKind
from backend_core.grid.rules.points import expected_points, point_id_of
from backend_core.kernel.identities import is_valid_id, is_valid_quantity, split_point
from tests.backend_core.grid.networks import NAMES, sample


@pytest.mark.parametrize("name", NAMES)
def test_every_point_has_an_id_of_its_own_that_the_inlets_accept(name: str) -> None:
    points = expected_points(sample(name))
    assert len({point.point_id for point in points}) == len(points)
    for point in points:
        device, quantity = split_point(point.point_id)
        assert is_valid_id(device)
        assert is_valid_quantity(quantity)


def test_transformer_one_is_limited_in_loading_and_temperature() -> None:
    points = {point.point_id: point for point in expected_points(sample("glover5"))}
    loading = points["T1.loading_percent"]
    assert (loading.unit, loading.limits.high, loading.limits.high_high) == ("%", 90.0, 100.0)
    assert points["T1.temperature"].limits.high_high == 120.0


def test_the_voltage_limits_of_a_bus_are_those_of_the_file() -> None:
    points = {point.point_id: point for point in expected_points(sample("glover5"))}
    limits = points["BUS-003.voltage"].limits
    assert (limits.low_low, limits.low, limits.high, limits.high_high) == (0.90, 0.95, 1.07, 1.10)


def test_every_switch_has_a_position() -> None:
    points = {point.point_id for point in expected_points(sample("cigre_mv_der"))}
    assert {f"{switch.id}.position" for switch in sample("cigre_mv_der").switches} <= points


def test_a_roof_shows_kilowatts_and_a_power_station_does_not() -> None:
    decimals = {p.point_id: p.decimals for name in NAMES for p in expected_points(sample(name))}
    assert decimals["MV-PV3.active_power"] == 3
    assert decimals["G3.active_power"] == 1


def test_a_binding_lets_another_device_speak_for_an_element() -> None:
    network = replace(sample("glover5"), bindings=(Binding("RTU-7", "T1"),))
    assert point_id_of(network, "T1", PointKind.LOADING) == "RTU-7.loading_percent"
    assert point_id_of(network, "T2", PointKind.LOADING) == "T2.loading_percent"
