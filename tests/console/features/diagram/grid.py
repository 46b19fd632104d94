"""The Glover grid as the diagram's tests speak of it: its network, its drawing, and values in a word each."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from backend_core.alarms.events import AlarmChanged
from backend_core.gateway.frame import Frame
from backend_core.gateway.readings import PointInfo
from backend_core.grid.events import EnergisationChanged
from backend_core.grid.json_source import open_network
from backend_core.grid.layout.diagram import draw
from backend_core.grid.rules.energisation import Energisation, energise
from backend_core.grid.rules.points import expected_points
from backend_core.grid.rules.topology import normal_positions, topology_of
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import LiveValue
from tests.console.support.screen import NOON, TestClock
from ui.resources import resource_folder

GLOVER = open_network(resource_folder().parent / "sample_data" / "networks" / "glover5.json")
DRAWING = draw(GLOVER)
POINTS = tuple(
    PointInfo(
        point.point_id,
        point.title,
        point.unit,
        point.decimals,
        None,
        point.limits.low_low,
        point.limits.low,
        point.limits.high,
        point.limits.high_high,
    )
    for point in expected_points(GLOVER)
)


def live(value: float, clock: TestClock, *, quality: Quality = Quality.GOOD, age_s: float = 0.0) -> LiveValue:
    return LiveValue(value, quality, 0, 0, clock.monotonic() - age_s, 1.0)


def positions(**moved: Position) -> dict[str, Position]:
    """The normal positions, but for the switches named here (underscores for hyphens)."""
    return {**normal_positions(GLOVER), **{name.replace("_", "-"): position for name, position in moved.items()}}


def alive(where: Mapping[str, Position]) -> Energisation:
    return energise(topology_of(GLOVER), where)


def frame(
    clock: TestClock,
    values: Mapping[str, LiveValue] | None = None,
    where: Mapping[str, Position] | None = None,
    alarms: tuple[AlarmChanged, ...] = (),
) -> Frame:
    """Values by point, and positions with the energisation that follows from them."""
    shown = {PointId(point): value for point, value in (values or {}).items()}
    energisation = None
    if where is not None:
        shown |= {PointId(f"{switch}.position"): live(float(p), clock) for switch, p in where.items()}
        energisation = EnergisationChanged(alive(where), frozenset(), frozenset(), NOON)
    return Frame(1, clock.monotonic(), shown, alarms=alarms, energisation=energisation)


def answers(where: Mapping[str, Position] | None = None) -> dict[str, Any]:
    """What the core says of this grid."""
    return {
        "grid.network": GLOVER,
        "grid.drawing": DRAWING,
        "grid.energisation": alive(where or positions()),
        "grid.networks": (SimpleNamespace(name=GLOVER.name, title=GLOVER.title),),
        "readings.points": POINTS,
    }
