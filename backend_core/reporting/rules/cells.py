"""How values are written in what we hand over, the same in every format."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum

Plain = str | int | float | bool | None
Cell = Plain | datetime | Enum | Sequence[str]


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(cell: Cell) -> Plain:
    """A cell as text or number: times in RFC 3339, words of enums, lists parted by semicolons, no number for NaN."""
    match cell:
        case datetime():
            return rfc3339(cell)
        case Enum():
            return str(cell.value)
        case float() if not math.isfinite(cell):
            return None
        case str() | int() | float() | None:
            return cell
        case _:
            return ";".join(cell)
