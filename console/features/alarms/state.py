"""What the alarm list knows: standing alarms, the present values of their points, and what is on its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from backend_core.alarms.model import Alarm, Base, Level, Side
from backend_core.kernel.identities import split_point
from backend_core.kernel.quality import Quality
from console.features.alarms import words

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame
    from backend_core.gateway.readings import PointInfo
    from backend_core.telemetry.model import LiveValue

FRESH_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One line of the list. `silent_s` is for a device that is not heard: it has no value, only an age."""

    id: str
    point: str
    where: str
    condition: str
    priority: int
    occurrence: int
    raised_at: datetime | None
    time: str
    state: str
    is_active: bool
    is_unacknowledged: bool
    value: float | None
    unit: str
    decimals: int
    trust: int
    age_s: float | None
    silent_s: float | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows that are new or different, and the ids of those that are gone."""

    upserted: tuple[AlarmRow, ...] = ()
    removed: tuple[str, ...] = ()


def urgency(row: AlarmRow) -> tuple[bool, int, float]:
    """Unacknowledged first, then the most urgent, then the newest."""
    return (not row.is_unacknowledged, row.priority, -(row.raised_at.timestamp() if row.raised_at else 0.0))


class AlarmsState:
    """A function of frames; rows are made anew only for what changed."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._now = now
        self._monotonic = monotonic
        self._alarms: dict[str, Alarm] = {}
        self._values: dict[str, LiveValue] = {}
        self._points: dict[str, PointInfo] = {}
        self._rows: dict[str, AlarmRow] = {}
        self._pending: Callable[[str], bool] = lambda alarm: False
        self.group = words.EVERY
        self.is_loaded = False
        self.freshness: str | None = None

    def ask_pending(self, is_pending: Callable[[str], bool]) -> None:
        """Whom to ask whether an order for an alarm is on its way."""
        self._pending = is_pending

    def learn(self, points: Iterable[PointInfo]) -> Changes:
        """Units and decimals of points."""
        self._points = {str(info.point): info for info in points}
        return self.refresh()

    def forget_values(self) -> None:
        """Another time is shown: the values seen so far are not of it."""
        self._values.clear()

    def reset(self, alarms: Iterable[Alarm]) -> Changes:
        """The whole list anew."""
        self._alarms = {alarm.id: alarm for alarm in alarms if alarm.is_listed}
        self.is_loaded = True
        return self.refresh()

    def apply(self, frame: Frame) -> Changes:
        """Take in what changed: alarms in order, and the values of the points that stand in the list."""
        touched: dict[str, None] = {}
        for change in frame.alarms:
            alarm = change.alarm
            touched[alarm.id] = None
            if alarm.is_listed:
                self._alarms[alarm.id] = alarm
            else:
                self._alarms.pop(alarm.id, None)
        if frame.values:
            for alarm in self._alarms.values():
                if (value := frame.values.get(alarm.point)) is not None:
                    self._values[alarm.point] = value
                    touched[alarm.id] = None
        self._note_freshness(frame)
        return self._remake(touched)

    def refresh(self) -> Changes:
        """Every row anew: a second has passed, a wish was sent, or the group was changed."""
        return self._remake(dict.fromkeys([*self._alarms, *self._rows]))

    def rows(self) -> list[AlarmRow]:
        """The rows of the chosen group, most urgent first."""
        return sorted(self._rows.values(), key=urgency)

    def row(self, alarm: str) -> AlarmRow | None:
        return self._rows.get(alarm)

    def alarm(self, alarm: str) -> Alarm | None:
        return self._alarms.get(alarm)

    def value(self, point: str) -> LiveValue | None:
        """The newest value of a point in the list."""
        return self._values.get(point)

    def most_urgent(self, count: int) -> tuple[AlarmRow, ...]:
        """The first of the list, whatever group is chosen."""
        every = sorted((self._row(alarm) for alarm in self._alarms.values()), key=urgency)
        return tuple(every[:count])

    @property
    def unacknowledged(self) -> int:
        return sum(alarm.base.is_unacknowledged for alarm in self._alarms.values())

    @property
    def active(self) -> int:
        return sum(alarm.base.is_active for alarm in self._alarms.values())

    @property
    def by_priority(self) -> Counter[int]:
        """How many stand in the list of each priority."""
        return Counter(int(alarm.priority) for alarm in self._alarms.values())

    def _remake(self, touched: Iterable[str]) -> Changes:
        upserted, removed = [], []
        for alarm_id in touched:
            alarm, before = self._alarms.get(alarm_id), self._rows.get(alarm_id)
            if alarm is None or not self._is_in_group(alarm):
                if self._rows.pop(alarm_id, None) is not None:
                    removed.append(alarm_id)
                continue
            row = self._row(alarm)
            if row != before:
                self._rows[alarm_id] = row
                upserted.append(row)
        return Changes(tuple(upserted), tuple(removed))

    def _is_in_group(self, alarm: Alarm) -> bool:
        match self.group:
            case words.ONLY_UNSEEN:
                return alarm.base.is_unacknowledged
            case words.ONLY_ACTIVE:
                return alarm.base.is_active
            case words.ONLY_RETURNED:
                return not alarm.base.is_active
            case _:
                return True

    def _row(self, alarm: Alarm) -> AlarmRow:
        device, quantity = split_point(alarm.point)
        info, live = self._points.get(alarm.point), self._values.get(alarm.point)
        age_s = None if live is None else self._monotonic() - live.received_monotonic_s
        trust = Quality.GOOD if live is None else live.quality_at(self._monotonic())
        is_silent = alarm.level is Level.OFFLINE
        condition = words.condition(quantity, alarm.level)
        return AlarmRow(
            id=alarm.id,
            point=alarm.point,
            where=device,
            condition=words.unsure(condition) if self._is_unsure(alarm, trust) else condition,
            priority=int(alarm.priority),
            occurrence=alarm.occurrence,
            raised_at=alarm.raised_at,
            time=words.clock_of(alarm.raised_at, self._now()),
            state=self._state(alarm),
            is_active=alarm.base.is_active,
            is_unacknowledged=alarm.base.is_unacknowledged,
            value=None if is_silent else alarm.value if live is None else live.value,
            unit=info.unit if info else "",
            decimals=info.decimals if info else 1,
            trust=int(trust),
            age_s=round(age_s) if age_s is not None and trust is Quality.STALE else None,
            silent_s=self._silent_s(alarm) if is_silent and alarm.base.is_active else None,
        )

    @staticmethod
    def _is_unsure(alarm: Alarm, trust: Quality) -> bool:
        """Whether nothing that may be believed says any more that it is so; silence speaks for itself."""
        return alarm.base.is_active and alarm.side in (Side.HIGH, Side.LOW) and trust >= Quality.STALE

    def _state(self, alarm: Alarm) -> str:
        if self._pending(alarm.id):
            return words.PENDING
        match alarm.base:
            case Base.UNACKNOWLEDGED:
                return words.UNACKNOWLEDGED
            case Base.RETURNED:
                return words.RETURNED
            case Base.LATCHED_UNACKNOWLEDGED | Base.LATCHED_ACKNOWLEDGED:
                return words.LATCHED
        seen = alarm.acknowledgement
        return words.seen_by(seen.by, seen.at) if seen else ""

    def _silent_s(self, alarm: Alarm) -> float | None:
        if alarm.raised_at is None:
            return None
        return round((self._now() - alarm.raised_at).total_seconds() + alarm.limit)

    def _note_freshness(self, frame: Frame) -> None:
        health = frame.health
        if health is None:
            return
        age_s = health.data_age_p95_s
        is_fresh = age_s is not None and age_s <= FRESH_WITHIN_S and all(link.ok for link in health.links.values())
        self.freshness = (
            words.fresh(age_s, health.devices_online, health.devices_known) if is_fresh and age_s is not None else None
        )
