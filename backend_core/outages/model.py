"""The nouns of outages: smart switches, checks, what they add up to, and outages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from backend_core.kernel.identities import PointId


class Verdict(StrEnum):
    """Whether a smart switch has power, as far as a probe can tell."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class ProbeError(StrEnum):
    """Why a probe got no clean answer."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    HTTP = "http"
    OBSERVER_BAD = "observer_bad"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a smart switch answers."""

    scheme: str
    host: str
    port: int
    path: str = "/"


@dataclass(frozen=True, slots=True)
class SmartSwitch:
    """A powered device that is probed; its name is its identity, and `device_named` tells the device of its points."""

    name: str
    address: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class SwitchReading:
    """One value that a smart switch told about its own supply."""

    point: PointId
    value: float
    measured_at: datetime


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What came back from one probe, before anyone judges it; `status` is set when HTTP was spoken."""

    name: str
    started_at: datetime
    response_ms: float | None = None
    status: int | None = None
    error: ProbeError | None = None
    readings: tuple[SwitchReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One judged probe, as it is stored."""

    name: str
    checked_at: datetime
    verdict: Verdict
    response_ms: float | None
    error: ProbeError | None
    observer: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which every check of a smart switch said the same."""

    verdict: Verdict
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A smart switch as it is now; `since` is the first check of the present verdict."""

    switch: SmartSwitch
    verdict: Verdict = Verdict.UNKNOWN
    since: datetime | None = None
    checked_at: datetime | None = None
    response_ms: float | None = None
    error: ProbeError | None = None
    flapping: bool = False
    spans: tuple[Span, ...] = ()

    @property
    def name(self) -> str:
        return self.switch.name


@dataclass(frozen=True, slots=True)
class Affected:
    """A smart switch that an outage took, from its first failure to its return."""

    name: str
    since: datetime
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which so many known smart switches were dark that the supply itself must have failed.

    `offline` of `known` is the count of the latest round that was judged while it was open.
    """

    id: int
    started_at: datetime
    ended_at: datetime | None
    affected: tuple[Affected, ...]
    offline: int
    known: int
    single_observer: bool = True

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(a.name for a in self.affected)

    def duration(self, now: datetime) -> timedelta:
        """How long it has lasted, or lasted in all."""
        return (self.ended_at or now) - self.started_at


@dataclass(frozen=True, slots=True)
class Tally:
    """How many active smart switches stand where; flapping ones count as unknown."""

    online: int = 0
    offline: int = 0
    unknown: int = 0

    @property
    def known(self) -> int:
        return self.online + self.offline

    @property
    def total(self) -> int:
        return self.known + self.unknown

    @property
    def offline_share(self) -> float:
        return self.offline / self.known if self.known else 0.0


@dataclass(frozen=True, slots=True)
class Cycle:
    """How the latest round of probes went."""

    started_at: datetime
    took_s: float
    probed: int
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a screen shows of smart switches and outages, at one moment."""

    as_of: datetime
    standings: tuple[Standing, ...] = ()
    open_outage: Outage | None = None
    past_outages: tuple[Outage, ...] = ()
    tally: Tally = Tally()
    uptime_day: float | None = None
    observer_ok: bool = True
    cycle: Cycle | None = None
    interval_s: float = 60.0


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """How long and how often to probe; the figures come from the settings."""

    interval_s: float = 60.0
    timeout_s: float = 5.0
    connect_timeout_s: float = 2.0
    refused_is_power: bool = False
    keep_days: float = 30.0


@dataclass(frozen=True, slots=True)
class OutageLimits:
    """From which share of how many known smart switches a failure is an outage."""

    threshold: float = 0.5
    min_known: int = 3


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """All that the service is told by the settings; `observer` is the name of this console or core."""

    observer: str
    probing: ProbeLimits = ProbeLimits()
    outage: OutageLimits = OutageLimits()


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the event log."""

    kind: str
    object_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to the list of smart switches, by whom and from where; `seen` is what its author saw before it."""

    kept: tuple[SmartSwitch, ...]
    removed: tuple[str, ...]
    who: str
    origin: str
    at: datetime
    seen: tuple[SmartSwitch, ...] = ()


@dataclass(frozen=True, slots=True)
class EditedMeanwhile:
    """Nothing was written: this one is no longer as the editor saw it; `now` is nothing when it was removed."""

    name: str
    now: SmartSwitch | None
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one entry of a form or one line of a file, in a sentence."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of an import file, as it was written."""

    line: int
    name: str
    address: str
    active: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do; with findings it does nothing at all."""

    added: tuple[SmartSwitch, ...] = ()
    changed: tuple[SmartSwitch, ...] = ()
    unchanged: int = 0
    findings: tuple[Finding, ...] = field(default=())

    @property
    def is_clean(self) -> bool:
        return not self.findings
