"""The newest condition of every limit on every point, and the silence of every device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from backend_core.alarms.model import (
    Alarm,
    AlarmId,
    AlarmRule,
    Breach,
    Happening,
    Level,
    Side,
    Timer,
    alarm_id,
    contact_point,
)
from backend_core.alarms.rules import condition
from backend_core.alarms.rules.condition import BROKEN, CALM, Condition, Threshold, may_decide
from backend_core.alarms.rules.matching import RuleIndex
from backend_core.kernel.clock import from_us, to_us
from backend_core.kernel.identities import DeviceId, PointId, split_point
from backend_core.kernel.quality import Mark, Quality
from backend_core.kernel.strangers import is_stranger
from backend_core.telemetry.model import Reading, stale_after_s

SECOND_US = 1_000_000
_NEVER_US = -(2**62)
# Plain integers: an operation with a flag's own class costs ten times as much, a hundred thousand times a second.
_FUTURE, _RETAINED, _RANGE = int(Mark.TIME_FUTURE), int(Mark.RETAINED), int(Mark.RANGE)
_ONE_READING = 1.0
"""The limit of RANGE: a single reading that cannot be is enough."""


class Finding(NamedTuple):
    """A condition that changed: what it means for the alarm of this point and side."""

    point: PointId
    side: Side
    kind: Happening
    breach: Breach

    @property
    def alarm_id(self) -> AlarmId:
        return alarm_id(self.point, self.side)


class Rung:
    """One limit of one point with its present condition."""

    __slots__ = ("condition", "limit", "rule", "threshold")

    def __init__(self, rule: AlarmRule, limit: float) -> None:
        self.rule = rule
        self.limit = limit
        self.condition: Condition = CALM
        self.threshold: Threshold = condition.threshold(
            is_high=rule.level.side is not Side.LOW,
            limit=limit,
            deadband=rule.deadband,
            on_delay_s=rule.on_delay_s,
            off_delay_s=rule.off_delay_s,
        )


class SideWatch:
    """The limits of one side, mild before severe, and the worst of them that is broken."""

    __slots__ = ("is_unsure", "point", "present", "rungs", "side")

    def __init__(self, point: PointId, side: Side, rungs: tuple[Rung, ...]) -> None:
        self.point = point
        self.side = side
        self.rungs = rungs
        self.present: Level | None = None
        self.is_unsure = False  # after a restart or a change of rules the next reading decides anew

    def worst(self) -> Rung | None:
        """The most severe limit that is broken."""
        for rung in reversed(self.rungs):
            if rung.condition.is_true:
                return rung
        return None


class PointWatch:
    """One point: its limits, and the reading that they were last compared with."""

    __slots__ = ("device", "heard_s", "is_restored", "last_us", "sense", "sides", "value")

    def __init__(self, device: DeviceWatch) -> None:
        self.device = device
        self.sides: tuple[SideWatch, ...] = ()
        self.sense: SideWatch | None = None
        self.last_us = _NEVER_US
        self.heard_s = 0.0
        self.value = 0.0
        self.is_restored = False


class DeviceWatch:
    """One device and how long it has been silent."""

    __slots__ = ("contact", "heard_s")

    def __init__(self, heard_s: float, contact: SideWatch | None) -> None:
        self.heard_s = heard_s
        self.contact = contact


class Watchboard:
    """Compares readings with limits; precompiled, so that a point without rules costs a look-up."""

    def __init__(self, period_of: Callable[[PointId], float], offline_after_s: float) -> None:
        self._period_of = period_of
        self._offline_after_s = offline_after_s
        self._rules = RuleIndex(())
        self._points: dict[PointId, PointWatch] = {}
        self._devices: dict[DeviceId, DeviceWatch] = {}
        self._running: set[PointId] = set()
        self._timers: dict[tuple[PointId, Level], Timer] = {}

    @property
    def points(self) -> Iterable[PointId]:
        """Every point heard of so far."""
        return self._points.keys()

    @property
    def has_timers(self) -> bool:
        """Whether a delay began or ended since `take_timers` was last asked."""
        return bool(self._timers)

    def take_timers(self) -> tuple[Timer, ...]:
        """The delays that began or ended since the last call, to be kept."""
        taken = tuple(self._timers.values())
        self._timers.clear()
        return taken

    @property
    def timers(self) -> Iterable[Timer]:
        """The delays that `take_timers` would give."""
        return self._timers.values()

    def put_back(self, timers: Iterable[Timer]) -> None:
        """These could not be kept yet; a newer word on the same delay stands."""
        for timer in timers:
            self._timers.setdefault((timer.point, timer.level), timer)

    def arm(self, rules: Sequence[AlarmRule]) -> None:
        """Use these rules from now on; conditions of limits that stay are carried over."""
        self._rules = RuleIndex([rule for rule in rules if not is_stranger(rule.level)])
        for point, watch in self._points.items():
            sides, sense = watch.sides, watch.sense
            self._give_sides(watch, point)
            _carry_over(sides, watch.sides)
            if sense is not None and watch.sense is not None:
                _carry_over((sense,), (watch.sense,))
        for device, known in self._devices.items():
            contact = self._contact(device)
            if known.contact is not None and contact is not None:
                _carry_over((known.contact,), (contact,))
            known.contact = contact

    def restore(self, alarms: Iterable[Alarm], timers: Iterable[Timer], now_s: float) -> None:
        """Begin where another core stopped: what was broken is broken still, and delays run on."""
        self._points.clear()
        self._devices.clear()
        self._running.clear()
        self._timers.clear()
        for alarm in alarms:
            self._restore_alarm(alarm, now_s)
        for timer in timers:
            self._restore_timer(timer, now_s)

    def expect(self, devices: Iterable[DeviceId], now_s: float) -> None:
        """These devices ought to be heard of: their silence counts from now."""
        for device in devices:
            self._device(device, now_s)

    def forgive_silence(self, now_s: float) -> None:
        """We could not hear: silence counts from now, except for those already found silent."""
        for watch in self._devices.values():
            if watch.contact is None or watch.contact.present is None:
                watch.heard_s = now_s

    def hear(self, readings: Iterable[Reading], now_s: float) -> None:
        """Note that these devices spoke, whatever they said; a retained message is nobody's voice."""
        points = self._points
        for reading in readings:
            if not reading.marks & _RETAINED:
                watch = points.get(reading.point) or self._point(reading.point, now_s)
                watch.device.heard_s = now_s

    def judge(self, readings: Iterable[Reading], now_s: float) -> list[Finding]:
        """Compare fresh readings with their limits; only what changed is answered."""
        found: list[Finding] = []
        points = self._points
        for point, ts_us, _, value, quality, marks, received_us, _ in readings:
            watch = points.get(point) or self._point(point, now_s)
            sense = watch.sense
            if sense is not None and (marks & _RANGE or sense.is_unsure or sense.rungs[-1].condition is not CALM):
                found += _make_sense(sense, value, ts_us, quality, marks)
            if watch.sides and may_decide(value, quality):
                # A time from the future would stop every later reading; the time received counts then.
                there_us = received_us if marks & _FUTURE else ts_us
                if there_us >= watch.last_us:
                    found += self._compare(watch, point, value, there_us)
                    watch.last_us, watch.value, watch.heard_s, watch.is_restored = there_us, value, now_s, False
        return found

    def pass_time(self, now_s: float, now_us: int, *, can_hear: bool) -> list[Finding]:
        """Let delays and silences run out; the delay of a point whose data is stale does not."""
        found = [finding for point in tuple(self._running) for finding in self._run_out(point, now_s)]
        if can_hear:
            for watch in self._devices.values():
                if watch.contact is not None:
                    found += _listen(watch.contact, now_s - watch.heard_s, now_us)
        return found

    def breach(self, point: PointId, side: Side) -> Breach | None:
        """What the last reading of the point breaks on this side now."""
        watch = self._points.get(point)
        if watch is None:
            return None
        worst = next((worst for s in watch.sides if s.side is side and (worst := s.worst())), None)
        return None if worst is None else _breach(worst, watch.value, watch.last_us)

    def rules_for(self, point: PointId, side: Side) -> tuple[AlarmRule, ...]:
        """The rules that speak for this side of the point, mild before severe."""
        return tuple(rule for rule in self._rules.resolve(point) if rule.level.side is side)

    def _compare(self, watch: PointWatch, point: PointId, value: float, ts_us: int) -> list[Finding]:
        continuous = True
        if point in self._running and not watch.is_restored:
            continuous = ts_us - watch.last_us <= stale_after_s(self._period_of(point)) * SECOND_US
        found: list[Finding] = []
        for side in watch.sides:
            moved = side.is_unsure
            for rung in side.rungs:
                after = condition.step(rung.condition, rung.threshold, value, ts_us, continuous)
                if after is not rung.condition:
                    self._note(point, rung, after)
                    moved = True
            if moved:
                found += _conclude(side, value, ts_us)
        return found

    def _run_out(self, point: PointId, now_s: float) -> list[Finding]:
        watch = self._points[point]
        silent_s = now_s - watch.heard_s
        if watch.is_restored or silent_s > stale_after_s(self._period_of(point)):
            return []
        there_us = watch.last_us + round(silent_s * SECOND_US)
        found: list[Finding] = []
        for side in watch.sides:
            for rung in side.rungs:
                after = condition.let_pass(rung.condition, rung.threshold, there_us)
                if after is not rung.condition:
                    self._note(point, rung, after)
                    found += _conclude(side, watch.value, there_us)
        return found

    def _note(self, point: PointId, rung: Rung, after: Condition) -> None:
        """Take over the condition, and remember whether its delay runs."""
        before, rung.condition = rung.condition, after
        if before.since_us == after.since_us:
            return
        since = None if after.since_us is None else from_us(after.since_us)
        self._timers[(point, rung.rule.level)] = Timer(point, rung.rule.level, not after.is_true, since)
        if since is not None:
            self._running.add(point)
        elif all(r.condition.since_us is None for side in self._points[point].sides for r in side.rungs):
            self._running.discard(point)

    def _point(self, point: PointId, now_s: float) -> PointWatch:
        watch = self._points.get(point)
        if watch is None:
            device = self._device(split_point(point)[0], now_s)
            watch = self._points[point] = PointWatch(device)
            self._give_sides(watch, point)
        return watch

    def _device(self, device: DeviceId, now_s: float) -> DeviceWatch:
        watch = self._devices.get(device)
        if watch is None:
            watch = self._devices[device] = DeviceWatch(now_s, self._contact(device))
        return watch

    def _sides(self, point: PointId) -> tuple[SideWatch, ...]:
        by_side: dict[Side, list[Rung]] = {}
        for rule in self._rules.resolve(point):
            limit = _ONE_READING if rule.level is Level.RANGE else rule.limit
            limit = self._offline_after_s if limit is None else limit
            by_side.setdefault(rule.level.side, []).append(Rung(rule, limit))
        return tuple(SideWatch(point, side, tuple(rungs)) for side, rungs in by_side.items())

    def _give_sides(self, watch: PointWatch, point: PointId) -> None:
        sides = self._sides(point)
        watch.sides = tuple(side for side in sides if side.side in (Side.HIGH, Side.LOW))
        watch.sense = next((side for side in sides if side.side is Side.RANGE), None)

    def _contact(self, device: DeviceId) -> SideWatch | None:
        return next((side for side in self._sides(contact_point(device)) if side.side is Side.CONTACT), None)

    def _restore_alarm(self, alarm: Alarm, now_s: float) -> None:
        if alarm.side is Side.CONTACT:
            device = self._device(alarm.device, now_s)
            sides: tuple[SideWatch, ...] = (device.contact,) if device.contact else ()
            if alarm.present and device.contact:
                worst = device.contact.rungs[-1]
                device.heard_s = now_s - worst.limit - worst.rule.on_delay_s
        else:
            watch = self._point(alarm.point, now_s)
            sides = watch.sides if watch.sense is None else (*watch.sides, watch.sense)
            if alarm.side is not Side.RANGE:
                watch.last_us, watch.is_restored = max(watch.last_us, to_us(alarm.measured_at)), True
                watch.value = alarm.value
        for side in sides:
            if side.side is alarm.side:
                _take_over(side, alarm.present)

    def _restore_timer(self, timer: Timer, now_s: float) -> None:
        watch = self._point(timer.point, now_s)
        for side in watch.sides:
            for rung in side.rungs:
                if rung.rule.level is timer.level and timer.since is not None:
                    rung.condition = Condition(not timer.towards, to_us(timer.since))
                    watch.last_us, watch.is_restored = max(watch.last_us, to_us(timer.since)), True
                    self._running.add(timer.point)


