"""Newton-Raphson by pandapower; keeps the last network, so that a tick with new loads needs no rebuilding."""

from __future__ import annotations

import logging
import math
import warnings
from collections import defaultdict
from copy import deepcopy
from functools import cache
from typing import Any

import numpy as np
import pandapower as pp

from backend_core.powerflow.model import BASE_MVA, Branch, Diagnosis, Outcome, PowerFlowCase, Reason
from backend_core.powerflow.rules.flows import Voltages, judge
from backend_core.powerflow.rules.islands import islands_of, living_part

_FREQUENCY_HZ = 50.0
"""Only turns susceptance into the capacitance that pandapower asks for, and back: its value cancels."""
_VM, _VA = 7, 8
# pandapower 3.5.6 writes a line per failed attempt and pandas warns about its own future on every build.
logging.getLogger("pandapower").setLevel(logging.CRITICAL)


class PandapowerSolver:
    """The first engine."""

    name = "pandapower"

    def __init__(self) -> None:
        self._shape: object = None
        self._net: Any = None
        self._warm = False

    def solve(self, case: PowerFlowCase) -> Outcome:
        """Solve every living island at once; the dead ones get zero voltage."""
        islands = islands_of(case)
        living = living_part(case, islands)
        if not living.buses:
            return Diagnosis(self.name, Reason.NOTHING_ENERGISED)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = self._run(living)
        return judge(case, living, islands, found, self.name)

    def forget(self) -> None:
        """Start the next case cold: a warm start ends within tolerance, but not on the same last digit."""
        self._shape = None

    def _run(self, living: PowerFlowCase) -> Voltages:
        shape = _shape_of(living)
        if shape != self._shape:
            self._net, self._shape, self._warm = _build(living), shape, False
        _set_powers(self._net, living)
        try:
            self._newton(recycle=self._warm)
            # A failed run leaves results that spoil the next warm start.
            self._warm = True
        except pp.LoadflowNotConverged:
            self._warm = False
        return _voltages(self._net, living, self._warm)

    def _newton(self, *, recycle: bool) -> None:
        parts = {"bus_pq": True, "gen": True, "trafo": False}
        pp.runpp(
            self._net,
            init="results" if recycle else "dc",
            calculate_voltage_angles=True,
            tolerance_mva=1e-8,
            max_iteration=20,
            numba=False,
            lightsim2grid=False,
            recycle=parts if recycle else None,
        )


def _shape_of(living: PowerFlowCase) -> object:
    """Everything but the powers: while it stays the same, the admittance matrix does."""
    held = tuple((g.bus, g.voltage_pu, g.is_slack) for g in living.generators if g.voltage_pu is not None)
    return living.buses, living.branches, living.shunts, held


@cache
def _empty() -> Any:
    """Making an empty network takes 160 ms, copying one 15."""
    return pp.create_empty_network(f_hz=_FREQUENCY_HZ, sn_mva=BASE_MVA)


def _build(living: PowerFlowCase) -> Any:
    net = deepcopy(_empty())
    pp.create_buses(net, len(living.buses), vn_kv=[b.nominal_kv for b in living.buses])
    number = {bus.id: n for n, bus in enumerate(living.buses)}
    kv = {bus.id: bus.nominal_kv for bus in living.buses}
    lines = [b for b in living.branches if _is_plain_line(b, kv)]
    if lines:
        _create_lines(net, lines, number, kv)
    for branch in living.branches:
        if not _is_plain_line(branch, kv):
            _create_transformer(net, branch, number, kv)
    for shunt in living.shunts:
        bus = number[shunt.bus]
        pp.create_shunt(net, bus, q_mvar=-shunt.supplied_mvar, p_mw=shunt.drawn_mw, vn_kv=kv[shunt.bus])
    pp.create_loads(net, range(len(living.buses)), p_mw=0.0, q_mvar=0.0)
    slacks = {g.bus: g for g in living.generators if g.is_slack}
    for g in slacks.values():
        pp.create_ext_grid(net, number[g.bus], vm_pu=g.voltage_pu)
    for held, voltage_pu in _held(living).items():
        if held not in slacks:
            pp.create_gen(net, number[held], p_mw=0.0, vm_pu=voltage_pu)
    return net


