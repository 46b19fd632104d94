"""The nouns of a what-if study: where it starts, what is changed, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from backend_core.grid.model import ElementId
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import Diagnosis, Solution


@dataclass(frozen=True, slots=True)
class StudyStart:
    """The live state as a beginning; `good` of `wanted` readings could be used, the oldest is so many seconds old."""

    taken_at: datetime
    positions: Mapping[ElementId, Position]
    load_mw: Mapping[ElementId, float]
    load_mvar: Mapping[ElementId, float]
    generation_mw: Mapping[ElementId, float]
    good: int
    wanted: int
    oldest_age_s: float | None


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """What is changed against the start: switches moved, branches tripped, loads scaled (1.0 leaves them)."""

    start: StudyStart
    positions: Mapping[ElementId, Position] = field(default_factory=dict)
    tripped: frozenset[ElementId] = frozenset()
    load_scale: float = 1.0
    load_scales: Mapping[ElementId, float] = field(default_factory=dict)


class ViolationKind(StrEnum):
    """Which limit a study breaks."""

    VOLTAGE_LOW = "voltage_low"
    VOLTAGE_HIGH = "voltage_high"
    OVERLOAD = "overload"
    DEAD_LOAD = "dead_load"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken limit; `before` is the solved value of the start, nothing where that had none."""

    kind: ViolationKind
    element: ElementId
    value: float
    limit: float
    unit: str
    before: float | None = None


@dataclass(frozen=True, slots=True)
class StudyResult:
    """The solved changed state beside the solved start; without a solution, the diagnosis says why."""

    request: StudyRequest
    before: Solution | Diagnosis
    after: Solution | Diagnosis
    violations: tuple[Violation, ...]
    lost_load_mw: float
    lost_customers: int
    values: Mapping[PointId, float] = field(default_factory=dict)
    """The studied values by point id, for the overlay on the diagram."""
    solved_in_s: float = 0.0
