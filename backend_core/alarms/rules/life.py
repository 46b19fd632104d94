"""The life of an alarm: how it opens, who has seen it, when it may close."""

from __future__ import annotations

from dataclasses import replace

from backend_core.alarms.model import (
    AcknowledgeFirst,
    Acknowledgement,
    Alarm,
    AlreadyAcknowledged,
    Base,
    Breach,
    Happening,
    NothingLatched,
    NothingToAcknowledge,
    Refusal,
    StaleOccurrence,
    Stimulus,
)


def meet(alarm: Alarm, stimulus: Stimulus) -> Alarm | Refusal:
    """What becomes of the alarm: itself when nothing changes, its next state, or why a person's wish is refused."""
    after = _decide(alarm, stimulus)
    if not isinstance(after, Alarm) or after is alarm:
        return after
    return replace(after, changed_at=stimulus.at, revision=alarm.revision + 1)


def _decide(alarm: Alarm, stimulus: Stimulus) -> Alarm | Refusal:
    breach = stimulus.breach
    match stimulus.kind:
        case Happening.COND_TRUE if breach is not None:
            return _cond_true(alarm, breach, stimulus)
        case Happening.RAISE_PRIORITY if breach is not None:
            return _raise_priority(alarm, breach, stimulus)
        case Happening.LOWER_PRIORITY if breach is not None:
            return _lower_priority(alarm, breach)
        case Happening.COND_FALSE:
            return _cond_false(alarm, stimulus)
        case Happening.ACKNOWLEDGE:
            return _acknowledge(alarm, stimulus)
        case Happening.RESET:
            return _reset(alarm)
        case Happening.RETIRE:
            return _retire(alarm, stimulus)
    raise ValueError(f"{stimulus.kind} needs a breach")


def _cond_true(alarm: Alarm, breach: Breach, stimulus: Stimulus) -> Alarm | Refusal:
    if alarm.base.is_active:
        return alarm
    return _annunciate(alarm, breach, stimulus)


def _raise_priority(alarm: Alarm, breach: Breach, stimulus: Stimulus) -> Alarm | Refusal:
    if not alarm.base.is_active:
        return alarm
    if _is_worse(breach, alarm):
        return _annunciate(alarm, breach, stimulus)
    # Back at a level that the operator has not acknowledged yet: it is the same occurrence still.
    return _follow(alarm, breach)


def _lower_priority(alarm: Alarm, breach: Breach) -> Alarm:
    if not alarm.base.is_active:
        return alarm
    followed = _follow(alarm, breach)
    if alarm.base is Base.UNACKNOWLEDGED:
        return followed
    return _keep_unless_changed(
        alarm, replace(followed, level=breach.level, priority=breach.priority, limit=breach.limit)
    )


def _cond_false(alarm: Alarm, stimulus: Stimulus) -> Alarm:
    if not alarm.base.is_active:
        return alarm
    seen = alarm.base is Base.ACKNOWLEDGED
    if alarm.latching:
        base = Base.LATCHED_ACKNOWLEDGED if seen else Base.LATCHED_UNACKNOWLEDGED
    else:
        base = Base.NORMAL if seen or not alarm.ack_required else Base.RETURNED
    breach = stimulus.breach
    value, measured_at = (breach.value, breach.measured_at) if breach else (alarm.value, alarm.measured_at)
    return replace(alarm, base=base, present=None, cleared_at=stimulus.at, value=value, measured_at=measured_at)


def _acknowledge(alarm: Alarm, stimulus: Stimulus) -> Alarm | Refusal:
    if not alarm.base.is_unacknowledged:
        earlier = alarm.acknowledgement
        if earlier is not None and earlier.occurrence == stimulus.occurrence:
            return AlreadyAcknowledged(earlier.by, earlier.at)
        return NothingToAcknowledge() if alarm.base is Base.NORMAL else StaleOccurrence(alarm.occurrence)
    if stimulus.occurrence != alarm.occurrence:
        return StaleOccurrence(alarm.occurrence)
    seen = replace(alarm, acknowledgement=Acknowledgement(stimulus.by, stimulus.at, alarm.occurrence))
    match alarm.base:
        case Base.UNACKNOWLEDGED:
            return replace(seen, base=Base.ACKNOWLEDGED)
        case Base.RETURNED:
            return replace(seen, base=Base.NORMAL)
        case _:
            return replace(seen, base=Base.LATCHED_ACKNOWLEDGED)


def _reset(alarm: Alarm) -> Alarm | Refusal:
    match alarm.base:
        case Base.LATCHED_ACKNOWLEDGED:
            return replace(alarm, base=Base.NORMAL)
        case Base.LATCHED_UNACKNOWLEDGED:
            return AcknowledgeFirst()
        case _:
            return NothingLatched()


def _retire(alarm: Alarm, stimulus: Stimulus) -> Alarm:
    if alarm.base is Base.NORMAL:
        return alarm
    return replace(alarm, base=Base.NORMAL, present=None, cleared_at=alarm.cleared_at or stimulus.at)


def _annunciate(alarm: Alarm, breach: Breach, stimulus: Stimulus) -> Alarm:
    return replace(
        alarm,
        base=Base.UNACKNOWLEDGED,
        present=breach.level,
        occurrence=alarm.occurrence + 1,
        level=breach.level,
        priority=breach.priority,
        limit=breach.limit,
        value=breach.value,
        measured_at=breach.measured_at,
        raised_at=stimulus.at,
        cleared_at=None,
        latching=breach.latching,
        ack_required=breach.ack_required,
    )


def _is_worse(breach: Breach, alarm: Alarm) -> bool:
    if breach.level is not alarm.level:
        return breach.level.rank > alarm.level.rank
    return breach.priority < alarm.priority


def _follow(alarm: Alarm, breach: Breach) -> Alarm:
    followed = replace(alarm, present=breach.level, value=breach.value, measured_at=breach.measured_at)
    return followed if followed.present is not alarm.present else alarm


def _keep_unless_changed(alarm: Alarm, after: Alarm) -> Alarm:
    return (
        alarm if (after.present, after.level, after.priority) == (alarm.present, alarm.level, alarm.priority) else after
    )
