"""How a writing that the record refuses is parted until the one row stands alone."""

from __future__ import annotations

import json
from dataclasses import replace

from backend_core.history.model import Writing
from backend_core.telemetry.model import Reading, Reason, Rejection


def apart(writing: Writing, why: str) -> list[Writing]:
    """Smaller writings that together mean the same, to find the one row that the record cannot hold.

    A reading that stands alone becomes a rejection. Nothing is returned when there is nothing left to part.
    """
    readings, rejections = writing.readings, writing.rejections
    if readings and (rejections or writing.discoveries):
        return [replace(writing, readings=()), replace(writing, rejections=(), discoveries=())]
    if len(readings) > 1:
        middle = len(readings) // 2
        return [replace(writing, readings=readings[:middle]), replace(writing, readings=readings[middle:])]
    if readings:
        return [replace(writing, readings=(), rejections=[unstorable(readings[0], why)])]
    if len(rejections) > 1:
        middle = len(rejections) // 2
        first = replace(writing, rejections=rejections[:middle])
        return [first, replace(writing, rejections=rejections[middle:], discoveries=())]
    return []


def unstorable(reading: Reading, why: str) -> Rejection:
    """The rejection of a reading that the database refuses."""
    return Rejection(f"point/{reading.point}", as_payload(reading), Reason.SCHEMA, why[:500], reading.received_us)


def as_payload(reading: Reading) -> bytes:
    """A reading as the quarantine keeps it."""
    facts = {"point": reading.point, "ts_us": reading.ts_us, "seq": reading.seq, "value": reading.value}
    return json.dumps(facts).encode()
