"""From a network file and its switch positions to a case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend_core.grid import model as grid
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import Injection, OperatingPoint, Solution
from backend_core.powerflow.pandapower_solver import PandapowerSolver
from backend_core.powerflow.rules.agreement import compare
from backend_core.powerflow.rules.case import case_of
from tests.backend_core.powerflow.cases import glover5
from tests.backend_core.virtual_grid.stand_ins import network

GLOVER = network("glover5")


def solved(net: grid.Network, at: OperatingPoint | None = None) -> Solution:
    found = PandapowerSolver().solve(case_of(net, at))
    assert isinstance(found, Solution), found
    return found


def test_the_shipped_five_bus_network_is_the_textbooks() -> None:
    shipped, textbook = solved(GLOVER), PandapowerSolver().solve(glover5())
    assert isinstance(textbook, Solution)
    for number in range(1, 6):
        assert shipped.buses[f"BUS-00{number}"].voltage_pu == pytest.approx(
            textbook.buses[str(number)].voltage_pu, abs=1e-6
        )
    assert shipped.branches["T1"].loading_percent == pytest.approx(102.76, abs=0.01)


def test_the_shipped_benchmark_feeder_solves_as_pandapowers_own() -> None:
    import warnings

    import pandapower as pp
    from pandapower import networks

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = networks.create_cigre_network_mv(with_der="all")
        pp.runpp(net, numba=False, lightsim2grid=False)
    found = solved(network("cigre_mv_der"))
    for number, voltage_pu in net.res_bus.vm_pu.items():
        # The three half-open cables are left out with their charging.
        assert found.buses[f"MV-B{number:02d}"].voltage_pu == pytest.approx(voltage_pu, abs=5e-4)


def test_an_open_breaker_takes_its_branch_out() -> None:
    case = case_of(GLOVER, OperatingPoint({"CB-L4-5-B4": Position.OPEN}))
    assert "L4-5" not in {branch.id for branch in case.branches}


def test_an_unknown_position_counts_as_the_normal_one_and_an_intermediate_one_as_open() -> None:
    unknown = case_of(GLOVER, OperatingPoint({"CB-L4-5-B4": Position.UNKNOWN, "CB-C2": Position.UNKNOWN}))
    between = case_of(GLOVER, OperatingPoint({"CB-L4-5-B4": Position.INTERMEDIATE}))
    assert "L4-5" in {branch.id for branch in unknown.branches}
    assert unknown.shunts == ()
    assert "L4-5" not in {branch.id for branch in between.branches}


def test_closing_the_capacitors_breaker_brings_it_in() -> None:
    assert solved(GLOVER, OperatingPoint({"CB-C2": Position.CLOSED})).shunts["C2"].reactive_mvar > 150.0


def test_what_is_tripped_is_out_whatever_its_switches_say() -> None:
    case = case_of(GLOVER, OperatingPoint(tripped=frozenset({"L4-5", "LD3"})))
    assert "L4-5" not in {branch.id for branch in case.branches}
    assert "LD3" not in {load.id for load in case.loads}


def test_set_points_replace_what_the_file_says_and_the_scale_multiplies() -> None:
    at = OperatingPoint(loads={"LD3": Injection(10.0, 1.0)}, generation={"G3": Injection(400.0, 0.0)}, load_scale=0.5)
    case = case_of(GLOVER, at)
    drawn = {load.id: load.active_mw for load in case.loads}
    assert drawn == {"LD2": 370.0, "F-12B": 30.0, "LD3": 5.0}
    assert next(g for g in case.generators if g.id == "G3").active_mw == 400.0


def test_a_closed_coupler_makes_two_buses_one() -> None:
    coupled = replace(
        GLOVER,
        buses=(*GLOVER.buses, grid.Bus("BUS-006", 345.0)),
        switches=(
            *GLOVER.switches,
            grid.Switch("COUPLER", grid.SwitchKind.BREAKER, bus_id="BUS-002", other_bus_id="BUS-006"),
        ),
    )
    found = solved(coupled)
    assert found.buses["BUS-006"].voltage_pu == found.buses["BUS-002"].voltage_pu
    apart = solved(coupled, OperatingPoint({"COUPLER": Position.OPEN}))
    assert apart.dead_buses == ("BUS-006",)


def test_iron_losses_and_taps_act_as_in_pandapowers_transformer() -> None:
    import pandapower as pp

    t1 = replace(
        GLOVER.transformers[0],
        iron_loss_kw=500.0,
        no_load_current_percent=0.4,
        tap_changer=grid.TapChanger(grid.Side.HV, 2, 0, -8, 8, 1.25),
    )
    mine = solved(replace(GLOVER, transformers=(t1, GLOVER.transformers[1])))
    net = pp.create_empty_network(sn_mva=100.0)
    buses = {bus.id: pp.create_bus(net, bus.nominal_kv) for bus in GLOVER.buses}
    pp.create_ext_grid(net, buses["BUS-001"], 1.0)
    pp.create_gen(net, buses["BUS-003"], 520.0, 1.05)
    for load in GLOVER.loads:
        pp.create_load(net, buses[load.bus_id], load.active_power_mw, load.reactive_power_mvar)
    for line in GLOVER.lines:
        pp.create_line_from_parameters(
            net,
            buses[line.from_bus_id],
            buses[line.to_bus_id],
            1.0,
            line.resistance_ohm,
            line.reactance_ohm,
            line.susceptance_us / (2 * 3.141592653589793 * 50.0) * 1e3,
            1.0,
        )
    for t, tap in ((t1, 2), (GLOVER.transformers[1], 0)):
        pp.create_transformer_from_parameters(
            net, buses[t.hv_bus_id], buses[t.lv_bus_id], t.rated_mva, t.hv_kv, t.lv_kv,
            t.copper_loss_percent, t.short_circuit_voltage_percent, t.iron_loss_kw, t.no_load_current_percent,
            tap_side="hv", tap_neutral=0, tap_pos=tap, tap_step_percent=1.25, tap_changer_type="Ratio",
        )  # fmt: skip
    pp.runpp(net, numba=False, lightsim2grid=False, trafo_model="pi")
    for bus, number in buses.items():
        # pandapower halves the magnetising branch over both windings, we put it to the high side.
        assert mine.buses[bus].voltage_pu == pytest.approx(net.res_bus.vm_pu[number], abs=2e-4)


def test_nothing_is_compared_with_itself_alone() -> None:
    first, second = solved(GLOVER), solved(GLOVER, OperatingPoint(load_scale=0.99))
    assert not compare(first, second).agrees
