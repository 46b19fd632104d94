"""Reads what a Shelly-style device tells about its supply: volts, amperes, watts, power factor, hertz, °C."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import msgspec

STATUS_PATH = "/rpc/Shelly.GetStatus"

_COMPONENT = re.compile(r"(?:switch|pm1|em1|cover):(\d)")
_QUANTITIES = {
    "voltage": "voltage",
    "current": "current",
    "apower": "power",
    "act_power": "power",
    "pf": "power_factor",
    "freq": "frequency",
}


def decode(body: bytes) -> dict[str, float] | None:
    """The quantities by their names; none when this is no status of such a device."""
    try:
        status = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    if not isinstance(status, dict):
        return None
    values: dict[str, float] = {}
    components = sorted((key, part) for key, part in status.items() if _COMPONENT.fullmatch(key))
    for key, part in components:
        if isinstance(part, dict):
            values |= {name: value for name, value in _of_component(key, part).items() if name not in values}
    return values if components else None


def _of_component(key: str, part: Mapping[str, object]) -> dict[str, float]:
    """The values of one channel; channels after the first carry their number in the name."""
    channel = key.rpartition(":")[2]
    tail = "" if channel == "0" else f"_{channel}"
    found = {name + tail: value for told, name in _QUANTITIES.items() if (value := _number(part.get(told))) is not None}
    temperature = part.get("temperature")
    if isinstance(temperature, dict) and (celsius := _number(temperature.get("tC"))) is not None:
        found[f"temperature{tail}"] = celsius
    return found


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = float(value) if abs(value) < 1e300 else math.inf
    return number if math.isfinite(number) else None
