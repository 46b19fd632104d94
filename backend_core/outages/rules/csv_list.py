"""Reads a list of smart switches from CSV text: name, address, active."""

from __future__ import annotations

import csv
import io

from backend_core.outages.model import Finding, ImportRow

MAX_BYTES = 8 * 1024 * 1024
MAX_ROWS = 20_000
_COLUMNS = ("name", "address", "active")


def read_rows(content: bytes) -> list[ImportRow | Finding]:
    """Every line of the file as it was written, with a finding where it cannot be read."""
    if len(content) > MAX_BYTES:
        return [Finding(1, "The file is larger than 8 MiB; a list of smart switches never is.")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [Finding(1, "The file is not UTF-8 text; save it as CSV UTF-8.")]
    if "\0" in text:
        return [Finding(1, "The file holds zero bytes; it is not a CSV text.")]
    return _rows(text)


def _rows(text: str) -> list[ImportRow | Finding]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[ImportRow | Finding] = []
    try:
        header = next(reader, [])
        places = {cell.strip().lower(): i for i, cell in enumerate(header)}
        if not {"name", "address"} <= places.keys():
            return [Finding(1, "The first line must name the columns: name,address,active.")]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) >= MAX_ROWS:
                return [*rows, Finding(reader.line_num, f"More than {MAX_ROWS:,} lines; split the file.")]
            rows.append(_row(reader.line_num, cells, len(header), places))
    except csv.Error as error:
        rows.append(Finding(reader.line_num, f"The line is not CSV: {error}."))
    return rows


def _row(line: int, cells: list[str], width: int, places: dict[str, int]) -> ImportRow | Finding:
    if len(cells) > width:
        return Finding(line, f"The line has {len(cells)} columns, the header {width}.")
    name, address, active = (_cell(cells, places.get(column)) for column in _COLUMNS)
    return ImportRow(line, name, address, active)


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)
