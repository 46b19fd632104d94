"""Which points a network promises: what should be measured where, in which unit, between which limits."""

import math
from collections.abc import Iterator

from backend_core.grid.model import (
    Bus,
    DistributedSource,
    Element,
    ElementId,
    ExpectedPoint,
    ExternalGrid,
    Generator,
    Line,
    Load,
    Network,
    PointKind,
    PointLimits,
    Shunt,
    Storage,
    Switch,
    Transformer,
)
from backend_core.kernel.identities import PointId, is_valid_quantity, point_of

UNITS = {
    PointKind.VOLTAGE: ("pu", 3),
    PointKind.ANGLE: ("°", 1),
    PointKind.FREQUENCY: ("Hz", 3),
    PointKind.ACTIVE_POWER: ("MW", 1),
    PointKind.REACTIVE_POWER: ("Mvar", 1),
    PointKind.CURRENT: ("A", 0),
    PointKind.LOADING: ("%", 1),
    PointKind.TEMPERATURE: ("°C", 0),
    PointKind.POSITION: ("", 0),
}

WORDS = {
    PointKind.VOLTAGE: "voltage",
    PointKind.ANGLE: "voltage angle",
    PointKind.FREQUENCY: "frequency",
    PointKind.ACTIVE_POWER: "active power",
    PointKind.REACTIVE_POWER: "reactive power",
    PointKind.CURRENT: "current",
    PointKind.LOADING: "loading",
    PointKind.TEMPERATURE: "temperature",
    PointKind.POSITION: "position",
}


def expected_points(network: Network) -> tuple[ExpectedPoint, ...]:
    """All points of a network, in the order of its file: for search, trends, default alarm rules and diagrams."""
    return tuple(point for element in network.elements() for point in _points_of(network, element))


def point_id_of(network: Network, element_id: ElementId, kind: PointKind) -> PointId:
    """The id under which a quantity of an element arrives, bindings included."""
    assert is_valid_quantity(kind)
    return point_of(network.device_of(element_id), kind)


def full_scale(network: Network, element: Element) -> float:
    """The largest MW or Mvar to expect of an element."""
    match element:
        case Line():
            bus = network.element(element.from_bus_id)
            scale = math.sqrt(3) * (bus.nominal_kv if isinstance(bus, Bus) else 1.0) * element.rating_ka
        case Transformer() | DistributedSource():
            scale = element.rated_mva
        case Generator():
            scale = element.max_active_power_mw
        case ExternalGrid():
            scale = sum(transformer.rated_mva for transformer in network.transformers) or element.short_circuit_mva
        case Load():
            scale = math.hypot(element.active_power_mw, element.reactive_power_mvar)
        case Shunt():
            scale = abs(element.supplied_reactive_power_mvar)
        case Storage():
            scale = max(element.max_charging_power_mw, element.max_discharging_power_mw)
        case _:
            scale = network.base_mva
    return scale


def decimals_for(element: Element, kind: PointKind, network: Network) -> int:
    """Powers show four figures or so: kilowatts matter on a roof, not on a 1,000 MW unit."""
    if kind not in (PointKind.ACTIVE_POWER, PointKind.REACTIVE_POWER):
        return UNITS[kind][1]
    scale = full_scale(network, element)
    return 1 if scale >= 50 else 2 if scale >= 1 else 3


def _points_of(network: Network, element: Element) -> Iterator[ExpectedPoint]:
    for kind, limits in _quantities(element):
        unit, decimals = UNITS[kind][0], decimals_for(element, kind, network)
        title = f"{element.name or element.id} {WORDS[kind]}"
        yield ExpectedPoint(point_id_of(network, element.id, kind), element.id, kind, title, unit, decimals, limits)


def _quantities(element: Element) -> Iterator[tuple[PointKind, PointLimits]]:
    match element:
        case Bus():
            yield PointKind.VOLTAGE, _voltage_limits(element)
            yield PointKind.ANGLE, PointLimits()
            yield PointKind.FREQUENCY, PointLimits(49.0, 49.5, 50.5, 51.0)
            yield from _powers()
        case Line() | Transformer():
            yield from _powers()
            yield PointKind.CURRENT, PointLimits()
            yield (
                PointKind.LOADING,
                PointLimits(high=element.high_loading_percent, high_high=element.high_high_loading_percent),
            )
            if isinstance(element, Transformer):
                yield (
                    PointKind.TEMPERATURE,
                    PointLimits(high=element.high_temperature_c, high_high=element.high_high_temperature_c),
                )
        case Switch():
            yield PointKind.POSITION, PointLimits()
        case Shunt():
            yield PointKind.REACTIVE_POWER, PointLimits()
        case _:
            yield from _powers()


def _powers() -> Iterator[tuple[PointKind, PointLimits]]:
    yield PointKind.ACTIVE_POWER, PointLimits()
    yield PointKind.REACTIVE_POWER, PointLimits()


def _voltage_limits(bus: Bus) -> PointLimits:
    return PointLimits(bus.low_low_voltage_pu, bus.low_voltage_pu, bus.high_voltage_pu, bus.high_high_voltage_pu)
