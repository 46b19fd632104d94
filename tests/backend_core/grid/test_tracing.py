"""The way to the source is a real way, and what goes dark with a switch is what it alone feeds."""

from __future__ import annotations

from backend_core.grid.rules.topology import normal_positions, topology_of
from backend_core.grid.rules.tracing import goes_dark_with, path_to_source
from backend_core.kernel.positions import Position
from tests.backend_core.grid.networks import chain, sample

GLOVER = topology_of(sample("glover5"))
NORMAL = normal_positions(sample("glover5"))


def test_the_way_from_a_load_names_every_switch_up_to_the_machine() -> None:
    way = path_to_source(GLOVER, NORMAL, "LD3")
    assert way == ("LD3", "CB-LD3", "BUS-003", "CB-G3", "G3")


def test_the_way_takes_the_side_that_is_closed() -> None:
    positions = NORMAL | {"CB-L2-5-B2": Position.OPEN, "CB-T2-HV": Position.OPEN}
    way = path_to_source(GLOVER, positions, "LD2")
    assert way[-1] == "G1"
    assert "L4-5" in way


def test_a_dead_element_has_no_way() -> None:
    assert path_to_source(GLOVER, NORMAL, "C2") == ()


def test_a_switch_is_traced_from_the_bus_beside_it() -> None:
    assert path_to_source(GLOVER, NORMAL, "CB-G3") == ("BUS-003", "CB-G3", "G3")


def test_a_name_that_is_nothing_has_no_way() -> None:
    assert path_to_source(GLOVER, NORMAL, "NOBODY") == ()


def test_with_the_head_of_a_chain_the_whole_chain_goes_dark() -> None:
    topology, positions = topology_of(chain(3)), normal_positions(chain(3))
    assert set(goes_dark_with(topology, positions, "CB-L0-1")) == {"B1", "B2", "L0-1", "L1-2", "LD1", "LD2"}


def test_in_a_ring_no_single_breaker_darkens_anything() -> None:
    network = chain(4, tie=True)
    assert goes_dark_with(topology_of(network), normal_positions(network), "CB-L1-2") == ()


def test_with_the_feeder_breaker_the_feeder_goes_dark() -> None:
    assert goes_dark_with(GLOVER, NORMAL, "CB-F12B") == ("F-12B",)
