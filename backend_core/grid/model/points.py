"""The points that a network promises: what should be measured where, in which unit, between which limits."""

from dataclasses import dataclass
from enum import StrEnum

from backend_core.grid.model.network import ElementId
from backend_core.kernel.identities import PointId


class PointKind(StrEnum):
    VOLTAGE = "voltage"
    ANGLE = "angle"
    FREQUENCY = "frequency"
    ACTIVE_POWER = "active_power"
    REACTIVE_POWER = "reactive_power"
    CURRENT = "current"
    LOADING = "loading_percent"
    TEMPERATURE = "temperature"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class PointLimits:
    """Alarm limits in the point's own unit; None where there is none."""

    low_low: float | None = None
    low: float | None = None
    high: float | None = None
    high_high: float | None = None


@dataclass(frozen=True, slots=True)
class ExpectedPoint:
    """One value that the grid should deliver; `decimals` is how it is shown."""

    point_id: PointId
    element_id: ElementId
    kind: PointKind
    title: str
    unit: str
    decimals: int
    limits: PointLimits = PointLimits()
