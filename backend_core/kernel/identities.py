"""How devices, quantities and points are named, and which names are lawful."""

from __future__ import annotations

import re
from typing import NewType

DeviceId = NewType("DeviceId", str)
PointId = NewType("PointId", str)

MAX_POINT_LENGTH = 64 + 1 + 32
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_NO_ID = re.compile(r"[^A-Za-z0-9_.:-]+")
_QUANTITY = re.compile(r"[a-z0-9_]{1,32}")


def is_valid_id(text: str) -> bool:
    """Whether the text may name a device."""
    return _ID.fullmatch(text) is not None


def is_valid_quantity(text: str) -> bool:
    """Whether the text may name a quantity."""
    return _QUANTITY.fullmatch(text) is not None


def device_named(name: str) -> DeviceId:
    """The device id of what people call by a name: each stretch that no id may hold becomes one `_`."""
    return DeviceId(_NO_ID.sub("_", name))


def point_of(device: str, quantity: str) -> PointId:
    """The point that carries one quantity of one device."""
    return PointId(f"{device}.{quantity}")


def split_point(point: str) -> tuple[DeviceId, str]:
    """Device and quantity of a point, split at the last dot."""
    device, _, quantity = point.rpartition(".")
    return DeviceId(device), quantity
