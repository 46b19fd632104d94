"""Lives of alarms that are wrong in one way each: a test that accepts one of them tests nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend_core.alarms.model import Acknowledgement, Alarm, Base, Happening, Refusal, Stimulus
from backend_core.alarms.rules import life

Meet = Callable[[Alarm, Stimulus], Alarm | Refusal]


def _wrong(kind: Happening, base: Base, after: Base, *, occurrences: int = 0) -> Meet:
    """The right life, but for one cell of the table."""

    def meet(alarm: Alarm, stimulus: Stimulus) -> Alarm | Refusal:
        if stimulus.kind is kind and alarm.base is base:
            return replace(alarm, base=after, occurrence=alarm.occurrence + occurrences, revision=alarm.revision + 1)
        return life.meet(alarm, stimulus)

    return meet


def _accepts_stale(alarm: Alarm, stimulus: Stimulus) -> Alarm | Refusal:
    if stimulus.kind is Happening.ACKNOWLEDGE:
        stimulus = replace(stimulus, occurrence=alarm.occurrence)
    return life.meet(alarm, stimulus)


def _forgets_the_first_name(alarm: Alarm, stimulus: Stimulus) -> Alarm | Refusal:
    if stimulus.kind is Happening.ACKNOWLEDGE and alarm.base is Base.ACKNOWLEDGED:
        return replace(alarm, acknowledgement=Acknowledgement(stimulus.by, stimulus.at, alarm.occurrence))
    return life.meet(alarm, stimulus)


def _ignores_the_latch(alarm: Alarm, stimulus: Stimulus) -> Alarm | Refusal:
    return life.meet(replace(alarm, latching=False) if stimulus.kind is Happening.COND_FALSE else alarm, stimulus)


def _always_wants_an_acknowledgement(alarm: Alarm, stimulus: Stimulus) -> Alarm | Refusal:
    return life.meet(replace(alarm, ack_required=True), stimulus)


MUTANTS: dict[str, Meet] = {
    "an active alarm vanishes when its value returns unseen": _wrong(
        Happening.COND_FALSE, Base.UNACKNOWLEDGED, Base.NORMAL
    ),
    "a stale acknowledgement is taken": _accepts_stale,
    "a second acknowledgement overwrites the first name": _forgets_the_first_name,
    "a worse level stays acknowledged": _wrong(Happening.RAISE_PRIORITY, Base.ACKNOWLEDGED, Base.ACKNOWLEDGED),
    "a worse level keeps the occurrence": _wrong(Happening.RAISE_PRIORITY, Base.UNACKNOWLEDGED, Base.UNACKNOWLEDGED),
    "coming back keeps the occurrence": _wrong(Happening.COND_TRUE, Base.RETURNED, Base.UNACKNOWLEDGED),
    "a present condition annunciates again": _wrong(
        Happening.COND_TRUE, Base.ACKNOWLEDGED, Base.UNACKNOWLEDGED, occurrences=1
    ),
    "a latch is reset unseen": _wrong(Happening.RESET, Base.LATCHED_UNACKNOWLEDGED, Base.NORMAL),
    "a latch does not hold": _ignores_the_latch,
    "acknowledging a returned alarm keeps it": _wrong(Happening.ACKNOWLEDGE, Base.RETURNED, Base.ACKNOWLEDGED),
    "acknowledging clears the condition": _wrong(Happening.ACKNOWLEDGE, Base.UNACKNOWLEDGED, Base.NORMAL),
    "an alarm that needs nobody waits for somebody": _always_wants_an_acknowledgement,
}
