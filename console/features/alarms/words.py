"""Every text of the alarm panels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from backend_core.alarms.model import (
    AcknowledgeFirst,
    AcknowledgePending,
    AlarmNotFound,
    AlreadyAcknowledged,
    Happening,
    Level,
    NothingLatched,
    NothingToAcknowledge,
    Side,
    StaleOccurrence,
)
from backend_core.kernel.strangers import told

TITLE = "Alarms"
SUMMARY = "Every condition that needs an operator: unacknowledged first, then by priority."
SCOPE = "unacknowledged first"

PRIORITY, TIME, WHERE, CONDITION, VALUE, STATE = "P", "Time", "Where", "Condition", "Value", "State"
UNACKNOWLEDGED, RETURNED, PENDING, LATCHED = "unacknowledged", "returned", "pending…", "latched"
EVERY, ONLY_UNSEEN, ONLY_ACTIVE, ONLY_RETURNED = "all alarms", "unacknowledged", "active", "returned"
GROUPS = (EVERY, ONLY_UNSEEN, ONLY_ACTIVE, ONLY_RETURNED)

ACKNOWLEDGE, SILENCE, DIAGRAM, TREND, GUIDANCE = "acknowledge", "silence", "diagram", "trend", "guidance"
ACKNOWLEDGE_HELP = "Tell everybody that you have seen the selected alarms"
SILENCE_HELP = "Stop the sound; the alarms stay as they are"
DIAGRAM_HELP = "Show the place on the single-line diagram"
TREND_HELP = "Show the value around the moment of the alarm"
GUIDANCE_HELP = "Show what may be behind it and what to do"
THEN = "grid then"
THEN_HELP = "Show the whole console as it was when the alarm came"
ACTION_ACKNOWLEDGE = "Alarms: acknowledge the selected"
ACTION_RESET = "Alarms: reset the selected latched alarm"
ACTION_EVENTS = "Alarms: show the events of the selected place"

CALM = "No active alarms"
NOT_SURE = "No alarm is known, but the data is not fresh"
NOT_SURE_WHY = "Alarms can only be as new as the data behind them."
NOT_SURE_NEXT = "Look at the liveness strip above; the panel Diagnostics says which link is away."
WAITING = "Alarms stand here: what is abnormal, since when, and who has seen it"
WAITING_WHY = "The core has not answered yet."

NOTHING_CHOSEN = "Choose an alarm to see its limits, times, guidance and journal"
JOURNAL = "Journal"
WHAT, WHO = "What", "Who"
JOURNAL_EMPTY = "Nothing is written about this alarm yet."
LIMIT, NOW, LEVEL, OCCURRENCE, POINT = "limit", "value now", "level", "occurrence", "point"
RAISED, BACK, SEEN = "raised", "returned", "acknowledged"
NOBODY = "by nobody yet"
STILL = "still present"
CANNOT_BE = "reported what cannot be"
CAUSES, CONSEQUENCE, ACT = "May be behind it", "If nobody acts", "What to do"

_QUANTITIES = {
    "loading_percent": "Loading",
    "voltage": "Voltage",
    "frequency": "Frequency",
    "temperature": "Temperature",
    "thd": "Distortion",
    "current": "Current",
    "dc_voltage": "DC link voltage",
    "power_factor": "Power factor",
    "active_power": "Active power",
    "reactive_power": "Reactive power",
}
_LEVELS = {
    Level.HIHI: "high-high",
    Level.HI: "high",
    Level.LO: "low",
    Level.LOLO: "low-low",
    Level.OFFLINE: "Offline",
    Level.RANGE: "implausible",
}
_UNSURE = "basis uncertain"
PRIORITIES = {1: "critical", 2: "high", 3: "medium", 4: "low"}
_HAPPENINGS = {
    Happening.COND_TRUE: "raised",
    Happening.COND_FALSE: "returned",
    Happening.RAISE_PRIORITY: "got worse",
    Happening.LOWER_PRIORITY: "got better",
    Happening.ACKNOWLEDGE: "acknowledged",
    Happening.RESET: "reset",
    Happening.RETIRE: "retired, its rule is gone",
}

_GUIDANCE: dict[tuple[str, Side], tuple[str, str, str]] = {
    ("loading_percent", Side.HIGH): (
        "More load than planned, a parallel branch out of service, or generation far from the load.",
        "The winding or conductor heats up; its protection may trip and push the load onto the neighbours.",
        "Look at the diagram for a parallel path, move generation or load, and try the switching in a study first.",
    ),
    ("voltage", Side.LOW): (
        "Heavy load, a lost infeed, or too little reactive support nearby.",
        "Motors stall and load draws more current; below about 0.85 pu the voltage may collapse.",
        "Switch a capacitor in, raise a generator's set-point, or shed load at this bus.",
    ),
    ("voltage", Side.HIGH): (
        "Light load on long lines, a capacitor left in, or a generator's set-point too high.",
        "Insulation ages and consumers' devices fail.",
        "Switch the capacitor out or lower the nearest generator's set-point.",
    ),
    ("frequency", Side.LOW): (
        "Generation was lost, or load came faster than generation followed.",
        "Below 49.0 Hz load is shed by relays, without asking.",
        "Raise generation, start reserves, and be ready to shed load by hand.",
    ),
    ("frequency", Side.HIGH): (
        "Load was lost, or an island has more generation than load.",
        "Generators trip at over-frequency and the frequency then falls.",
        "Lower generation and look for a tripped feeder.",
    ),
    ("temperature", Side.HIGH): (
        "Overload, blocked cooling, or high ambient temperature.",
        "The device protects itself by tripping, or loses years of its life.",
        "Lower its load and send somebody to look at the cooling.",
    ),
    ("thd", Side.HIGH): (
        "A converter close to its limits, resonance with a capacitor, or a failing filter.",
        "Transformers and capacitors heat up, protection may act wrongly.",
        "Lower the converter's power and watch whether the distortion follows.",
    ),
    ("online", Side.CONTACT): (
        "The device has no supply, its network is away, or it failed.",
        "What it measures is not known; its last values are stale.",
        "Look whether its neighbours answer too, then ask 'why is there no data' in Diagnostics.",
    ),
}
_OF_METERS = (
    "A meter or its wiring has failed, its scale is set wrongly, or two of its fields are swapped.",
    "Its values are kept as bad and nobody watches this place: no limit can raise an alarm here meanwhile.",
    "Compare it with its neighbours in a trend, and have the meter looked at.",
)
_NO_GUIDANCE = (
    "Nothing is written for this quantity yet.",
    "The limit was set because beyond it somebody should look.",
    "Look at the diagram and the trend, and say in the log what you found.",
)


def guidance(quantity: str, side: Side) -> tuple[str, str, str]:
    """Cause, consequence and action for a kind of alarm."""
    return _OF_METERS if side is Side.RANGE else _GUIDANCE.get((quantity, side), _NO_GUIDANCE)


def condition(quantity: str, level: Level) -> str:
    """What is abnormal: `Loading high-high`."""
    if level is Level.OFFLINE:
        return _LEVELS[level]
    return f"{_QUANTITIES.get(quantity, quantity.replace('_', ' ').capitalize())} {_LEVELS.get(level) or told(level)}"


def unsure(condition_text: str) -> str:
    """An alarm whose value is no longer known stands, and says that it does so by an old reading."""
    return f"{condition_text}, {_UNSURE}"


def happening(kind: Happening) -> str:
    return _HAPPENINGS.get(kind) or told(kind)


def clock_of(moment: datetime | None, today: datetime) -> str:
    """Local time, with the day when it is not today."""
    if moment is None:
        return ""
    local, now = moment.astimezone(), today.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local.day} {local:%b %H:%M}"


def seen_by(name: str, at: datetime) -> str:
    return f"{name} {at.astimezone():%H:%M}"


def priority_word(priority: int) -> str:
    return f"priority {priority}, {PRIORITIES[priority]}"


def counts(unacknowledged: int, active: int, by_priority: Mapping[int, int]) -> str:
    each = ", ".join(f"{count:,} {PRIORITIES[priority]}" for priority, count in sorted(by_priority.items()))
    return f"{unacknowledged:,} unacknowledged · {active:,} active" + (f" · {each}" if each else "")


def scope(group: str) -> str:
    return f"{group} · {SCOPE}"


def fresh(age_s: float, online: int, known: int) -> str:
    return f"✓ data {age_s:.1f} s old · {online:,} of {known:,} devices heard"


def acknowledge_title(where: str, condition_text: str) -> str:
    return f"Acknowledge {where}, {condition_text.lower()}"


def reset_title(where: str) -> str:
    return f"Reset the latched alarm of {where}"


def refusal(outcome: object, where: str) -> str:
    """Why an acknowledgement was not taken, in a sentence."""
    match outcome:
        case AlreadyAcknowledged(by, at):
            return f"{where} was already acknowledged by {by} at {at.astimezone():%H:%M:%S}."
        case StaleOccurrence(current):
            return f"{where} has come again since it was shown: look at occurrence {current} and acknowledge that."
        case NothingToAcknowledge():
            return f"{where} is normal; there is nothing to acknowledge."
        case NothingLatched():
            return f"{where} is not latched; there is nothing to reset."
        case AcknowledgeFirst():
            return f"{where} must be acknowledged before it can be reset."
        case AlarmNotFound(name):
            return f"The core knows no alarm '{name}'."
        case AcknowledgePending(until):
            return (
                f"The database is away: your acknowledgement of {where} is kept and applies when it is back "
                f"before {until.astimezone():%H:%M}."
            )
    return ""
