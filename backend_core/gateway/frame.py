"""What a screen is shown: one immutable frame of all that changed since the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from backend_core.history.model import Spooled
from backend_core.kernel.identities import PointId
from backend_core.kernel.links import LinkName, LinkState
from backend_core.telemetry.model import LiveValue

if TYPE_CHECKING:
    from backend_core.alarms.events import AlarmChanged
    from backend_core.grid.events import EnergisationChanged
    from backend_core.outages.model import Board
    from backend_core.sharing.model import Presence
    from backend_core.virtual_grid.model import PlantStatus

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class Sample(NamedTuple):
    """One reading as a trend needs it."""

    ts_us: int
    value: float
    quality: int


@dataclass(frozen=True, slots=True)
class SampleRun:
    """The readings of one point since the last frame, oldest first; `trimmed` older ones did not fit."""

    samples: tuple[Sample, ...]
    trimmed: int = 0


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the event log as it is shown and exported."""

    id: int
    at: datetime
    kind: str
    who: str
    object: str
    text: str
    origin: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the operator; `tone` is info, warning or failure."""

    tone: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CoreHealth:
    """How the core itself fares; a new one comes with every second, which is the screen's sign of life.

    `leader` is the name of the leading console or core, nothing when none leads; `leads` tells whether it is this one.
    `data_age_p95_s` is taken over all points against the time now. Depths are counts of waiting items by queue name.
    `journal_age_s` is how long ago the changes of all consoles were last read to their end, nothing before the first
    time. `present` are the consoles on the record, this one (`console`) among them. `warnings` are sentences that
    stand in every window while they hold.
    """

    at_us: int
    monotonic_s: float
    role: str
    leads: bool
    leader: str | None
    epoch: int
    links: Mapping[LinkName, LinkState]
    data_age_p95_s: float | None
    devices_online: int
    devices_known: int
    messages_per_s: float
    readings_stored: int
    rejected: Mapping[str, int]
    loop_lag_ms: float
    depths: Mapping[str, int]
    dropped: Mapping[str, int]
    consoles: int = 1
    journal_age_s: float | None = None
    console: str = ""
    present: Sequence[Presence] = ()
    warnings: Sequence[str] = ()
    spooled: Spooled = field(default_factory=Spooled)


@dataclass(frozen=True, slots=True)
class Frame:
    """All that changed since the frame before; sections that did not change are empty.

    Newest wins in `values`, `links`, `board`, `health`, `simulator` and `energisation`; `samples` are bounded runs;
    `alarms`, `log` and `notices` hold every change in order. A name in `reload` (values, alarms, log, history, network)
    tells that a bound was passed, or that the whole of it changed, and the panel must ask for that section anew.
    """

    number: int
    taken_monotonic_s: float
    values: Mapping[PointId, LiveValue] = field(default_factory=lambda: _NOTHING)
    samples: Mapping[PointId, SampleRun] = field(default_factory=lambda: _NOTHING)
    alarms: Sequence[AlarmChanged] = ()
    log: Sequence[LogLine] = ()
    notices: Sequence[Notice] = ()
    board: Board | None = None
    energisation: EnergisationChanged | None = None
    simulator: PlantStatus | None = None
    health: CoreHealth | None = None
    reload: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to hand out."""
        parts = (self.values, self.samples, self.alarms, self.log, self.notices, self.reload)
        newest = (self.board, self.energisation, self.simulator, self.health)
        return not any(parts) and all(part is None for part in newest)
