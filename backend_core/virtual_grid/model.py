"""The nouns of the pretend plant: messages, commands, incidents, the story and its ground truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum, StrEnum

import numpy as np
from numpy.typing import NDArray

from backend_core.grid.model import Network
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import Solution
from backend_core.telemetry.model import DeviceKind

LOCAL = timezone(timedelta(hours=2))
"""The virtual grid's own summer time: its sun stands where its clock says."""


DAY_BEFORE_STEP_S = 120.0
"""How far apart the moments of the computed day before the demo's start lie."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a meter hands to the broker."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What one device measures at a moment; the detail is a converter's type or a unit's kind."""

    kind: DeviceKind
    device: str
    readings: Mapping[str, float]
    detail: str = ""


class Refusal(StrEnum):
    """Why the plant does not obey; the words that a reply carries."""

    MALFORMED = "malformed"
    UNKNOWN_SWITCH = "unknown_switch"
    DUPLICATE = "duplicate"
    EXPIRED = "expired"
    OLD_EPOCH = "old_epoch"
    NOT_AS_STATED = "not_as_stated"


@dataclass(frozen=True, slots=True)
class SwitchCommand:
    """An order to a switch that says from which position it starts, until when it holds and who leads."""

    command_id: str
    switch_id: str
    action: Position
    starts_from: Position
    expires_at: datetime
    epoch: int


@dataclass(frozen=True, slots=True)
class CommandReply:
    """What became of a command; without a refusal it was carried out."""

    command_id: str
    refusal: Refusal | None = None


class IncidentKind(StrEnum):
    """What can befall a grid beyond a switch operation."""

    DEAD_ISLAND = "dead_island"
    SHORT_OF_CAPACITY = "short_of_capacity"
    VOLTAGE_COLLAPSE = "voltage_collapse"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class Incident:
    """Load that is no longer supplied, and why."""

    kind: IncidentKind
    buses: tuple[str, ...]
    lost_mw: float


@dataclass(frozen=True, slots=True)
class Survival:
    """What is left of a case after shedding; without a solution everything is black."""

    solution: Solution | None
    kept: Mapping[str, float] = field(default_factory=dict)
    """The share of each load that is still supplied; loads left alone are not named."""
    black_generators: frozenset[str] = frozenset()
    incidents: tuple[Incident, ...] = ()


class StoryKind(Enum):
    """What a story can bring about."""

    LOAD = "load"
    SWITCH = "switch"
    COOLING = "cooling"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """One thing that happens: from a second on, rising over a ramp, held, and falling again as it rose."""

    kind: StoryKind
    target: str
    at_s: float
    level: float = 1.0
    ramp_s: float = 0.0
    hold_s: float = 0.0
    position: Position = Position.UNKNOWN
    title: str = ""

    @property
    def ends_s(self) -> float:
        """When nothing of it is left."""
        return self.at_s + self.hold_s + 2.0 * self.ramp_s


@dataclass(frozen=True, slots=True)
class Story:
    """What happens in a run beside chance."""

    title: str
    events: tuple[StoryEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class PlantSetup:
    """What makes a run what it is: the same setup gives the same run."""

    network: Network
    seed: int = 1
    sensors: int = 10
    story: Story = field(default_factory=lambda: Story(""))
    start_hour: float = 17.5

    @property
    def simulated_start(self) -> datetime:
        """A day of the warm half of the year, drawn by the seed, at the hour asked for."""
        day = int(np.random.default_rng([self.seed, 99]).integers(100, 250))
        return datetime(2026, 1, 1, tzinfo=LOCAL) + timedelta(days=day, hours=self.start_hour)

    def simulated_after(self, elapsed_s: float) -> datetime:
        """What the plant's own clock shows after so many seconds."""
        return self.simulated_start + timedelta(seconds=elapsed_s)


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What was truly done to the plant and when: the answer that detectors are judged by."""

    at: datetime
    source: str
    kind: str
    target: str
    detail: str


class RunState(StrEnum):
    """Where the virtual grid is between start and stop."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class PlantStatus:
    """What the console shows of the virtual grid."""

    state: RunState
    network: str
    seed: int
    simulated_at: datetime
    messages: int
    solutions: int
    failed_solutions: int
    load_mw: float
    shed_mw: float
    frequency_hz: float | None
    story_title: str
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class DayOfHistory:
    """One day that was computed, not lived through: times in microseconds, and a column per point (NaN: nothing)."""

    ts_us: NDArray[np.int64]
    columns: Mapping[str, NDArray[np.float64]]
