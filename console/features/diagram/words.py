"""Every text of the single-line diagram."""

from datetime import datetime

from backend_core.virtual_grid.model import PlantStatus

TITLE = "Single-line diagram"
SUMMARY = "The grid as it is switched now: what is alive, what it carries, what is abnormal."

FIT = "fit"
FULL_SIZE = "100 %"
ELEMENT_LIST = "list"
SAVE = "save"
FIT_HELP = "Show the whole diagram (Home)."
FULL_SIZE_HELP = "Show the diagram at its natural size (0)."
LIST_HELP = "Show every element as a line of text, for keyboard and screen reader."
SAVE_HELP = "Save the visible part as PNG, SVG or PDF."

ACTION_FIT = "Diagram: show the whole"
ACTION_FULL_SIZE = "Diagram: natural size"
ACTION_LIST = "Diagram: show elements as a list"
ACTION_SAVE = "Diagram: save picture"
ACTION_TREND = "Diagram: trend of the selected element"
ACTION_ALARMS = "Diagram: alarms of the selected element"
ACTION_CLOSE_FACEPLATE = "Diagram: close the faceplate"

START_SIMULATOR = "Start the simulated grid"
STOP_SIMULATOR = "Stop the simulated grid"
ACTION_START_SIMULATOR = "Simulator: start the simulated grid"
ACTION_STOP_SIMULATOR = "Simulator: stop the simulated grid"
NO_SIMULATOR = "This console shows a real plant; there is no simulated grid to start or stop."
SIMULATOR_STATES = {"stopped": "grid stopped", "starting": "grid starting", "running": "grid simulated"}

EMPTY = "Here stands the single-line diagram of your grid."
EMPTY_WHY = "The network has not been read yet."
EMPTY_NEXT = "It appears by itself as soon as the core answers."
NO_DRAWING = "The network could not be drawn."

FILES = "Pictures (*.png *.svg *.pdf)"
SAVE_TITLE = "Save the diagram"

SUPPLY = {
    "energised": "energised",
    "dead": "dead",
    "partly_known": "not known",
    "earthed": "dead and earthed",
}
SUPPLY_ROW = "supply"
FED_ROW = "fed from"
POSITION_ROW = "position"
BY_HAND = "by hand or estimated"
POSITIONS = {0: "open", 1: "closed", 2: "between open and closed", 3: "position unknown"}
QUALITIES = {0: "good", 1: "uncertain", 2: "stale", 3: "bad", 4: "never seen"}

KINDS = {
    "Bus": "busbar",
    "Line": "line",
    "Transformer": "transformer",
    "Generator": "generator",
    "ExternalGrid": "external network",
    "Load": "load",
    "Shunt": "shunt",
    "DistributedSource": "distributed source",
    "Storage": "storage",
    "Switch": "switch",
}

TREND_BUTTON = "Trend  T"
ALARMS_BUTTON = "Alarms  A"
STUDY_BUTTON = "What if"
STUDY_HELP = "Solve what would happen if this switch were operated; nothing happens to the live grid."
OPEN_BUTTON = "Open"
CLOSE_BUTTON = "Close"
NO_ALARMS = "No alarm stands here."
WAITING = "Ordered. The symbol moves when the switch reports its position."
NO_CONTROL = "Only the simulator takes orders from here; this switch belongs to a real plant."
NOT_LIVE = "Orders are given from the live view only."
STUDY_FRAME = "STUDY"
STUDY_SCOPE, LIVE_SCOPE, PAST_SCOPE, UNHEARD_SCOPE = "live → study", "live", "history", "no readings"


def scope(title: str, now: str) -> str:
    return f"{title} · {now}"


def choose_title(title: str) -> str:
    return f"Show {title}"


def freshness(shown: int, good: int) -> str:
    if shown and not good:
        return f"none of {shown} values heard: n/a"
    return f"{good} of {shown} values good"


def alarm_line(priority: int, condition: str, raised_at: datetime | None, *, is_seen: bool) -> str:
    when = f"{raised_at.astimezone():%H:%M:%S}" if raised_at else "now"
    return f"{condition}, priority {priority}, since {when}, {'acknowledged' if is_seen else 'unacknowledged'}"


def alarm_condition(quantity: str, level: str, value: str) -> str:
    names = {"HIHI": "very high", "HI": "high", "LO": "low", "LOLO": "very low", "RANGE": "implausible"}
    return f"{quantity} {names.get(level, level)}: {value}" if level != "OFFLINE" else "does not report"


def fed_from(sources: list[str]) -> str:
    return ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")


def order_title(switch: str, *, close: bool) -> str:
    return f"{'Close' if close else 'Open'} {switch}"


def order_question(switch: str, *, close: bool) -> str:
    return f"{'Close' if close else 'Open'} {switch} on the simulator?"


def saved(name: str) -> str:
    return f"The diagram was saved as {name}."


def not_saved(name: str, reason: str) -> str:
    return f"{name} could not be written: {reason}. Choose another folder."


def described(name: str, parts: list[str]) -> str:
    return ", ".join([name, *parts])


def simulator_tip(status: PlantStatus) -> str:
    """One line that tells how the simulated grid stands."""
    story = f" · story {status.story_title}" if status.story_title else ""
    failed = f" · {status.failed_solutions} not solvable" if status.failed_solutions else ""
    return (
        f"Simulated grid {status.state.value}{story} · its clock {status.simulated_at:%H:%M}"
        f" · {status.solutions} solutions{failed} · {status.messages:,} messages"
    )
