"""Devices and points get their row, and their number, at first sight: discovered, with no rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.history.model import Writing
from backend_core.kernel.identities import DeviceId, PointId, split_point
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.schema.record import devices, points
from backend_core.telemetry.model import DeviceKind

DISCOVERED = "discovered"
_CHUNK = 500


def enrol(connection: Connection, writing: Writing, missing: set[PointId], origin: str) -> dict[PointId, int]:
    """Give every missing point its number, making device rows as needed, and note new attributes."""
    attributes = {found.device: found.attributes for found in writing.discoveries}
    named = {split_point(point)[0] for point in missing} | set(attributes)
    fresh = _add_devices(connection, named, attributes, writing, origin)
    for device in set(attributes) - fresh:
        if attributes[device]:
            connection.execute(update(devices).where(devices.c.device == device).values(attributes=attributes[device]))
    return _number(connection, missing, writing)


def _add_devices(
    connection: Connection,
    named: set[DeviceId],
    attributes: Mapping[DeviceId, Mapping[str, str]],
    writing: Writing,
    origin: str,
) -> set[DeviceId]:
    if not named:
        return set()
    known: set[str] = set()
    for some in _chunks(sorted(named)):
        known |= set(connection.execute(select(devices.c.device).where(devices.c.device.in_(some))).scalars())
    fresh = {device for device in named if device not in known}
    rows = [_device_row(device, attributes.get(device, {}), writing) for device in sorted(fresh)]
    if rows:
        connection.execute(insert(devices), rows)
        record(connection, *(_discovered(row, writing, origin) for row in rows))
    return fresh


def _device_row(device: DeviceId, attributes: Mapping[str, str], writing: Writing) -> dict[str, object]:
    kind = writing.kinds.get(device, DeviceKind.ELEMENT)
    return {
        "device": device,
        "kind": str(kind),
        "state": DISCOVERED,
        "first_seen": writing.now,
        "attributes": dict(attributes) or None,
    }


def _discovered(row: Mapping[str, object], writing: Writing, origin: str) -> LogEntry:
    kind = str(row["kind"]).replace("_", " ")
    text = f"{row['device']} was seen for the first time, as {'an' if kind[0] in 'aeiou' else 'a'} {kind}."
    return LogEntry(writing.now, "device", "core", str(row["device"]), text, origin)


def _number(connection: Connection, missing: set[PointId], writing: Writing) -> dict[PointId, int]:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    numbers: dict[PointId, int] = {}
    for some in _chunks(sorted(missing)):
        rows = [_point_row(PointId(point), writing) for point in some]
        connection.execute(dialect.insert(points).on_conflict_do_nothing(index_elements=["point"]), rows)
        found = connection.execute(select(points.c.point, points.c.point_id).where(points.c.point.in_(some)))
        numbers |= {PointId(point): number for point, number in found}
    return numbers


def _point_row(point: PointId, writing: Writing) -> dict[str, object]:
    device, quantity = split_point(point)
    return {"point": point, "device": device, "quantity": quantity, "first_seen": writing.now}


def _chunks(items: Iterable[str]) -> Iterable[list[str]]:
    listed = list(items)
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))
