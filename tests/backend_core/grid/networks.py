"""Networks that the tests of the grid speak of: the shipped samples, and small ones built in a line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from backend_core.grid.json_source import open_network
from backend_core.grid.model import Bus, ExternalGrid, Line, Load, Network, Side, Switch, SwitchKind

SAMPLES = Path(__file__).parents[3] / "sample_data" / "networks"
NAMES = ("glover5", "cigre_mv_der")


def path_of(name: str) -> Path:
    return SAMPLES / f"{name}.json"


@cache
def sample(name: str) -> Network:
    return open_network(path_of(name))


def document(name: str = "glover5") -> dict[str, Any]:
    """A fresh copy of a sample file, to be spoilt."""
    loaded: dict[str, Any] = json.loads(path_of(name).read_text(encoding="utf-8"))
    return loaded


def chain(buses: int, *, tie: bool = False) -> Network:
    """Buses B0, B1 … in a row behind one source, a breaker at the head of each line, a load on each bus."""
    pairs = [(index, index + 1) for index in range(buses - 1)] + ([(0, buses - 1)] if tie else [])
    lines = tuple(Line(f"L{a}-{b}", f"B{a}", f"B{b}", 1.0, 1.0, 1.0) for a, b in pairs)
    return Network(
        name="chain",
        title="Chain",
        base_mva=100.0,
        frequency_hz=50.0,
        buses=tuple(Bus(f"B{index}", 20.0) for index in range(buses)),
        lines=lines,
        external_grids=(ExternalGrid("GRID", "B0", 1.0),),
        loads=tuple(Load(f"LD{index}", f"B{index}", 1.0, 0.2, customers=10) for index in range(buses)),
        switches=tuple(Switch(f"CB-{line.id}", SwitchKind.BREAKER, line.id, Side.FROM) for line in lines),
    )