def _carry_over(before: Iterable[SideWatch], after: Iterable[SideWatch]) -> None:
    old = {side.side: side for side in before}
    for side in after:
        if was := old.get(side.side):
            conditions = {rung.rule.level: rung.condition for rung in was.rungs}
            for rung in side.rungs:
                rung.condition = conditions.get(rung.rule.level, CALM)
            side.present, side.is_unsure = was.present, True


def _take_over(side: SideWatch, present: Level | None) -> None:
    side.present, side.is_unsure = present, True
    for rung in side.rungs:
        rung.condition = BROKEN if present is not None and rung.rule.level.rank <= present.rank else CALM


def _listen(contact: SideWatch, silent_s: float, now_us: int) -> list[Finding]:
    rung = contact.rungs[-1]
    after = condition.step(rung.condition, rung.threshold, silent_s, now_us, True)
    if after is rung.condition and not contact.is_unsure:
        return []
    rung.condition = after
    return _conclude(contact, silent_s, now_us)


def _make_sense(sense: SideWatch, value: float, ts_us: int, quality: Quality, marks: int) -> list[Finding]:
    """Whether a value can be at all; what is bad for another reason says nothing of that."""
    cannot_be = bool(marks & _RANGE)
    if not cannot_be and not may_decide(value, quality):
        return []
    rung = sense.rungs[-1]
    rung.condition = condition.step(rung.condition, rung.threshold, float(cannot_be), ts_us, True)
    return _conclude(sense, value, ts_us)


def _conclude(side: SideWatch, value: float, ts_us: int) -> list[Finding]:
    """Name the change, if it is one, from the level that was broken before to the one broken now."""
    side.is_unsure = False
    before, worst = side.present, side.worst()
    after = None if worst is None else worst.rule.level
    if after is before:
        return []
    side.present = after
    rung = worst or next((rung for rung in side.rungs if rung.rule.level is before), side.rungs[-1])
    return [Finding(side.point, side.side, _kind(before, after), _breach(rung, value, ts_us))]


def _kind(before: Level | None, after: Level | None) -> Happening:
    if after is None:
        return Happening.COND_FALSE
    if before is None:
        return Happening.COND_TRUE
    return Happening.RAISE_PRIORITY if after.rank > before.rank else Happening.LOWER_PRIORITY


def _breach(rung: Rung, value: float, ts_us: int) -> Breach:
    rule = rung.rule
    return Breach(rule.level, rule.priority, rung.limit, value, from_us(ts_us), rule.latching, rule.ack_required)
