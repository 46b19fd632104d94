"""The nouns of alarming: rules with their limits, alarms with their state, and the journal that keeps both honest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

from backend_core.kernel.identities import DeviceId, PointId, point_of, split_point
from backend_core.kernel.strangers import is_stranger

AlarmId = NewType("AlarmId", str)

CONTACT_QUANTITY = "online"
"""The quantity of the made-up point that stands for being heard of at all: `<device>.online`."""


class Side(StrEnum):
    """In which direction a point can be abnormal; a point has at most one alarm on each side."""

    HIGH = "high"
    LOW = "low"
    CONTACT = "contact"
    RANGE = "range"


class Level(StrEnum):
    """Which limit is broken."""

    HIHI = "HIHI"
    HI = "HI"
    LO = "LO"
    LOLO = "LOLO"
    OFFLINE = "OFFLINE"
    RANGE = "RANGE"
    """No limit of the grid: the value cannot be, so that its meter or its wiring is at fault."""

    @property
    def side(self) -> Side:
        return _SIDES.get(self, Side.HIGH)

    @property
    def rank(self) -> int:
        """How severe the level is on its side; a larger number is worse."""
        return 2 if self in (Level.HIHI, Level.LOLO) else 1


_SIDES = {
    Level.HIHI: Side.HIGH,
    Level.HI: Side.HIGH,
    Level.LO: Side.LOW,
    Level.LOLO: Side.LOW,
    Level.OFFLINE: Side.CONTACT,
    Level.RANGE: Side.RANGE,
}


class Priority(IntEnum):
    """How soon somebody must act; a smaller number is more urgent."""

    CRITICAL = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


class Base(StrEnum):
    """The base states of ISA-18.2 by their letters."""

    NORMAL = "A"
    UNACKNOWLEDGED = "B"
    ACKNOWLEDGED = "C"
    RETURNED = "D"
    LATCHED_UNACKNOWLEDGED = "E"
    LATCHED_ACKNOWLEDGED = "F"

    @property
    def word(self) -> str:
        """The word that exports and lists carry."""
        return self.name.lower()

    @property
    def is_active(self) -> bool:
        """Whether the condition is present."""
        return self in (Base.UNACKNOWLEDGED, Base.ACKNOWLEDGED)

    @property
    def is_unacknowledged(self) -> bool:
        """Whether nobody has seen it yet."""
        return self in (Base.UNACKNOWLEDGED, Base.RETURNED, Base.LATCHED_UNACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """When the points that a pattern names become abnormal; without limit OFFLINE takes the setting; RANGE has none."""

    point: str
    level: Level
    limit: float | None
    deadband: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    priority: Priority = Priority.MEDIUM
    latching: bool = False
    ack_required: bool = True
    revision: int = field(default=0, compare=False)

    @property
    def key(self) -> RuleKey:
        return RuleKey(self.point, self.level)


@dataclass(frozen=True, slots=True, order=True)
class RuleKey:
    """What makes a rule one rule: a pattern has one limit at each level."""

    point: str
    level: Level


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that is broken now, with everything the alarm must remember of it."""

    level: Level
    priority: Priority
    limit: float
    value: float
    measured_at: datetime
    latching: bool = False
    ack_required: bool = True


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who has seen which occurrence, and when."""

    by: str
    at: datetime
    occurrence: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """One point on one side. `level` is the worst of its occurrence until acknowledged, `present` what is broken."""

    id: AlarmId
    point: PointId
    side: Side
    level: Level
    priority: Priority
    limit: float
    value: float
    measured_at: datetime
    changed_at: datetime
    present: Level | None = None
    base: Base = Base.NORMAL
    occurrence: int = 0
    raised_at: datetime | None = None
    cleared_at: datetime | None = None
    acknowledgement: Acknowledgement | None = None
    latching: bool = False
    ack_required: bool = True
    revision: int = 0

    @property
    def device(self) -> DeviceId:
        return split_point(self.point)[0]

    @property
    def is_listed(self) -> bool:
        """Whether it stands in the operator's list: everything but the normal."""
        return self.base is not Base.NORMAL

    @property
    def is_of_a_newer_kind(self) -> bool:
        """Whether a newer program raised it in words that this one does not know: it is shown, and left to that one."""
        return any(is_stranger(word) for word in (self.side, self.level, self.base))

    @property
    def is_seen(self) -> bool:
        """Whether the present occurrence has been acknowledged."""
        return self.acknowledgement is not None and self.acknowledgement.occurrence == self.occurrence


