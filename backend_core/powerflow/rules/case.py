"""A network file plus an operating point becomes a case: impedances per unit, only what is in service."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from backend_core.grid import model as grid
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import (
    BASE_MVA,
    Branch,
    BranchKind,
    Bus,
    Generator,
    Injection,
    Load,
    OperatingPoint,
    PowerFlowCase,
    Shunt,
)
from backend_core.powerflow.rules.islands import groups

EXTERNAL_GRID_MW = 10_000.0
"""What a neighbouring network can carry when nobody says how strong it is."""


@dataclass(frozen=True, slots=True)
class _Joints:
    """Which terminals stand connected, and which bus stands for each bus once couplers are closed."""

    open_ends: frozenset[tuple[str, str]]
    stands_for: Mapping[str, str]

    def node(self, terminal: grid.Terminal) -> str | None:
        """The electrical node of a terminal, none when one of its switches is open."""
        if (terminal.element_id, terminal.side) in self.open_ends:
            return None
        return self.stands_for[terminal.bus_id]


def is_closed(switch: grid.Switch, positions: Mapping[str, Position]) -> bool:
    """Whether current may pass; an unknown position counts as the normal one, an intermediate one as open."""
    position = positions.get(switch.id, Position.UNKNOWN)
    if position is Position.UNKNOWN:
        return not switch.normally_open
    return position is Position.CLOSED


def case_of(network: grid.Network, at: OperatingPoint | None = None) -> PowerFlowCase:
    """The case that engines solve; a branch open at one end is out of service (its charging is left out)."""
    point = at or OperatingPoint()
    joints = _joints(network, point.positions)
    branches, iron = _branches(network, joints, point.tripped)
    return PowerFlowCase(
        buses=tuple(Bus(b.id, b.nominal_kv) for b in network.buses if joints.stands_for[b.id] == b.id),
        branches=tuple(branches),
        generators=tuple(_generators(network, joints, point)),
        loads=tuple(_loads(network, joints, point)),
        shunts=tuple(iron) + tuple(_shunts(network, joints, point.tripped)),
        joined=tuple((bus, node) for bus, node in joints.stands_for.items() if bus != node),
    )


def _joints(network: grid.Network, positions: Mapping[str, Position]) -> _Joints:
    open_ends = set()
    couplers = []
    for switch in network.switches:
        closed = is_closed(switch, positions)
        if switch.element_id and not closed:
            open_ends.add((switch.element_id, _side(network, switch)))
        elif switch.other_bus_id and closed:
            couplers.append((switch.bus_id, switch.other_bus_id))
    nodes = groups((bus.id for bus in network.buses), couplers)
    return _Joints(frozenset(open_ends), {bus: members[0] for members in nodes for bus in members})


def _side(network: grid.Network, switch: grid.Switch) -> str:
    """The end at which a switch stands; one without a side stands at the element's only end."""
    return switch.side or next(t.side for t in network.terminals() if t.element_id == switch.element_id)


def _branches(network: grid.Network, joints: _Joints, tripped: frozenset[str]) -> tuple[list[Branch], list[Shunt]]:
    nominal_kv = {bus.id: bus.nominal_kv for bus in network.buses}
    branches: list[Branch] = []
    shunts: list[Shunt] = []
    for element in network.branches():
        one, other = (joints.node(terminal) for terminal in element.terminals)
        if one is None or other is None or one == other or element.id in tripped:
            continue
        if isinstance(element, grid.Line):
            branches.append(_line(element, one, other, nominal_kv[one]))
            shunts += _leakage(element, one, other, nominal_kv[one])
        else:
            branches.append(_transformer(element, one, other, nominal_kv))
            shunts += _magnetising(element, one)
    return branches, shunts


def _line(line: grid.Line, one: str, other: str, kv: float) -> Branch:
    base_ohm = kv * kv / BASE_MVA
    return Branch(
        line.id,
        BranchKind.LINE,
        one,
        other,
        resistance_pu=line.resistance_ohm / base_ohm,
        reactance_pu=line.reactance_ohm / base_ohm,
        charging_pu=line.susceptance_us * 1e-6 * base_ohm,
        rating_mva=math.sqrt(3.0) * kv * line.rating_ka,
    )


def _leakage(line: grid.Line, one: str, other: str, kv: float) -> list[Shunt]:
    if not line.conductance_us:
        return []
    half_mw = line.conductance_us * 1e-6 * kv * kv / 2.0
    return [Shunt(f"{line.id}#{node}", node, 0.0, half_mw) for node in (one, other)]


