"""The quantities that each kind of device may report, with their lawful ranges and expected periods."""

from __future__ import annotations

import math
from typing import NamedTuple

from backend_core.telemetry.model import DeviceKind


class Quantity(NamedTuple):
    """One measured quantity: its unit, and the range outside which a value is implausible (closed, in that unit)."""

    unit: str
    low: float = -math.inf
    high: float = math.inf


VOLT = Quantity("V", 0.0, 1e6)
AMPERE = Quantity("A", -1e5, 1e5)
CELSIUS = Quantity("°C", -60.0, 400.0)
HERTZ = Quantity("Hz", 40.0, 70.0)
PER_UNIT = Quantity("pu", 0.0, 2.0)
FACTOR = Quantity("", -1.0, 1.0)
DISTORTION = Quantity("%", 0.0, 200.0)

QUANTITIES: dict[DeviceKind, dict[str, Quantity]] = {
    DeviceKind.SENSOR: {
        "voltage": VOLT,
        "current": AMPERE,
        "temperature": CELSIUS,
        "power": Quantity("W"),
        "power_factor": FACTOR,
        "frequency": HERTZ,
    },
    DeviceKind.BUS: {
        "voltage": PER_UNIT,
        "angle": Quantity("°"),
        "frequency": HERTZ,
        "active_power": Quantity("MW"),
        "reactive_power": Quantity("Mvar"),
    },
    DeviceKind.CONVERTER: {
        "voltage": VOLT,
        "dc_voltage": VOLT,
        "current_d": AMPERE,
        "current_q": AMPERE,
        "active_power": Quantity("kW"),
        "reactive_power": Quantity("kvar"),
        "thd": DISTORTION,
        "temperature": CELSIUS,
    },
    DeviceKind.RES: {
        "generation": Quantity("kW"),
        "capacity_factor": Quantity(""),
        "irradiance": Quantity("W/m²"),
        "wind_speed": Quantity("m/s"),
        "temperature": CELSIUS,
    },
    DeviceKind.SWITCH: {"position": Quantity("", 0.0, 3.0)},
    DeviceKind.SMART_SWITCH: {
        "voltage": VOLT,
        "current": AMPERE,
        "power": Quantity("W"),
        "power_factor": FACTOR,
        "frequency": HERTZ,
        "temperature": CELSIUS,
    },
}

NAMED: dict[str, Quantity] = {
    "active_power": Quantity("MW"),
    "reactive_power": Quantity("Mvar"),
    "current": AMPERE,
    "loading_percent": Quantity("%"),
    "temperature": CELSIUS,
    "voltage": VOLT,
    "frequency": HERTZ,
    "power_factor": FACTOR,
    "thd": DISTORTION,
    "air_temperature": CELSIUS,
    "ghi": Quantity("W/m²"),
    "dni": Quantity("W/m²"),
    "dhi": Quantity("W/m²"),
    "wind_speed": Quantity("m/s"),
    "wind_direction": Quantity("°"),
}
"""What a freely named quantity of `grid/points` and `grid/weather` means when its name is a known one."""

FREE = Quantity("")

PERIOD_S: dict[DeviceKind, float] = {
    DeviceKind.BUS: 1.0,
    DeviceKind.CONVERTER: 0.5,
    DeviceKind.RES: 2.0,
    DeviceKind.SENSOR: 3.0,
    DeviceKind.SWITCH: 30.0,
    DeviceKind.SMART_SWITCH: 60.0,
}
"""The expected period by kind; other kinds learn theirs from the last gaps."""

TOPIC_KINDS = {
    "sensors": DeviceKind.SENSOR,
    "buses": DeviceKind.BUS,
    "converters": DeviceKind.CONVERTER,
    "res": DeviceKind.RES,
    "switches": DeviceKind.SWITCH,
    "points": DeviceKind.ELEMENT,
    "weather": DeviceKind.WEATHER,
}


def quantity_of(kind: DeviceKind, name: str) -> Quantity:
    """Unit and range of a quantity of a device of this kind."""
    known = QUANTITIES.get(kind)
    return (known.get(name, FREE) if known is not None else NAMED.get(name)) or FREE
