"""The base table of ISA-18.2 as the design pages give it, typed by hand and independent of the code it judges.

`=` no change, `!` refused, `-` cannot happen, a letter is the next state, `+` a new occurrence that is annunciated.
"""

from __future__ import annotations

from dataclasses import dataclass

_TABLE = """
cond_true               B+  =   =   B+  B+  B+
cond_false              =   D   A   =   -   -
cond_false_latching     =   E   F   -   =   =
cond_false_no_ack       =   A   A   -   -   -
ack_current             !   C   !   A   F   !
ack_stale               !   !   !   !   !   !
reset                   !   !   !   !   !   A
raise_priority          =   B+  B+  =   =   =
lower_priority          =   =   =   =   =   =
retired                 =   A   A   A   A   A
"""

CELLS = {
    (name, base): cell
    for name, *cells in (line.split() for line in _TABLE.strip().splitlines())
    for base, cell in zip("ABCDEF", cells, strict=True)
}


@dataclass(frozen=True)
class Expected:
    """What must become of base and occurrence; `refused` events change nothing and say why."""

    base: str
    new_occurrence: bool = False
    refused: bool = False
    impossible: bool = False


def expected(event: str, base: str, *, latching: bool, ack_required: bool) -> Expected:
    """Read the table."""
    cell = CELLS[_row(event, latching=latching, ack_required=ack_required), base]
    match cell:
        case "=":
            return Expected(base)
        case "!":
            return Expected(base, refused=True)
        case "-":
            return Expected(base, impossible=True)
        case _:
            return Expected(cell[0], new_occurrence=cell.endswith("+"))


def _row(event: str, *, latching: bool, ack_required: bool) -> str:
    if event != "cond_false":
        return event
    if latching:
        return "cond_false_latching"
    return event if ack_required else "cond_false_no_ack"


EVENTS = sorted({name for name, _ in CELLS} - {"cond_false_latching", "cond_false_no_ack"})
