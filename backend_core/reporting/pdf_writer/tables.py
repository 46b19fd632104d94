"""Tables and figure tiles in one quiet style: hairlines, numbers at the right, heads repeated on every page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from backend_core.reporting.pdf_writer import look

Cell: TypeAlias = "str | Flowable"


@dataclass(frozen=True, slots=True)
class Head:
    """One column: its title, its share of the page's width, and whether numbers stand in it."""

    title: str
    share: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the first page with its name and what stands beneath it."""

    title: str
    figure: str
    below: str = ""
    color: Color = look.INK


def table(
    heads: Sequence[Head],
    rows: Sequence[Sequence[Cell]],
    *,
    marked: Collection[int] = (),
    priorities: Sequence[int] = (),
) -> Table:
    """A table over the whole width; `marked` rows are past a limit, `priorities` give the first cell its mark."""
    whole = sum(head.share for head in heads)
    widths = [look.WIDTH * head.share / whole for head in heads]
    body = [[_wrapped(cell, head) for cell, head in zip(row, heads, strict=True)] for row in rows]
    made = Table([[head.title for head in heads], *body], colWidths=widths, repeatRows=1)
    made.setStyle(TableStyle([*_BASE, *_alignments(heads), *_marks(marked), *_priorities(priorities)]))
    return made


def tiles(figures: Sequence[Tile], per_row: int = 4) -> Table:
    """The figures that a supervisor reads first."""
    rows: list[list[Any]] = []
    for begin in range(0, len(figures), per_row):
        some = list(figures[begin : begin + per_row])
        cells: list[Any] = [_tile(tile) for tile in some]
        rows.append(cells + [""] * (per_row - len(cells)))
    made = Table(rows, colWidths=[look.WIDTH / per_row] * per_row)
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
                ("LINEABOVE", (0, 0), (-1, -1), 0.7, look.LINE),
            ]
        )
    )
    return made


def _tile(tile: Tile) -> list[Paragraph]:
    figure = f'<font color="#{tile.color.hexval()[2:]}">{tile.figure}</font>'
    return [
        Paragraph(tile.title, look.SMALL),
        Paragraph(figure, look.FIGURE),
        Paragraph(tile.below or "&nbsp;", look.SMALL),
    ]


def _wrapped(cell: Cell, head: Head) -> Cell:
    """Words may break over lines; numbers never do."""
    if isinstance(cell, str) and not head.right and len(cell) * 4.0 > look.WIDTH * 0.16:
        return Paragraph(cell.replace("&", "&amp;").replace("<", "&lt;"), look.CELL)
    return cell


_BASE: list[tuple[Any, ...]] = [
    ("FONT", (0, 0), (-1, -1), look.REGULAR, 8),
    ("FONT", (0, 0), (-1, 0), look.BOLD, 7.5),
    ("TEXTCOLOR", (0, 0), (-1, 0), look.SECONDARY),
    ("TEXTCOLOR", (0, 1), (-1, -1), look.INK),
    ("LINEBELOW", (0, 0), (-1, 0), 0.7, look.LINE),
    ("LINEBELOW", (0, 1), (-1, -1), 0.4, look.HAIR),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
]


def _alignments(heads: Sequence[Head]) -> list[tuple[Any, ...]]:
    return [("ALIGN", (n, 0), (n, -1), "RIGHT") for n, head in enumerate(heads) if head.right]


def _marks(rows: Collection[int]) -> list[tuple[Any, ...]]:
    return [
        mark
        for row in rows
        for mark in (
            ("FONT", (0, row + 1), (-1, row + 1), look.BOLD, 8),
            ("TEXTCOLOR", (0, row + 1), (-1, row + 1), look.CRITICAL),
        )
    ]


def _priorities(found: Sequence[int]) -> list[tuple[Any, ...]]:
    marks: list[tuple[Any, ...]] = []
    for row, priority in enumerate(found, start=1):
        marks.append(("BACKGROUND", (0, row), (0, row), look.PRIORITY_FILLS.get(priority, look.LINE)))
        marks.append(("TEXTCOLOR", (0, row), (0, row), look.PRIORITY_INKS.get(priority, look.INK)))
        marks.append(("ALIGN", (0, row), (0, row), "CENTER"))
        marks.append(("FONT", (0, row), (0, row), look.BOLD, 8))
    return marks
