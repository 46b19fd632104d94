"""What a trend knows: which points are drawn, over which stretch of time, and which it would show first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from backend_core.gateway.readings import PointInfo
from backend_core.kernel.identities import PointId

MOST_POINTS = 8
_FIRST_QUANTITIES = ("loading_percent", "voltage", "active_power")
_FIRST_COUNT = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """The points of a trend, in the order of their pens, and the name of its span."""

    points: tuple[PointId, ...] = ()
    span: str = ""
    with_yesterday: bool = False

    @property
    def is_full(self) -> bool:
        return len(self.points) >= MOST_POINTS


def with_points(choice: Choice, points: Iterable[str]) -> Choice:
    """The choice with these points added; those that are there stay where they are, and there is an end to it."""
    wanted = list(dict.fromkeys([*choice.points, *(PointId(point) for point in points)]))
    return replace(choice, points=tuple(wanted[:MOST_POINTS]))


def without_point(choice: Choice, point: str) -> Choice:
    return replace(choice, points=tuple(kept for kept in choice.points if kept != point))


def only_points(choice: Choice, points: Sequence[str]) -> Choice:
    return replace(choice, points=tuple(PointId(point) for point in dict.fromkeys(points))[:MOST_POINTS])


def first_points(infos: Mapping[PointId, PointInfo]) -> tuple[PointId, ...]:
    """What a fresh trend shows: the loading of the first transformers or lines, else voltages, else powers."""
    for quantity in _FIRST_QUANTITIES:
        found = [info for info in infos.values() if info.point.endswith(f".{quantity}")]
        if found:
            found.sort(key=lambda info: (not info.device.startswith("T"), info.point))
            return tuple(info.point for info in found[:_FIRST_COUNT])
    return ()
