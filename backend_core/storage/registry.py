"""The devices that the record knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from backend_core.storage.schema.record import devices as table


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device as it was registered."""

    device: str
    kind: str
    state: str
    first_seen: datetime
    attributes: Mapping[str, Any]


def devices(connection: Connection) -> list[DeviceRow]:
    """Every device, by name."""
    rows = connection.execute(select(table).order_by(table.c.device))
    return [DeviceRow(row.device, row.kind, row.state, row.first_seen, row.attributes or {}) for row in rows]