def alarm_id(point: PointId, side: Side) -> AlarmId:
    """The name of an alarm, the same on every console and after every restart."""
    return AlarmId(f"{point}/{side}")


def contact_point(device: DeviceId) -> PointId:
    """The point under which a device's silence is alarmed."""
    return point_of(device, CONTACT_QUANTITY)


class Happening(StrEnum):
    """What an alarm may meet; the words of the journal."""

    COND_TRUE = "cond_true"
    COND_FALSE = "cond_false"
    RAISE_PRIORITY = "raise_priority"
    LOWER_PRIORITY = "lower_priority"
    ACKNOWLEDGE = "ack"
    RESET = "reset"
    RETIRE = "retired"


@dataclass(frozen=True, slots=True)
class Stimulus:
    """Something that happens to an alarm: a condition with its breach, or a person's wish."""

    kind: Happening
    at: datetime
    breach: Breach | None = None
    by: str = ""
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one alarm, as the journal keeps it."""

    stimulus: Stimulus
    before: Alarm
    after: Alarm
    origin: str


@dataclass(frozen=True, slots=True)
class Timer:
    """A delay that runs: the condition has been pressing towards `towards` since then; without `since` it ended."""

    point: PointId
    level: Level
    towards: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What an earlier run of this core could not bring to the database, in order."""

    steps: tuple[Step, ...] = ()
    timers: tuple[Timer, ...] = ()


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One written line of an alarm's past."""

    seq: int
    alarm: AlarmId
    at: datetime
    kind: Happening
    before: Base
    after: Base
    occurrence: int
    level: Level
    priority: Priority
    value: float
    limit: float
    measured_at: datetime
    who: str
    origin: str

    @property
    def is_annunciation(self) -> bool:
        """Whether an occurrence began here: the moment at which an operator was called."""
        return self.after is Base.UNACKNOWLEDGED and self.kind in (Happening.COND_TRUE, Happening.RAISE_PRIORITY)


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """How many alarms stand, and how many nobody has seen."""

    active: int
    unacknowledged: int


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """It worked: the alarm as it is now."""

    alarm: Alarm


@dataclass(frozen=True, slots=True)
class AlreadyAcknowledged:
    """Somebody was faster."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StaleOccurrence:
    """The alarm has come again since it was shown; the operator must look at this occurrence."""

    current: int


@dataclass(frozen=True, slots=True)
class NothingToAcknowledge:
    """The alarm is normal."""


@dataclass(frozen=True, slots=True)
class NothingLatched:
    """There is no latch to reset."""


@dataclass(frozen=True, slots=True)
class AcknowledgeFirst:
    """A latched alarm is reset only after somebody has seen it."""


@dataclass(frozen=True, slots=True)
class AlarmNotFound:
    """No alarm has this name."""

    id: str


@dataclass(frozen=True, slots=True)
class AcknowledgePending:
    """The database is away: the wish is kept, and applies when it is back within the time."""

    until: datetime


Refusal = AlreadyAcknowledged | StaleOccurrence | NothingToAcknowledge | NothingLatched | AcknowledgeFirst
AcknowledgeOutcome = Acknowledged | Refusal | AlarmNotFound | AcknowledgePending


@dataclass(frozen=True, slots=True)
class RuleFault:
    """Why rules cannot be accepted: the line or rule it is about, and a sentence."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """What would change in the rules."""

    added: tuple[AlarmRule, ...] = ()
    changed: tuple[tuple[AlarmRule, AlarmRule], ...] = ()
    removed: tuple[AlarmRule, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class RulesSaved:
    """The edit is in force."""

    edit: RuleEdit


@dataclass(frozen=True, slots=True)
class RulesRefused:
    """The edit was not applied, for these reasons."""

    faults: tuple[RuleFault, ...]


@dataclass(frozen=True, slots=True)
class RulesChangedMeanwhile:
    """Somebody else changed one of these rules first; nothing was overwritten."""

    rule: AlarmRule | None
    key: RuleKey
    by: str
    at: datetime | None


RulesOutcome = RulesSaved | RulesRefused | RulesChangedMeanwhile
