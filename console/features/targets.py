"""Places an operator can jump to; a feature says which of them it can show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DiagramTarget:
    """Show this element on the single-line diagram, selected."""

    element: str


@dataclass(frozen=True, slots=True)
class TrendTarget:
    """Draw these points, around a moment of the past if one is named."""

    points: tuple[str, ...]
    around: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlarmsTarget:
    """Show the alarm list, filtered by these words (a device, a point), with one alarm selected if named."""

    words: str = ""
    alarm_id: str | None = None


@dataclass(frozen=True, slots=True)
class GuidanceTarget:
    """What to do about this alarm."""

    alarm_id: str


@dataclass(frozen=True, slots=True)
class EventsTarget:
    """Show the event log, filtered by these words."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class DoctorTarget:
    """Why is there no data at this point?"""

    point: str


@dataclass(frozen=True, slots=True)
class StudyTarget:
    """Ask what would happen if these switches were opened or closed."""

    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OverlayTarget:
    """Lay what a study solved beside the live values of the diagram in front; without a title, take it away."""

    title: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)
    dead: frozenset[str] = frozenset()
    broken: Mapping[str, int] = field(default_factory=dict)  # elements past a limit, each with its priority


@dataclass(frozen=True, slots=True)
class SwitchTarget:
    """Show a smart switch and its outages."""

    name: str


@dataclass(frozen=True, slots=True)
class PastTarget:
    """Show the whole console as it was at this moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SettingsTarget:
    """Show the settings, at this one if named."""

    setting: str = ""


Target = (
    DiagramTarget
    | TrendTarget
    | AlarmsTarget
    | GuidanceTarget
    | EventsTarget
    | DoctorTarget
    | StudyTarget
    | OverlayTarget
    | SwitchTarget
    | SettingsTarget
    | PastTarget
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the operator has in hand now: the keys F4, F5, F6 and F8 act on it."""

    title: str = ""
    element: str | None = None
    points: tuple[str, ...] = field(default_factory=tuple)
    alarm_id: str | None = None
    occurrence: int | None = None
    at: datetime | None = None  # the moment it is about: Shift+F7 shows the grid as it was then
