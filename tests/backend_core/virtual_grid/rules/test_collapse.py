"""What a grid loses when it cannot go on: every outage of the five-bus network, and worse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend_core.grid.rules.topology import normal_positions
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import Diagnosis, Outcome, PowerFlowCase, Reason, Solution
from backend_core.powerflow.pandapower_solver import PandapowerSolver
from backend_core.powerflow.rules.case import case_of
from backend_core.virtual_grid.model import IncidentKind, Survival
from backend_core.virtual_grid.rules.collapse import survive
from backend_core.virtual_grid.rules.operating import Conditions, operating_point
from tests.backend_core.virtual_grid.stand_ins import network

GLOVER = network("glover5")
SOLVER = PandapowerSolver()


def case(*opened: str, share: float = 1.0) -> PowerFlowCase:
    positions = {**normal_positions(GLOVER), **dict.fromkeys(opened, Position.OPEN)}
    demand = {load.id: share for load in GLOVER.loads}
    return case_of(GLOVER, operating_point(GLOVER, positions, Conditions(demand)))


def after(*opened: str, share: float = 1.0) -> Survival:
    return survive(case(*opened, share=share), SOLVER.solve)


def kinds(survival: Survival) -> list[IncidentKind]:
    return [incident.kind for incident in survival.incidents]


def test_a_sound_grid_loses_nothing() -> None:
    survival = after()
    assert survival.solution is not None
    assert (survival.kept, survival.incidents, survival.black_generators) == ({}, (), frozenset())


@pytest.mark.parametrize("breaker", ["CB-T1-HV", "CB-L2-4-B4", "CB-L2-5-B5"])
def test_at_full_load_the_loss_of_a_main_branch_is_a_voltage_collapse_that_shedding_ends(breaker: str) -> None:
    survival = after(breaker)
    assert IncidentKind.VOLTAGE_COLLAPSE in kinds(survival)
    assert survival.solution is not None
    assert 0.0 < min(survival.kept.values()) < 1.0
    assert survival.solution.load_mw == pytest.approx(case(breaker).load_mw - survival.incidents[-1].lost_mw)


def test_without_the_large_machine_the_small_one_keeps_what_it_can_carry() -> None:
    survival = after("CB-T2-HV")
    assert kinds(survival)[0] is IncidentKind.SHORT_OF_CAPACITY
    assert survival.solution is not None
    assert survival.kept["LD2"] == pytest.approx(0.75)


def test_the_loss_of_a_lesser_line_costs_nothing() -> None:
    survival = after("CB-L4-5-B4", share=0.7)
    assert survival.incidents == ()


def test_a_bus_that_is_cut_off_is_dead_and_said_to_be() -> None:
    survival = after("CB-L2-4-B2", "CB-L2-5-B2", share=0.6)
    assert kinds(survival) == [IncidentKind.DEAD_ISLAND]
    assert survival.solution is not None
    assert survival.solution.dead_buses == ("BUS-002",)
    assert not survival.solution.buses["BUS-002"].energised


def test_the_largest_machine_leads_when_the_slack_is_cut_off() -> None:
    survival = after("CB-T1-HV", share=0.6)
    assert survival.solution is not None
    assert set(survival.solution.slacks) == {"G1", "G3"}


def test_an_island_short_of_capacity_sheds_before_it_is_solved() -> None:
    full = case("CB-T1-HV", share=0.9)
    small = replace(
        full,
        generators=tuple(replace(g, capacity_mw=600.0 if g.id == "G3" else g.capacity_mw) for g in full.generators),
    )
    survival = survive(small, SOLVER.solve)
    assert kinds(survival)[0] is IncidentKind.SHORT_OF_CAPACITY
    assert survival.solution is not None
    assert survival.solution.load_mw <= 600.0


def test_without_any_machine_all_is_black() -> None:
    survival = after("CB-G1", "CB-G3")
    assert survival.solution is None
    assert set(kinds(survival)) == {IncidentKind.DEAD_ISLAND}


def test_what_cannot_be_solved_even_without_load_goes_black() -> None:
    def never(_: PowerFlowCase) -> Outcome:
        return Diagnosis("stubborn", Reason.DIVERGED)

    survival = survive(case(), never)
    assert kinds(survival) == [IncidentKind.BLACK]
    assert survival.solution is None
    assert survival.black_generators == {"G1", "G3"}


def test_shed_load_is_taken_from_the_lowest_bus_in_steps_of_five_percent() -> None:
    asked: list[float] = []

    def only_below_700_mw(tried: PowerFlowCase) -> Outcome:
        asked.append(tried.load_mw)
        if tried.load_mw > 700.0:
            return Diagnosis("picky", Reason.DIVERGED, lowest_buses=("BUS-002", "BUS-003"))
        return Solution("picky", {}, {}, {}, {}, (), 0.0)

    survival = survive(case(), only_below_700_mw)
    assert survival.kept == pytest.approx({"LD2": 0.75, "F-12B": 0.75})
    assert asked[2] == pytest.approx(asked[1] - 40.0)