def _is_plain_line(branch: Branch, kv: dict[str, float]) -> bool:
    same_level = math.isclose(kv[branch.from_bus], kv[branch.to_bus])
    return branch.ratio == 1.0 and branch.shift_deg == 0.0 and same_level


def _create_lines(net: Any, lines: list[Branch], number: dict[str, int], kv: dict[str, float]) -> None:
    base_ohm = np.array([kv[b.from_bus] ** 2 / BASE_MVA for b in lines])
    charging_s = np.array([b.charging_pu for b in lines]) / base_ohm
    pp.create_lines_from_parameters(
        net,
        [number[b.from_bus] for b in lines],
        [number[b.to_bus] for b in lines],
        length_km=1.0,
        r_ohm_per_km=np.array([b.resistance_pu for b in lines]) * base_ohm,
        x_ohm_per_km=np.array([b.reactance_pu for b in lines]) * base_ohm,
        c_nf_per_km=charging_s / (2.0 * math.pi * _FREQUENCY_HZ) * 1e9,
        max_i_ka=1.0,
    )


def _create_transformer(net: Any, branch: Branch, number: dict[str, int], kv: dict[str, float]) -> None:
    """A pi circuit with its ideal transformer at the from end; pandapower wants the higher voltage first.

    Turned round, the ratio moves with the impedance to the low side: pandapower then scales it by the square of the
    tapped low voltage, which is just what carries an impedance across the ideal transformer.
    """
    turned = kv[branch.from_bus] < kv[branch.to_bus]
    high, low = (branch.to_bus, branch.from_bus) if turned else (branch.from_bus, branch.to_bus)
    pp.create_transformer_from_parameters(
        net,
        number[high],
        number[low],
        sn_mva=BASE_MVA,
        vn_hv_kv=kv[high] * (1.0 if turned else branch.ratio),
        vn_lv_kv=kv[low] * (branch.ratio if turned else 1.0),
        vk_percent=100.0 * math.copysign(math.hypot(branch.resistance_pu, branch.reactance_pu), branch.reactance_pu),
        vkr_percent=100.0 * branch.resistance_pu,
        pfe_kw=0.0,
        i0_percent=0.0,
        shift_degree=-branch.shift_deg if turned else branch.shift_deg,
    )
    for bus, turns in ((branch.from_bus, branch.ratio), (branch.to_bus, 1.0)):
        if branch.charging_pu:
            supplied_mvar = branch.charging_pu / 2.0 * BASE_MVA / turns**2
            pp.create_shunt(net, number[bus], q_mvar=-supplied_mvar, vn_kv=kv[bus])


def _held(living: PowerFlowCase) -> dict[str, float]:
    """The buses whose voltage is held, with the set-point of the first machine there."""
    held: dict[str, float] = {}
    for g in living.generators:
        if g.voltage_pu is not None:
            held.setdefault(g.bus, g.voltage_pu)
    return held


def _set_powers(net: Any, living: PowerFlowCase) -> None:
    """One load per bus takes what loads draw less what generators without a voltage feed; held buses get theirs."""
    drawn: defaultdict[str, complex] = defaultdict(complex)
    fed_mw: defaultdict[str, float] = defaultdict(float)
    for load in living.loads:
        drawn[load.bus] += complex(load.active_mw, load.reactive_mvar)
    for g in living.generators:
        if g.voltage_pu is None:
            drawn[g.bus] -= complex(g.active_mw, g.reactive_mvar)
        else:
            fed_mw[g.bus] += g.active_mw
    net.load["p_mw"] = [drawn[bus.id].real for bus in living.buses]
    net.load["q_mvar"] = [drawn[bus.id].imag for bus in living.buses]
    names = [bus.id for bus in living.buses]
    net.gen["p_mw"] = [fed_mw[names[n]] for n in net.gen["bus"]]


def _voltages(net: Any, living: PowerFlowCase, converged: bool) -> Voltages:
    """The voltages of the last iterate; a failed run leaves them only in the internal case."""
    table = net._ppc["bus"]
    row = net._pd2ppc_lookups["bus"][: len(living.buses)]
    voltage = table[row, _VM] * np.exp(1j * np.deg2rad(table[row, _VA]))
    by_bus = {bus.id: complex(v) for bus, v in zip(living.buses, voltage, strict=True)}
    return Voltages(by_bus, converged, int(net._ppc.get("iterations", 0)))
