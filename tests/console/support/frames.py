"""Frames as a core would hand them out, in the words of a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from backend_core.alarms.events import AlarmChanged
from backend_core.alarms.model import Alarm, Base, Level, Priority, alarm_id
from backend_core.gateway.frame import CoreHealth, Frame
from backend_core.history.model import Spooled
from backend_core.kernel.identities import DeviceId, PointId, point_of
from backend_core.kernel.links import LinkName, LinkState
from backend_core.sharing.model import Presence
from tests.console.support.screen import NOON


def microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def link(name: LinkName, *, ok: bool = True, since: datetime = NOON, latency_ms: float | None = 4.0) -> LinkState:
    return LinkState(name, ok, microseconds(since), "", latency_ms if ok else None)


def health(
    *,
    leader: str | None = "west-1",
    leads: bool = True,
    links: Mapping[LinkName, LinkState] | None = None,
    data_age_p95_s: float | None = 0.8,
    at: datetime = NOON,
    spooled: Spooled | None = None,
    journal_age_s: float | None = 0.5,
    present: Sequence[Presence] = (),
    warnings: Sequence[str] = (),
) -> CoreHealth:
    """A core that is well, unless the test says otherwise."""
    return CoreHealth(
        at_us=microseconds(at),
        monotonic_s=0.0,
        role="leader" if leads else "stand-by",
        leads=leads,
        leader=leader,
        epoch=1,
        links=links or {LinkName.BROKER: link(LinkName.BROKER), LinkName.DATABASE: link(LinkName.DATABASE)},
        data_age_p95_s=data_age_p95_s,
        devices_online=31,
        devices_known=32,
        messages_per_s=120.0,
        readings_stored=1_000,
        rejected={},
        loop_lag_ms=1.0,
        depths={},
        dropped={},
        spooled=spooled or Spooled(),
        journal_age_s=journal_age_s,
        present=present,
        warnings=warnings,
    )


def alarm(
    device: str = "T1",
    quantity: str = "loading_percent",
    *,
    value: float = 102.8,
    limit: float = 100.0,
    level: Level = Level.HIHI,
    priority: Priority = Priority.CRITICAL,
    base: Base = Base.UNACKNOWLEDGED,
    occurrence: int = 1,
    raised_at: datetime = NOON,
) -> Alarm:
    point: PointId = point_of(DeviceId(device), quantity)
    return Alarm(
        alarm_id(point, level.side), point, level.side, level, priority, limit, value, raised_at, raised_at,
        present=level if base.is_active else None, base=base, occurrence=occurrence, raised_at=raised_at,
        cleared_at=None if base.is_active else raised_at,
    )  # fmt: skip


def changed(*alarms: Alarm) -> tuple[AlarmChanged, ...]:
    return tuple(AlarmChanged(each, "here") for each in alarms)


def frame(number: int = 1, **sections: object) -> Frame:
    return Frame(number, 0.0, **sections)  # type: ignore[arg-type]
