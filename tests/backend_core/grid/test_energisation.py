"""Power reaches what a walk over closed switches reaches, and what nobody knows stays said as such."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.grid.model import Bus, Network, SupplyState, Switch, SwitchKind
from backend_core.grid.rules.energisation import energise
from backend_core.grid.rules.topology import Topology, normal_positions, topology_of
from backend_core.kernel.positions import Position
from tests.backend_core.grid.networks import NAMES, chain, sample

LIVE, DEAD, PARTLY = SupplyState.ENERGISED, SupplyState.DEAD, SupplyState.PARTLY_KNOWN
POSITIONS = st.sampled_from(list(Position))


def states(network: Network, **moved: Position) -> dict[str, SupplyState]:
    by_id = {name.replace("_", "-"): position for name, position in moved.items()}
    return dict(energise(topology_of(network), normal_positions(network) | by_id).states)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_network_is_alive_but_for_what_is_normally_switched_off(name: str) -> None:
    dark = {part for part, state in states(sample(name)).items() if state is not LIVE}
    assert dark == ({"C2"} if name == "glover5" else set())


def test_opening_the_feeder_breaker_darkens_the_feeder_alone() -> None:
    found = states(sample("glover5"), CB_F12B=Position.OPEN)
    assert {part for part, state in found.items() if state is DEAD} == {"C2", "F-12B"}


def test_a_line_open_at_one_end_stays_alive_from_the_other() -> None:
    assert states(sample("glover5"), CB_L2_5_B5=Position.OPEN)["L2-5"] is LIVE


def test_a_line_open_at_both_ends_is_dead() -> None:
    assert states(sample("glover5"), CB_L2_5_B5=Position.OPEN, CB_L2_5_B2=Position.OPEN)["L2-5"] is DEAD


@pytest.mark.parametrize("position", [Position.UNKNOWN, Position.INTERMEDIATE])
def test_behind_a_switch_that_nobody_knows_all_is_partly_known(position: Position) -> None:
    found = states(chain(3), CB_L0_1=position)
    assert (found["B0"], found["B1"], found["LD2"]) == (LIVE, PARTLY, PARTLY)


def test_an_open_switch_beside_an_unknown_one_decides_alone() -> None:
    found = states(chain(3), CB_L0_1=Position.OPEN, CB_L1_2=Position.UNKNOWN)
    assert (found["B1"], found["B2"]) == (DEAD, DEAD)


def test_before_any_switch_has_spoken_nothing_behind_a_switch_is_claimed() -> None:
    found = energise(topology_of(sample("glover5")), {}).states
    assert set(found.values()) == {PARTLY}


def test_a_machine_behind_its_open_breaker_is_not_an_island() -> None:
    found = energise(topology_of(sample("glover5")), normal_positions(sample("glover5")) | {"CB-G1": Position.OPEN})
    assert found.states["G1"] is DEAD
    assert "G1" not in found.island_of


def test_a_stopped_source_feeds_nothing() -> None:
    topology = topology_of(chain(2))
    assert set(energise(topology, normal_positions(chain(2)), stopped={"GRID"}).states.values()) == {DEAD}


def test_dead_behind_a_closed_earthing_switch_is_earthed() -> None:
    earth = Switch("ES1", SwitchKind.EARTHING, bus_id="B1")
    network = replace(chain(2), switches=(*chain(2).switches, earth))
    found = states(network, CB_L0_1=Position.OPEN, ES1=Position.CLOSED)
    assert (found["B0"], found["B1"]) == (LIVE, SupplyState.EARTHED)


def test_a_bus_coupler_joins_two_bars() -> None:
    network = replace(
        chain(1),
        buses=(Bus("B0", 20.0), Bus("B9", 20.0)),
        switches=(Switch("COUPLER", SwitchKind.BREAKER, bus_id="B0", other_bus_id="B9"),),
    )
    assert states(network)["B9"] is LIVE
    assert states(network, COUPLER=Position.OPEN)["B9"] is DEAD


def test_islands_name_their_sources_load_and_customers() -> None:
    network = sample("glover5")
    # Both ends of 2-4, 2-5 and 4-5: west keeps G1, east keeps G3, the south keeps the load and nothing else.
    ends = {switch.id: Position.OPEN for switch in network.switches if switch.element_id.startswith("L")}
    loads_closed = {"CB-LD2": Position.CLOSED, "CB-LD3": Position.CLOSED}
    found = energise(topology_of(network), normal_positions(network) | ends | loads_closed)
    by_bus = {island.bus_ids: island for island in found.islands}
    south = by_bus[("BUS-002",)]
    assert (south.source_ids, south.full_load_mw, south.customers) == ((), 800.0, 14850 + 1204)
    assert by_bus[("BUS-003", "BUS-004")].source_ids == ("G3",)
    assert set(found.dead_load_ids) == {"LD2", "F-12B"}


def walked(topology: Topology, positions: dict[str, Position], passable: set[Position]) -> set[str]:
    """Everything reached from a source by repeated looking, the slow and obvious way."""
    joints = [j for j in topology.joints if all(positions.get(s, Position.UNKNOWN) in passable for s in j.switch_ids)]
    reached = set(topology.source_parts)
    before = -1
    while before != len(reached):
        before = len(reached)
        for joint in joints:
            if joint.one in reached or joint.other in reached:
                reached |= {joint.one, joint.other}
    alone = {part for part in reached if not any(part in (j.one, j.other) for j in joints)}
    return {topology.part_ids[part] for part in reached - alone}


@given(data=st.data(), name=st.sampled_from((*NAMES, "ring")))
def test_colours_equal_a_plain_walk_over_random_positions(data: st.DataObject, name: str) -> None:
    network = chain(6, tie=True) if name == "ring" else sample(name)
    topology = topology_of(network)
    positions = {switch.id: data.draw(POSITIONS) for switch in network.switches if data.draw(st.booleans())}
    surely = walked(topology, positions, {Position.CLOSED})
    perhaps = walked(topology, positions, {Position.CLOSED, Position.UNKNOWN, Position.INTERMEDIATE})
    found = energise(topology, positions).states
    for part_id in topology.part_ids:
        expected = LIVE if part_id in surely else PARTLY if part_id in perhaps else DEAD
        assert found[part_id] is expected, part_id


@given(data=st.data())
def test_every_bus_lies_in_exactly_one_island(data: st.DataObject) -> None:
    network = sample("cigre_mv_der")
    positions = {switch.id: data.draw(POSITIONS) for switch in network.switches}
    found = energise(topology_of(network), positions)
    assert sorted(bus_id for island in found.islands for bus_id in island.bus_ids) == sorted(
        bus.id for bus in network.buses
    )