def _transformer(t: grid.Transformer, hv: str, lv: str, nominal_kv: Mapping[str, float]) -> Branch:
    hv_kv, lv_kv = _tapped_kv(t)
    impedance = t.short_circuit_voltage_percent / 100.0
    resistance = t.copper_loss_percent / 100.0
    to_case_base = BASE_MVA / t.rated_mva * (lv_kv / nominal_kv[lv]) ** 2
    return Branch(
        t.id,
        BranchKind.TRANSFORMER,
        hv,
        lv,
        resistance_pu=resistance * to_case_base,
        reactance_pu=math.sqrt(impedance**2 - resistance**2) * to_case_base,
        ratio=(hv_kv / nominal_kv[hv]) / (lv_kv / nominal_kv[lv]),
        shift_deg=t.phase_shift_deg,
        rating_mva=t.rated_mva,
    )


def _tapped_kv(t: grid.Transformer) -> tuple[float, float]:
    tap = t.tap_changer
    if tap is None:
        return t.hv_kv, t.lv_kv
    factor = 1.0 + tap.step_percent / 100.0 * (tap.position - tap.neutral_position)
    return (t.hv_kv * factor, t.lv_kv) if tap.side is grid.Side.HV else (t.hv_kv, t.lv_kv * factor)


def _magnetising(t: grid.Transformer, hv: str) -> list[Shunt]:
    apparent_mva = t.no_load_current_percent / 100.0 * t.rated_mva
    iron_mw = t.iron_loss_kw / 1000.0
    if not apparent_mva and not iron_mw:
        return []
    return [Shunt(f"{t.id}#{hv}", hv, -math.sqrt(max(0.0, apparent_mva**2 - iron_mw**2)), iron_mw)]


def _generators(network: grid.Network, joints: _Joints, at: OperatingPoint) -> list[Generator]:
    found: list[Generator] = []
    for g in network.generators:
        set_mw = at.generation[g.id].active_mw if g.id in at.generation else g.active_power_mw
        voltage_pu = at.voltage_setpoints_pu.get(g.id, g.voltage_setpoint_pu)
        found += _in_service(
            joints, g, at, Generator(g.id, "", set_mw, 0.0, voltage_pu, g.max_active_power_mw, g.is_slack)
        )
    for x in network.external_grids:
        voltage_pu = at.voltage_setpoints_pu.get(x.id, x.voltage_setpoint_pu)
        capacity_mw = x.short_circuit_mva or EXTERNAL_GRID_MW
        found += _in_service(joints, x, at, Generator(x.id, "", 0.0, 0.0, voltage_pu, capacity_mw, is_slack=True))
    for s in network.distributed_sources:
        fed = at.generation.get(s.id, Injection(s.active_power_mw, s.reactive_power_mvar))
        found += _in_service(joints, s, at, Generator(s.id, "", fed.active_mw, fed.reactive_mvar, None, s.rated_mva))
    for b in network.storages:
        fed = at.generation.get(b.id, Injection(-b.charging_power_mw, 0.0))
        capacity_mw = b.max_discharging_power_mw
        found += _in_service(joints, b, at, Generator(b.id, "", fed.active_mw, fed.reactive_mvar, None, capacity_mw))
    return found


def _in_service(
    joints: _Joints, element: grid.Injection, at: OperatingPoint, generator: Generator
) -> tuple[Generator, ...]:
    node = joints.node(element.terminals[0])
    if node is None or element.id in at.tripped:
        return ()
    g = generator
    return (Generator(g.id, node, g.active_mw, g.reactive_mvar, g.voltage_pu, g.capacity_mw, g.is_slack),)


def _loads(network: grid.Network, joints: _Joints, at: OperatingPoint) -> list[Load]:
    found = []
    for load in network.loads:
        node = joints.node(load.terminals[0])
        if node is None or load.id in at.tripped:
            continue
        asked = at.loads.get(load.id, Injection(load.active_power_mw, load.reactive_power_mvar))
        found.append(Load(load.id, node, asked.active_mw * at.load_scale, asked.reactive_mvar * at.load_scale))
    return found


def _shunts(network: grid.Network, joints: _Joints, tripped: frozenset[str]) -> list[Shunt]:
    at_bus = {}
    for shunt in network.shunts:
        node = joints.node(shunt.terminals[0])
        if node is not None and shunt.id not in tripped:
            at_bus[shunt.id] = node
    return [Shunt(s.id, at_bus[s.id], s.supplied_reactive_power_mvar) for s in network.shunts if s.id in at_bus]
