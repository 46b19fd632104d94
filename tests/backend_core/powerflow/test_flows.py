"""What follows from voltages, against what can be said by hand."""

from __future__ import annotations

import cmath
from dataclasses import replace

import pytest

from backend_core.powerflow.model import (
    BASE_MVA,
    Branch,
    BranchKind,
    Diagnosis,
    Generator,
    PowerFlowCase,
    Reason,
)
from backend_core.powerflow.rules.flows import Voltages, branch_flows, judge, share_among_generators
from backend_core.powerflow.rules.islands import islands_of, living_part
from tests.backend_core.powerflow.cases import two_bus

SHIFTED = Branch("T", BranchKind.TRANSFORMER, "A", "B", 0.01, 0.1, ratio=0.95, shift_deg=30.0, rating_mva=100.0)
VOLTAGES = {"A": 1.0 + 0.0j, "B": cmath.rect(0.98, -0.6)}


def with_branch(branch: Branch) -> PowerFlowCase:
    return replace(two_bus(), branches=(branch,))


def test_what_a_transformer_loses_is_its_current_squared_times_its_resistance() -> None:
    flows = branch_flows(with_branch(SHIFTED), VOLTAGES)
    current_pu = flows.to_ka[0] * 3**0.5 * 110.0 / BASE_MVA
    lost_mw = (flows.into_from[0] + flows.into_to[0]).real
    assert lost_mw == pytest.approx(0.01 * current_pu**2 * BASE_MVA, rel=1e-9)


def test_a_shift_turns_the_angle_and_nothing_else() -> None:
    straight = branch_flows(with_branch(replace(SHIFTED, shift_deg=0.0)), VOLTAGES)
    turned = {**VOLTAGES, "B": VOLTAGES["B"] * cmath.rect(1.0, -cmath.pi / 6)}
    shifted = branch_flows(with_branch(SHIFTED), turned)
    assert shifted.into_from[0] == pytest.approx(straight.into_from[0])
    assert shifted.into_to[0] == pytest.approx(straight.into_to[0])


def test_an_idle_line_supplies_its_charging() -> None:
    charged = replace(two_bus().branches[0], charging_pu=0.2)
    flows = branch_flows(with_branch(charged), {"A": 1.0 + 0j, "B": 1.0 + 0j})
    assert flows.into_from[0] == pytest.approx(-0.1j * BASE_MVA)


def test_voltages_that_break_kirchhoff_are_not_believed_whatever_the_engine_says() -> None:
    case = two_bus()
    islands = islands_of(case)
    found = judge(case, living_part(case, islands), islands, Voltages(VOLTAGES, converged=True), "boastful")
    assert isinstance(found, Diagnosis)
    assert (found.reason, found.worst_bus) == (Reason.WRONG_ANSWER, "B")


def test_voltages_that_are_no_numbers_are_not_believed_either() -> None:
    case = two_bus()
    islands = islands_of(case)
    nowhere = Voltages({"A": 1.0 + 0j, "B": complex("nan")}, converged=True)
    assert isinstance(judge(case, living_part(case, islands), islands, nowhere, "lost"), Diagnosis)


def test_machines_at_one_bus_share_reactive_power_by_their_size() -> None:
    machines = (
        Generator("G1", "A", 0.0, voltage_pu=1.0, capacity_mw=300.0, is_slack=True),
        Generator("G2", "A", 50.0, voltage_pu=1.0, capacity_mw=100.0),
        Generator("PV", "A", 10.0, 5.0, capacity_mw=20.0),
    )
    case = replace(two_bus(), generators=machines)
    shares = share_among_generators(case, {"A": complex(100.0, 45.0), "B": complex(-100.0, -40.0)})
    assert [shares[name].active_mw for name in ("G1", "G2", "PV")] == pytest.approx([40.0, 50.0, 10.0])
    assert [shares[name].reactive_mvar for name in ("G1", "G2", "PV")] == pytest.approx([30.0, 10.0, 5.0])
