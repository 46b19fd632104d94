"""What every power flow engine promises, the closed form included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from backend_core.powerflow.model import Bus, Diagnosis, Generator, Load, Outcome, Reason, Solution
from backend_core.powerflow.pandapower_solver import PandapowerSolver
from backend_core.powerflow.ports import PowerFlowSolver
from backend_core.powerflow.pypower_solver import PypowerSolver
from tests.backend_core.powerflow.cases import TwoBusSolver, two_bus

ENGINES: list[Callable[[], PowerFlowSolver]] = [TwoBusSolver, PandapowerSolver, PypowerSolver]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__)
def solver(request: pytest.FixtureRequest) -> PowerFlowSolver:
    made: PowerFlowSolver = request.param()
    return made


def solved(outcome: Outcome) -> Solution:
    assert isinstance(outcome, Solution), outcome
    return outcome


def test_the_closed_form_of_two_buses_is_met(solver: PowerFlowSolver) -> None:
    found = solved(solver.solve(two_bus(load_mw=100.0, load_mvar=40.0, reactance_pu=0.1)))
    exact = solved(TwoBusSolver().solve(two_bus(load_mw=100.0, load_mvar=40.0, reactance_pu=0.1)))
    assert found.buses["B"].voltage_pu == pytest.approx(exact.buses["B"].voltage_pu, abs=1e-9)
    assert found.buses["B"].angle_deg == pytest.approx(exact.buses["B"].angle_deg, abs=1e-7)


def test_generation_covers_load_and_losses(solver: PowerFlowSolver) -> None:
    found = solved(solver.solve(two_bus(load_mw=80.0)))
    assert found.generation_mw == pytest.approx(found.load_mw + sum(b.loss_mw for b in found.branches.values()))
    assert found.largest_mismatch_mva < 1e-6


def test_the_engine_signs_its_answer(solver: PowerFlowSolver) -> None:
    assert solved(solver.solve(two_bus())).engine == solver.name


def test_a_load_beyond_the_nose_is_diagnosed_at_its_bus(solver: PowerFlowSolver) -> None:
    refused = solver.solve(two_bus(load_mw=900.0, load_mvar=300.0))
    assert isinstance(refused, Diagnosis)
    assert refused.reason is Reason.DIVERGED
    assert refused.worst_bus == "B"
    assert refused.worst_mismatch_mva > 1.0


def test_after_a_divergence_the_next_case_is_solved_as_if_nothing_had_been(solver: PowerFlowSolver) -> None:
    before = solved(solver.solve(two_bus()))
    solver.solve(two_bus(load_mw=900.0))
    after = solved(solver.solve(two_bus()))
    assert after.buses["B"].voltage_pu == pytest.approx(before.buses["B"].voltage_pu, abs=1e-9)


def test_buses_that_no_branch_reaches_are_dead_and_the_rest_is_solved(solver: PowerFlowSolver) -> None:
    case = two_bus()
    with_stranded = replace(case, buses=(*case.buses, Bus("C", 110.0)), loads=(*case.loads, Load("L3", "C", 10.0, 0.0)))
    found = solved(solver.solve(with_stranded))
    assert found.dead_buses == ("C",)
    assert not found.buses["C"].energised
    assert found.buses["C"].voltage_pu == 0.0
    assert "L3" not in found.loads


def test_a_network_without_any_generator_is_said_to_be_black(solver: PowerFlowSolver) -> None:
    refused = solver.solve(replace(two_bus(), generators=()))
    assert isinstance(refused, Diagnosis)
    assert refused.reason is Reason.NOTHING_ENERGISED


def test_a_generator_that_feeds_fixed_power_holds_no_island(solver: PowerFlowSolver) -> None:
    panel = Generator("PV", "B", 5.0, 0.0, voltage_pu=None, capacity_mw=10.0)
    assert isinstance(solver.solve(replace(two_bus(), generators=(panel,))), Diagnosis)
