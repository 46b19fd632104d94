"""Rows as a JSON array of objects, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TextIO

from backend_core.reporting.rules import Cell, Plain, plain


def write_json(columns: Sequence[str], rows: Iterable[Sequence[Cell]], out: TextIO) -> int:
    """Write as the rows come, in bounded memory; returns how many there were."""
    out.write("[")
    count = 0
    for row in rows:
        out.write(",\n" if count else "\n")
        item = {name: _value(cell) for name, cell in zip(columns, row, strict=True)}
        out.write(json.dumps(item, ensure_ascii=False, allow_nan=False))
        count += 1
    out.write("\n]\n")
    return count


def _value(cell: Cell) -> Plain | list[str]:
    return list(cell) if isinstance(cell, Sequence) and not isinstance(cell, str) else plain(cell)
