"""Which buses live together and who leads them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from backend_core.powerflow.model import Generator, PowerFlowCase
from backend_core.powerflow.rules.islands import elect_slack, groups, islands_of
from tests.backend_core.powerflow.cases import glover5


def without(*gone: str) -> PowerFlowCase:
    return replace(glover5(), branches=tuple(b for b in glover5().branches if b.id not in gone))


def test_a_whole_network_is_one_island_led_by_its_appointed_slack() -> None:
    (only,) = islands_of(glover5())
    assert only.slack == "G1"
    assert only.load_mw == 880.0
    assert only.capacity_mw == 1400.0


def test_cut_off_from_the_slack_the_largest_machine_takes_over() -> None:
    slacks = {island.buses: island.slack for island in islands_of(without("T1"))}
    assert slacks == {("1",): "G1", ("2", "3", "4", "5"): "G3"}


def test_an_island_without_a_machine_is_dead() -> None:
    dead = [island for island in islands_of(without("2-4", "2-5")) if island.is_dead]
    assert [island.buses for island in dead] == [("2",)]
    assert dead[0].load_mw == 800.0


def test_of_several_machines_the_largest_leads_unless_one_is_appointed() -> None:
    sizes = [Generator(name, "1", 0.0, voltage_pu=1.0, capacity_mw=mw) for name, mw in (("A", 10.0), ("B", 90.0))]
    assert elect_slack(sizes) == "B"
    assert elect_slack([replace(sizes[0], is_slack=True), sizes[1]]) == "A"


def test_among_equals_the_first_name_leads() -> None:
    machines = [Generator(name, "1", 0.0, voltage_pu=1.0, capacity_mw=50.0) for name in ("B", "A")]
    assert elect_slack(machines) == "A"


def test_what_only_follows_the_grid_cannot_lead() -> None:
    assert elect_slack([Generator("sun", "1", 5.0, capacity_mw=50.0)]) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_every_bus_is_in_exactly_one_group_and_joints_stay_together(joints: list[tuple[int, int]]) -> None:
    names = [str(n) for n in range(10)]
    found = groups(names, ((str(a), str(b)) for a, b in joints))
    assert sorted(bus for group in found for bus in group) == names
    home = {bus: n for n, group in enumerate(found) for bus in group}
    assert all(home[str(a)] == home[str(b)] for a, b in joints)
