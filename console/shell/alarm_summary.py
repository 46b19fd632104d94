"""The most urgent alarms and their counts, as the banner of every window shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend_core.alarms.model import Alarm, Level, Priority
from backend_core.gateway.readings import PointInfo
from backend_core.kernel.identities import PointId, split_point
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import LiveValue
from console.features.targets import Subject
from console.shell import words
from ui.marks import Mark
from ui.values import show_value


@dataclass(frozen=True, slots=True)
class UrgentAlarm:
    """One alarm of the banner, in words."""

    subject: Subject
    title: str
    detail: str
    mark: Mark
    unacknowledged: bool


class AlarmSummary:
    """Holds every standing alarm; ordered: unacknowledged first, then by priority, then the newest."""

    def __init__(self) -> None:
        self._alarms: dict[str, Alarm] = {}
        self._points: dict[str, PointInfo] = {}
        self._values: dict[str, LiveValue] = {}

    def know(self, points: Iterable[PointInfo]) -> None:
        """What points are called, and their units."""
        self._points = {point.point: point for point in points}

    def see(self, values: Mapping[PointId, LiveValue]) -> None:
        """The newest values: the banner says how things stand, not how they stood when the alarm came."""
        for alarm in self._alarms.values():
            if (value := values.get(alarm.point)) is not None:
                self._values[alarm.point] = value

    @property
    def strangers(self) -> frozenset[str]:
        """Points of alarms whose name and unit are not known yet."""
        return frozenset(alarm.point for alarm in self._alarms.values()) - self._points.keys()

    def reset(self, alarms: Iterable[Alarm]) -> list[Alarm]:
        """Take in all that stand, in place of what was known; returns the new ones, as `apply` does."""
        standing = [alarm for alarm in alarms if alarm.is_listed]
        gone = self._alarms.keys() - {alarm.id for alarm in standing}
        for alarm_id in gone:
            del self._alarms[alarm_id]
        return self.apply(standing)

    def apply(self, alarms: Iterable[Alarm]) -> list[Alarm]:
        """Take in changes; returns those that are unacknowledged and were not before: they deserve a sound."""
        new = []
        for alarm in alarms:
            before = self._alarms.get(alarm.id)
            if alarm.is_listed:
                self._alarms[alarm.id] = alarm
            else:
                self._alarms.pop(alarm.id, None)
            again = before is None or not before.base.is_unacknowledged or before.occurrence != alarm.occurrence
            if alarm.base.is_unacknowledged and again:
                new.append(alarm)
        return new

    @property
    def most_urgent(self) -> Priority | None:
        """The highest priority that nobody has acknowledged yet."""
        return min((alarm.priority for alarm in self._alarms.values() if alarm.base.is_unacknowledged), default=None)

    @property
    def unacknowledged(self) -> int:
        return sum(alarm.base.is_unacknowledged for alarm in self._alarms.values())

    @property
    def active(self) -> int:
        return sum(alarm.base.is_active for alarm in self._alarms.values())

    def first(self, count: int, monotonic_s: float | None = None) -> list[UrgentAlarm]:
        """The most urgent, with their values at a moment of the local clock; without one, as they were raised."""
        ordered = sorted(self._alarms.values(), key=_urgency)[:count]
        return [_in_words(alarm, self._points.get(alarm.point), self._value(alarm, monotonic_s)) for alarm in ordered]

    def _value(self, alarm: Alarm, monotonic_s: float | None) -> tuple[float, int]:
        live = self._values.get(alarm.point)
        if live is None or monotonic_s is None:
            return alarm.value, int(Quality.GOOD)
        return live.value, int(live.quality_at(monotonic_s))


def _urgency(alarm: Alarm) -> tuple[bool, int, float]:
    raised = alarm.raised_at.timestamp() if alarm.raised_at else 0.0
    return (not alarm.base.is_unacknowledged, int(alarm.priority), -raised)


def _in_words(alarm: Alarm, info: PointInfo | None, now: tuple[float, int]) -> UrgentAlarm:
    device, quantity = split_point(alarm.point)
    name = info.title if info else f"{device} {quantity.replace('_', ' ')}"
    unit, decimals = (info.unit, info.decimals) if info else ("", 2)
    if alarm.level is Level.OFFLINE:
        title, detail = words.alarm_offline(device), words.offline_since(alarm.measured_at.astimezone())
    elif alarm.level is Level.RANGE:
        title, detail = words.alarm_implausible(name), words.reported(show_value(alarm.value, unit, decimals).text)
    else:
        value, trust = now
        title = words.alarm_title(name, show_value(value, unit, decimals, trust=trust).text)
        detail = words.alarm_limit(alarm.level, show_value(alarm.limit, unit, decimals).text)
    if not alarm.base.is_active and alarm.cleared_at is not None:
        detail = words.returned_at(alarm.cleared_at.astimezone())
    subject = Subject(title, str(device), (str(alarm.point),), str(alarm.id), alarm.occurrence, alarm.raised_at)
    unseen = alarm.base.is_unacknowledged
    mark = Mark(int(alarm.priority), hollow=not alarm.base.is_active, pulsing=unseen)
    return UrgentAlarm(subject, title, detail, mark, unseen)
