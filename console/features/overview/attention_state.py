"""What needs attention now, most urgent first: alarms, dead loads, the outage, links that are down, silent devices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backend_core.alarms.model import Alarm, Level, Priority
from backend_core.kernel.identities import split_point
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import stale_after_s
from console.features.overview import words
from console.features.targets import Subject

if TYPE_CHECKING:
    from console.features.overview.state import OverviewState

MOST_ALARMS = 50
NAMED = 4


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at; `point` is what the doctor is asked about when there is nothing else to show."""

    id: str
    priority: int
    what: str
    detail: str
    since: datetime | None
    subject: Subject
    is_over: bool = False
    is_unseen: bool = False


def urgency(concern: Concern) -> tuple[bool, int, float]:
    """Unseen first, then the most urgent, then the newest."""
    return (not concern.is_unseen, concern.priority, -(concern.since.timestamp() if concern.since else 0.0))


def concerns(state: OverviewState, monotonic_s: float) -> list[Concern]:
    """Everything that is not as it should be."""
    found = [*_outage(state), *_links(state), *_dead_loads(state), *_silent(state, monotonic_s)]
    alarms = sorted((_of_alarm(alarm, state, monotonic_s) for alarm in state.alarms.values()), key=urgency)
    return sorted([*found, *alarms[:MOST_ALARMS]], key=urgency)


def _of_alarm(alarm: Alarm, state: OverviewState, monotonic_s: float) -> Concern:
    device, quantity = split_point(alarm.point)
    live = state.values.get(alarm.point)
    now = live.value if live is not None and live.quality_at(monotonic_s) <= Quality.UNCERTAIN else None
    subject = Subject(device, device, (str(alarm.point),), str(alarm.id), alarm.occurrence)
    return Concern(
        id=str(alarm.id),
        priority=int(alarm.priority),
        what=words.alarm(device, quantity, alarm.level),
        detail=words.alarm_detail(alarm, now),
        since=alarm.raised_at,
        subject=subject,
        is_over=not alarm.base.is_active,
        is_unseen=alarm.base.is_unacknowledged,
    )


def _outage(state: OverviewState) -> Iterator[Concern]:
    board = state.board
    if board is not None and (outage := board.open_outage) is not None:
        what, detail = words.outage(outage.offline, outage.known), words.listed(outage.names, NAMED)
        yield Concern("outage", Priority.HIGH, what, detail, outage.started_at, Subject(what))


def _links(state: OverviewState) -> Iterator[Concern]:
    for link in state.health.links.values() if state.health else ():
        if not link.ok:
            since = datetime.fromtimestamp(link.since_us / 1e6, UTC)
            what = words.link_down(link.name)
            yield Concern(f"link {link.name}", Priority.HIGH, what, link.detail, since, Subject(what))


def _dead_loads(state: OverviewState) -> Iterator[Concern]:
    dead = state.energisation.dead_load_ids if state.energisation else ()
    if dead:
        what = words.dead_loads(len(dead))
        subject = Subject(what, dead[0])
        yield Concern("dead loads", Priority.HIGH, what, words.listed(dead, NAMED), None, subject)


def _silent(state: OverviewState, monotonic_s: float) -> Iterator[Concern]:
    silent = silent_devices(state, monotonic_s)
    if silent:
        what, points = words.silent(len(silent)), tuple(silent.values())
        subject = Subject(what, None, points[:NAMED])
        yield Concern("silent devices", Priority.MEDIUM, what, words.listed(tuple(silent), NAMED), None, subject)


def silent_devices(state: OverviewState, monotonic_s: float) -> dict[str, str]:
    """Devices none of whose values is fresh, with one of their points; those already alarmed as silent are left out."""
    alarmed = {alarm.device for alarm in state.alarms.values() if alarm.level is Level.OFFLINE}
    fresh: set[str] = set()
    stale: dict[str, str] = {}
    for point, live in state.values.items():
        device, _ = split_point(point)
        if monotonic_s - live.received_monotonic_s <= stale_after_s(live.period_s):
            fresh.add(device)
        else:
            stale.setdefault(device, point)
    return {d: point for d, point in sorted(stale.items()) if d not in fresh and d not in alarmed}
