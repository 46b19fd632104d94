"""Rows as CSV with a header; text that a spreadsheet would run as a formula is made plain."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from backend_core.reporting.rules import Cell, plain

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], out: TextIO) -> int:
    """Write as the rows come, in bounded memory; returns how many there were."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
        count += 1
    return count


def _safe(cell: Cell) -> object:
    if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA):
        return f"'{cell}"
    written = plain(cell)
    return "" if written is None else written
