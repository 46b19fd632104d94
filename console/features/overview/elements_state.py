"""Single elements of the grid by the room that is left to them: the fullest branches, the most strained buses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend_core.kernel.quality import Quality
from console.features.overview.state import DEAD_BELOW_PU
from console.features.overview.sums_state import Reading, strain

if TYPE_CHECKING:
    from console.features.overview.state import OverviewState

# Nobody reads further; in a large network the rest costs time each second.
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class ElementRow:
    """`used` is the share of its room that is used up: 1 at the limit. `power` is there for branches only."""

    id: str
    name: str
    point: str
    reading: Reading
    used: float
    priority: int
    curve: tuple[float | None, ...]
    power: Reading | None = None

    @property
    def is_live(self) -> bool:
        return self.reading.trust < Quality.STALE


def fullest(state: OverviewState, monotonic_s: float, now_us: int) -> list[ElementRow]:
    """Lines and transformers, the fullest first."""
    found = []
    for branch in state.grid.branches if state.grid else ():
        reading = state.reading(branch.loading, monotonic_s)
        if reading is not None and reading.trust <= Quality.STALE:
            found.append((reading.value / branch.full_percent, branch, reading))
    found.sort(key=lambda each: -each[0])
    return [
        ElementRow(
            branch.id,
            branch.name,
            branch.loading,
            reading,
            used,
            state.priority_of((branch.loading,))[0],
            state.curves.curve(branch.loading, now_us),
            state.reading(branch.power, monotonic_s),
        )
        for used, branch, reading in found[:MOST_ROWS]
    ]


def most_strained(state: OverviewState, monotonic_s: float, now_us: int) -> list[ElementRow]:
    """Living buses, the one nearest to its limits first."""
    found = []
    for bus, name, point, limits in state.grid.voltages if state.grid else ():
        reading = state.reading(point, monotonic_s)
        if reading is not None and reading.trust <= Quality.STALE and reading.value >= DEAD_BELOW_PU:
            found.append((strain(reading.value, limits), bus, name, point, reading))
    found.sort(key=lambda each: -each[0])
    return [
        ElementRow(bus, name, point, reading, used, state.priority_of((point,))[0], state.curves.curve(point, now_us))
        for used, bus, name, point, reading in found[:MOST_ROWS]
    ]
