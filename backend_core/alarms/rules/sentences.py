"""What an alarm's change says in the event log."""

from __future__ import annotations

from backend_core.alarms.model import Alarm, Happening, Level, Side, Step


def sentence_of(step: Step) -> str:
    """One sentence about a change."""
    alarm, after = step.before, step.after
    match step.stimulus.kind:
        case Happening.COND_TRUE | Happening.RAISE_PRIORITY:
            return f"{_breach(after)} (priority {int(after.priority)}, occurrence {after.occurrence})."
        case Happening.LOWER_PRIORITY:
            return f"{after.point} is back within its worse limit and still beyond {after.present}."
        case Happening.COND_FALSE:
            return f"{_return(after)}."
        case Happening.ACKNOWLEDGE:
            return f"{step.stimulus.by} acknowledged {alarm.level} of {alarm.point}, occurrence {alarm.occurrence}."
        case Happening.RESET:
            return f"{step.stimulus.by} reset the latched {alarm.level} of {alarm.point}."
        case Happening.RETIRE:
            return f"{alarm.level} of {alarm.point} was retired: its rule is gone."


def _breach(alarm: Alarm) -> str:
    if alarm.level is Level.OFFLINE:
        return f"{alarm.device} has been silent for more than {alarm.limit:g} s"
    if alarm.level is Level.RANGE:
        return f"{alarm.point} reports {alarm.value:g}, which cannot be"
    moved = "rose to" if alarm.side is Side.HIGH else "fell to"
    return f"{alarm.point} {moved} {alarm.value:g}, beyond {alarm.level} {alarm.limit:g}"


def _return(alarm: Alarm) -> str:
    if alarm.level is Level.OFFLINE:
        return f"{alarm.device} is heard again"
    if alarm.level is Level.RANGE:
        return f"{alarm.point} reports {alarm.value:g}, which can be again"
    return f"{alarm.point} is back at {alarm.value:g}, within its limits"
