"""The nouns of a what-if study: where it starts, what is changed, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from backend_core.grid.model import ElementId
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import Injection, Outcome


@dataclass(frozen=True, slots=True)
class StudyStart:
    """The live state as a beginning, and how far it may be trusted.

    `good` of `wanted` readings were good; `doubtful` names the others, for which the last believed value or that of the
    network file stands. `assumed` names loads that have no power now and are taken as large as the supplied ones are.
    """

    network: str
    taken_at: datetime
    positions: Mapping[ElementId, Position]
    loads: Mapping[ElementId, Injection]
    generation: Mapping[ElementId, Injection]
    good: int
    wanted: int
    oldest_age_s: float | None
    doubtful: tuple[PointId, ...] = ()
    assumed: frozenset[ElementId] = frozenset()


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """What is changed against the start: switches moved, branches tripped, loads scaled (1.0 leaves them)."""

    start: StudyStart
    positions: Mapping[ElementId, Position] = field(default_factory=dict)
    tripped: frozenset[ElementId] = frozenset()
    load_scale: float = 1.0
    load_scales: Mapping[ElementId, float] = field(default_factory=dict)


class ViolationKind(StrEnum):
    """Which limit a state breaks."""

    VOLTAGE_LOW = "voltage_low"
    VOLTAGE_HIGH = "voltage_high"
    OVERLOAD = "overload"
    GENERATION_HIGH = "generation_high"
    REACTIVE_LIMIT = "reactive_limit"
    DEAD_LOAD = "dead_load"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken limit; `before` is the value of the start, none where it had none, severe is past the outer limit."""

    kind: ViolationKind
    element: ElementId
    value: float
    limit: float
    unit: str
    before: float | None = None
    is_severe: bool = False
    was_broken: bool = False
    customers: int = 0


@dataclass(frozen=True, slots=True)
class StateSummary:
    """A solved state in the figures that decide."""

    load_mw: float
    generation_mw: float
    losses_mw: float
    lowest: tuple[ElementId, float] | None
    heaviest: tuple[ElementId, float] | None
    unserved_mw: float
    unserved_customers: int


@dataclass(frozen=True, slots=True)
class StudyResult:
    """The changed state beside the start; an outcome without a solution is a diagnosis that says why."""

    request: StudyRequest
    before: Outcome
    after: Outcome
    summary_before: StateSummary | None
    summary_after: StateSummary | None
    violations: tuple[Violation, ...]
    values: Mapping[PointId, float]
    """The studied values by point id, for the overlay on the diagram; empty without a solution."""
    dead: frozenset[ElementId]
    """What has no power in the studied state."""
    carried_mw: float | None = None
    """Without a solution: the largest load the changed grid could carry, when it was found."""
    solved_in_s: float = 0.0
    values_before: Mapping[PointId, float] = field(default_factory=dict)
    """The same of the start; empty when that has no solution."""

    @property
    def lost_load_mw(self) -> float:
        """What loses its power by the change; what was dark before is not counted."""
        if self.summary_after is None:
            return 0.0
        before = self.summary_before.unserved_mw if self.summary_before else 0.0
        return max(0.0, self.summary_after.unserved_mw - before)

    @property
    def lost_customers(self) -> int:
        """How many customers lose their power by the change."""
        if self.summary_after is None:
            return 0
        before = self.summary_before.unserved_customers if self.summary_before else 0
        return max(0, self.summary_after.unserved_customers - before)
