"""The shipped networks are what their sources publish, with the additions that the guide names."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from backend_core.grid.model import SwitchKind
from tests.backend_core.grid.networks import sample

GLOVER = sample("glover5")
CIGRE = sample("cigre_mv_der")


def test_glovers_lines_have_the_published_impedances() -> None:
    ohm = 345.0**2 / 100.0
    published = {"L2-4": (0.009, 0.1, 1.72), "L2-5": (0.0045, 0.05, 0.88), "L4-5": (0.00225, 0.025, 0.44)}
    for line in GLOVER.lines:
        found = (line.resistance_ohm / ohm, line.reactance_ohm / ohm, line.susceptance_us * 1e-6 * ohm)
        assert found == pytest.approx(published[line.id], rel=1e-9)
        assert math.sqrt(3) * 345.0 * line.rating_ka == pytest.approx(1200.0)


def test_glovers_transformers_have_the_published_impedances_on_their_own_base() -> None:
    published = {"T1": (0.0015, 0.02, 400.0), "T2": (0.00075, 0.01, 800.0)}
    for transformer in GLOVER.transformers:
        r_pu, x_pu, rated_mva = published[transformer.id]
        to_percent = rated_mva / 100.0 * 100.0
        assert transformer.rated_mva == rated_mva
        assert transformer.copper_loss_percent == pytest.approx(r_pu * to_percent)
        assert transformer.short_circuit_voltage_percent == pytest.approx(math.hypot(r_pu, x_pu) * to_percent)


def test_the_feeder_is_split_off_so_that_bus_two_draws_what_the_book_says() -> None:
    at_bus_two = [load for load in GLOVER.loads if load.bus_id == "BUS-002"]
    assert sum(load.active_power_mw for load in at_bus_two) == 800.0
    assert sum(load.reactive_power_mvar for load in at_bus_two) == 280.0
    assert {load.id for load in at_bus_two} == {"LD2", "F-12B"}


def test_every_end_in_glover_has_its_own_breaker() -> None:
    at = Counter((switch.element_id, switch.side) for switch in GLOVER.switches)
    assert at == {(terminal.element_id, terminal.side): 1 for terminal in GLOVER.terminals()}
    assert {switch.id for switch in GLOVER.switches if switch.normally_open} == {"CB-C2"}


def test_twelve_smart_switches_stand_behind_loads_half_of_them_behind_the_feeder() -> None:
    behind = Counter(point.load_id for point in GLOVER.supply_points)
    assert behind == {"LD2": 4, "F-12B": 6, "LD3": 2}
    customers = {load.id: load.customers for load in GLOVER.loads}
    for load_id in behind:
        counted = sum(point.customers for point in GLOVER.supply_points if point.load_id == load_id)
        assert counted <= customers[load_id]


def test_cigre_has_the_units_and_switches_of_the_benchmark() -> None:
    assert (len(CIGRE.buses), len(CIGRE.lines), len(CIGRE.loads)) == (15, 15, 18)
    assert (len(CIGRE.distributed_sources), len(CIGRE.storages)) == (13, 2)
    kinds = Counter(switch.kind for switch in CIGRE.switches)
    assert kinds == {SwitchKind.LOAD_BREAK: 6, SwitchKind.BREAKER: 2}
    assert {switch.id for switch in CIGRE.switches if switch.normally_open} == {"MV-S1", "MV-S2", "MV-S3"}


def test_the_two_samples_share_no_device_so_that_one_database_may_hold_both() -> None:
    assert not {element.id for element in GLOVER.elements()} & {element.id for element in CIGRE.elements()}
