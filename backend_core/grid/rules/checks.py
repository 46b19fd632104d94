"""What can be wrong with a network, one sentence per object: the list that `network check` prints."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields

from backend_core.grid.model import (
    Branch,
    Bus,
    DistributedSource,
    Element,
    ExternalGrid,
    Finding,
    Generator,
    Line,
    Load,
    Network,
    Severity,
    Storage,
    SupplyState,
    Switch,
    SwitchKind,
    Transformer,
)
from backend_core.grid.rules.energisation import energise
from backend_core.grid.rules.topology import normal_positions, topology_of
from backend_core.kernel.identities import is_valid_id

KIND_WORDS: dict[type[Element], str] = {Bus: "bus", Line: "line", Transformer: "transformer", Generator: "generator"}
KIND_WORDS |= {Load: "load", DistributedSource: "distributed source", Storage: "storage", Switch: "switch"}
KIND_WORDS |= {ExternalGrid: "external grid"}


def check(network: Network) -> tuple[Finding, ...]:
    """Everything wrong with a network. What depends on sound references is only asked when they are sound."""
    findings = [finding for ask in _QUESTIONS for finding in ask(network)]
    if not any(finding.severity is Severity.ERROR for finding in findings):
        findings += _unsupplied(network)
    return tuple(findings)


def error(where: str, sentence: str) -> Finding:
    return Finding(Severity.ERROR, where, sentence)


def warning(where: str, sentence: str) -> Finding:
    return Finding(Severity.WARNING, where, sentence)


def place_of(element: Element) -> str:
    return f"{KIND_WORDS.get(type(element), type(element).__name__.lower())} {element.id}"


def _header(network: Network) -> Iterator[Finding]:
    if not network.buses:
        yield error("network", 'The network has no bus. Add at least one entry under "buses".')
    if not 0 < network.base_mva < math.inf:
        yield error("network", f"base_mva is {network.base_mva:g}; it must be above 0.")
    if not 10 <= network.frequency_hz <= 400:
        yield error("network", f"frequency_hz is {network.frequency_hz:g}; grids run between 10 and 400 Hz.")


def _identities(network: Network) -> Iterator[Finding]:
    elements = list(network.elements())
    for element_id, count in Counter(element.id for element in elements).items():
        if count > 1:
            yield error(f"id {element_id}", f"{count} elements are called {element_id}. Give each a name of its own.")
    for element in elements:
        if not is_valid_id(element.id):
            yield error(
                place_of(element),
                f"The id {element.id!r} cannot be used: 1 to 64 letters, digits and _ . : - are allowed.",
            )
    for title, names in _other_names(network):
        for name, count in Counter(names).items():
            if count > 1:
                yield error(f"{title} {name}", f"{title.capitalize()} {name} stands {count} times; once is enough.")


def _other_names(network: Network) -> Iterator[tuple[str, list[str]]]:
    yield "substation", [substation.id for substation in network.substations]
    yield "voltage level", [level.id for level in network.voltage_levels]
    yield "feeder", [feeder.id for feeder in network.feeders]
    yield "supply point", [point.name for point in network.supply_points]
    yield "placement of", [placement.element_id for placement in network.placements]
    yield "binding of", [binding.element_id for binding in network.bindings]
    yield "device", [binding.device_id for binding in network.bindings]


def _references(network: Network) -> Iterator[Finding]:
    buses = {bus.id for bus in network.buses}
    for terminal in network.terminals():
        if terminal.bus_id not in buses:
            yield _dangling(place_of(network.element(terminal.element_id)), "bus", terminal.bus_id)
    known: dict[str, set[str]] = {
        "element": {element.id for element in network.elements()},
        "load": {load.id for load in network.loads},
        "switch": {switch.id for switch in network.switches},
        "feeder": {feeder.id for feeder in network.feeders},
        "voltage level": {level.id for level in network.voltage_levels},
        "substation": {substation.id for substation in network.substations},
    }
    for where, kind, name in _named_from_elsewhere(network):
        if name not in known[kind]:
            yield _dangling(where, kind, name)


def _named_from_elsewhere(network: Network) -> Iterator[tuple[str, str, str]]:
    for bus in network.buses:
        if bus.voltage_level_id:
            yield place_of(bus), "voltage level", bus.voltage_level_id
    for load in network.loads:
        if load.feeder_id:
            yield place_of(load), "feeder", load.feeder_id
    for level in network.voltage_levels:
        yield f"voltage level {level.id}", "substation", level.substation_id
    for feeder in network.feeders:
        yield f"feeder {feeder.id}", "switch", feeder.head_switch_id
    for point in network.supply_points:
        yield f"supply point {point.name}", "load", point.load_id
    for binding in network.bindings:
        yield f"binding of {binding.device_id}", "element", binding.element_id
    for placement in network.placements:
        yield f"placement of {placement.element_id}", "element", placement.element_id


def _dangling(where: str, kind: str, name: str) -> Finding:
    return error(where, f"It names the {kind} {name or '(nothing)'}, which is not in the file.")


def _switch_places(network: Network) -> Iterator[Finding]:
    buses = {bus.id for bus in network.buses}
    sides = {(terminal.element_id, terminal.side) for terminal in network.terminals()}
    for switch in network.switches:
        where = place_of(switch)
        if switch.kind is SwitchKind.EARTHING:
            sound = switch.bus_id in buses and not (switch.element_id or switch.other_bus_id)
            rule = 'An earthing switch names one bus under "bus_id", and nothing else.'
        elif switch.element_id:
            sound = (switch.element_id, switch.side) in sides and not (switch.bus_id or switch.other_bus_id)
            rule = f"There is no end {switch.side or '(no side)'} of {switch.element_id} for it to stand at."
        else:
            sound = {switch.bus_id, switch.other_bus_id} <= buses and switch.bus_id != switch.other_bus_id
            rule = "It must name an element and side, or two different buses of the file."
        if not sound:
            yield error(where, rule)


def _numbers(network: Network) -> Iterator[Finding]:
    for element in network.elements():
        for name in (field.name for field in fields(element)):
            value = getattr(element, name)
            if isinstance(value, float) and not math.isfinite(value):
                yield error(place_of(element), f"{name} is {value}; a finite number is needed.")


def _must(holds: bool, element: Element, sentence: str) -> Iterator[Finding]:
    # Written so that a NaN, already reported, fails no second time: callers ask "not wrong" rather than "right".
    if not holds:
        yield error(place_of(element), sentence)


def _bus_values(network: Network) -> Iterator[Finding]:
    for bus in network.buses:
        yield from _must(not bus.nominal_kv <= 0, bus, f"nominal_kv is {bus.nominal_kv:g}; it must be above 0.")
        limits = (bus.low_low_voltage_pu, bus.low_voltage_pu, bus.high_voltage_pu, bus.high_high_voltage_pu)
        yield from _must(list(limits) == sorted(limits), bus, f"Its voltage limits {limits} pu do not rise.")


def _branch_values(network: Network) -> Iterator[Finding]:
    kv_of = {bus.id: bus.nominal_kv for bus in network.buses}
    for branch in network.branches():
        one, other = (terminal.bus_id for terminal in branch.terminals)
        yield from _must(one != other, branch, f"Both its ends are at {one}.")
        if branch.high_loading_percent > branch.high_high_loading_percent:
            yield error(place_of(branch), "Its high loading limit lies above its high-high limit.")
        yield from _impedance(branch)
        yield from _voltages(branch, kv_of.get(one), kv_of.get(other))


def _impedance(branch: Branch) -> Iterator[Finding]:
    if isinstance(branch, Line):
        nothing = branch.resistance_ohm == 0 and branch.reactance_ohm == 0
        yield from _must(
            not nothing, branch, "Its impedance is zero. Give resistance_ohm and reactance_ohm, or make it a switch."
        )
        yield from _must(
            not branch.resistance_ohm < 0, branch, f"resistance_ohm is {branch.resistance_ohm:g}, below 0."
        )
        yield from _must(not branch.rating_ka <= 0, branch, f"rating_ka is {branch.rating_ka:g}; it must be above 0.")
        return
    uk, ur = branch.short_circuit_voltage_percent, branch.copper_loss_percent
    yield from _must(not uk <= 0, branch, f"Its impedance is zero: short_circuit_voltage_percent is {uk:g}.")
    yield from _must(not ur > uk, branch, f"copper_loss_percent {ur:g} exceeds short_circuit_voltage_percent {uk:g}.")
    yield from _must(not branch.rated_mva <= 0, branch, f"rated_mva is {branch.rated_mva:g}; it must be above 0.")
    if (tap := branch.tap_changer) and not tap.lowest_position <= tap.position <= tap.highest_position:
        yield error(place_of(branch), f"Its tap stands at {tap.position}, outside its own range.")


def _voltages(branch: Branch, one_kv: float | None, other_kv: float | None) -> Iterator[Finding]:
    if one_kv is None or other_kv is None:
        return
    if isinstance(branch, Line):
        yield from _must(
            not abs(one_kv - other_kv) > 1e-9,
            branch,
            f"It joins {one_kv:g} kV with {other_kv:g} kV without a transformer.",
        )
        return
    if branch.hv_kv < branch.lv_kv:
        yield error(place_of(branch), "hv_kv is below lv_kv: high and low voltage side are exchanged.")
    for side, rated_kv, bus_kv in (("hv_kv", branch.hv_kv, one_kv), ("lv_kv", branch.lv_kv, other_kv)):
        if bus_kv > 0 and abs(rated_kv / bus_kv - 1) > 0.25:
            yield warning(place_of(branch), f"{side} is {rated_kv:g} but its bus has {bus_kv:g} kV.")


def _injection_values(network: Network) -> Iterator[Finding]:
    sources: list[Generator | ExternalGrid] = [*network.generators, *network.external_grids]
    for source in sources:
        setpoint = source.voltage_setpoint_pu
        lawful = not abs(setpoint - 1) > 0.5
        yield from _must(lawful, source, f"voltage_setpoint_pu is {setpoint:g}; 0.5 to 1.5 is lawful.")
    for machine in network.generators:
        low, high = machine.min_active_power_mw, machine.max_active_power_mw
        yield from _must(not low > high, machine, f"min_active_power_mw {low:g} exceeds max_active_power_mw {high:g}.")
        if machine.active_power_mw > high:
            yield warning(place_of(machine), f"It gives {machine.active_power_mw:g} MW, more than its {high:g} MW.")
    for load in network.loads:
        yield from _must(load.customers >= 0, load, f"customers is {load.customers}, below 0.")


def _slack(network: Network) -> Iterator[Finding]:
    if not (network.external_grids or any(machine.is_slack for machine in network.generators)):
        yield error("network", "Nothing balances it: add an external grid, or set is_slack on one generator.")


def _unsupplied(network: Network) -> Iterator[Finding]:
    states = energise(topology_of(network), normal_positions(network)).states
    for bus in network.buses:
        if states[bus.id] is not SupplyState.ENERGISED:
            yield warning(place_of(bus), "With every switch in its normal position it has no supply.")


_QUESTIONS: tuple[Callable[[Network], Iterator[Finding]], ...] = (
    _header,
    _identities,
    _references,
    _switch_places,
    _numbers,
    _bus_values,
    _branch_values,
    _injection_values,
    _slack,
)
