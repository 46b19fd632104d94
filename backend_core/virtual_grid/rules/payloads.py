"""How reports become messages: topics, keys and times as the contract fixes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from backend_core.kernel.positions import Position
from backend_core.telemetry.model import DeviceKind
from backend_core.virtual_grid.model import Message, Report


def message(report: Report, at: datetime) -> Message:
    """The message of a measuring device, all values at the top or under `values` as its topic wants it."""
    device, time, readings = report.device, stamp(at), report.readings
    head: dict[str, object]
    match report.kind:
        case DeviceKind.BUS:
            return _message(f"grid/buses/{device}", {"bus_id": device, "timestamp": time, **readings})
        case DeviceKind.CONVERTER:
            head = {"converter_id": device, "timestamp": time, "type": report.detail}
            return _message(f"grid/converters/{device}", {**head, **readings})
        case DeviceKind.RES:
            head = {"unit_id": device, "timestamp": time, "kind": report.detail}
            return _message(f"grid/res/{device}", {**head, **readings})
        case DeviceKind.SENSOR:
            return _message(f"grid/sensors/{device}", {"device_id": device, "timestamp": time, **readings})
        case DeviceKind.WEATHER:
            head = {"device_id": device, "timestamp": time, "values": dict(readings)}
            return _message(f"grid/weather/{device}", head)
        case _:
            head = {"device_id": device, "timestamp": time, "values": dict(readings)}
            return _message(f"grid/points/{device}", head)


def switch(device: str, at: datetime, position: Position) -> Message:
    """Where a switch is; kept by the broker, so that whoever comes later knows."""
    body: dict[str, object] = {"switch_id": device, "timestamp": stamp(at), "position": position.word}
    return _message(f"grid/switches/{device}", body, retain=True)


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(topic: str, body: dict[str, object], *, retain: bool = False) -> Message:
    return Message(topic, json.dumps(body, separators=(",", ":")).encode(), retain)
