"""Published networks give their published answers, from both engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend_core.powerflow.model import Diagnosis, PowerFlowCase, Solution
from backend_core.powerflow.pandapower_solver import PandapowerSolver
from backend_core.powerflow.ports import PowerFlowSolver
from backend_core.powerflow.pypower_solver import PypowerSolver
from backend_core.powerflow.rules.agreement import compare
from tests.backend_core.powerflow.cases import baran_wu_33, glover5, ieee

TRUTH: dict[str, Any] = json.loads(Path(__file__).with_name("solved_cases.json").read_text())
ENGINES = [PandapowerSolver, PypowerSolver]


def case9() -> PowerFlowCase:
    """The engines' own copy holds 1.0 pu everywhere; the published set-points are higher."""
    held = {"1": 1.04, "2": 1.025, "3": 1.025}
    older = ieee("case9")
    return replace(older, generators=tuple(replace(g, voltage_pu=held[g.bus]) for g in older.generators))


CASES: dict[str, tuple[Callable[[], PowerFlowCase], float, float]] = {
    "glover5": (glover5, 1e-4, 0.01),
    "case4gs": (lambda: ieee("case4gs"), 1e-6, 1e-4),
    "case9": (case9, 1e-6, 1e-4),
    "case14": (lambda: ieee("case14"), 1e-6, 1e-4),
    "case33bw": (baran_wu_33, 1e-6, 1e-4),
}


def solved(solver: PowerFlowSolver, case: PowerFlowCase) -> Solution:
    found = solver.solve(case)
    assert isinstance(found, Solution), found
    return found


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.__name__)
@pytest.mark.parametrize("name", CASES)
def test_voltages_slack_and_losses_are_the_published_ones(name: str, engine: Callable[[], PowerFlowSolver]) -> None:
    build, voltage_pu, power_mw = CASES[name]
    truth = TRUTH[name]
    found = solved(engine(), build())
    for bus, (size, angle) in truth["buses"].items():
        assert found.buses[bus].voltage_pu == pytest.approx(size, abs=voltage_pu)
        assert found.buses[bus].angle_deg == pytest.approx(angle, abs=max(1e-4, 100 * voltage_pu))
    slack = found.generators[found.slacks[0]]
    assert slack.active_mw == pytest.approx(truth["slack_mw"], abs=power_mw)
    assert slack.reactive_mvar == pytest.approx(truth["slack_mvar"], abs=max(power_mw, 1e-3))
    assert sum(branch.loss_mw for branch in found.branches.values()) == pytest.approx(truth["losses_mw"], abs=power_mw)


def test_glovers_transformer_one_is_overloaded_from_the_start() -> None:
    assert solved(PandapowerSolver(), glover5()).branches["T1"].loading_percent == pytest.approx(102.76, abs=0.01)


def test_glovers_generator_three_holds_its_voltage_with_337_mvar() -> None:
    assert solved(PandapowerSolver(), glover5()).generators["G3"].reactive_mvar == pytest.approx(337.48, abs=0.01)


def test_the_capacitor_lifts_bus_two() -> None:
    without, with_capacitor = (solved(PandapowerSolver(), glover5(capacitor=on)) for on in (False, True))
    assert with_capacitor.buses["2"].voltage_pu > without.buses["2"].voltage_pu + 0.05
    assert with_capacitor.shunts["C2"].reactive_mvar == pytest.approx(200.0 * with_capacitor.buses["2"].voltage_pu ** 2)


@pytest.mark.parametrize("name", ["case30", "case39", "case57", "case118"])
def test_both_engines_agree_where_nothing_was_published(name: str) -> None:
    case = ieee(name)
    check = compare(solved(PandapowerSolver(), case), solved(PypowerSolver(), case))
    assert check.agrees, check


@pytest.mark.parametrize("gone", ["T1", "T2", "2-4", "2-5"])
def test_full_load_without_a_main_branch_has_no_solution(gone: str) -> None:
    weaker = replace(glover5(), branches=tuple(b for b in glover5().branches if b.id != gone))
    assert isinstance(PandapowerSolver().solve(weaker), Diagnosis)


def test_a_warm_start_finds_the_same_as_a_cold_one() -> None:
    warm = PandapowerSolver()
    for share in (1.0, 0.9, 0.55, 1.04):
        case = replace(
            glover5(),
            loads=tuple(
                replace(load, active_mw=load.active_mw * share, reactive_mvar=load.reactive_mvar * share)
                for load in glover5().loads
            ),
            generators=tuple(replace(g, active_mw=g.active_mw * share) for g in glover5().generators),
        )
        assert compare(solved(warm, case), solved(PandapowerSolver(), case)).largest_voltage_difference_pu < 1e-8


def test_a_tap_on_the_low_side_means_the_same_to_both_engines() -> None:
    turned = tuple(
        replace(b, from_bus=b.to_bus, to_bus=b.from_bus, ratio=0.96, shift_deg=-30.0, charging_pu=0.02)
        if b.id == "T1"
        else b
        for b in glover5().branches
    )
    case = replace(glover5(capacitor=True), branches=turned)
    assert compare(solved(PandapowerSolver(), case), solved(PypowerSolver(), case)).agrees
