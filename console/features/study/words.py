"""Every text of the what-if study."""

from datetime import datetime

TITLE = "What if"
SUMMARY = "Starts from the live state, changes switches, branches and loads, and shows what would come of it."

START = "1  Start"
CHANGES = "2  Changes"
RESULT = "3  Result"
UNCHANGED = "–"
NO_CHANGE = "nothing changed"
NO_START = "No start yet: the live state is being read."
TAKE_AGAIN = "Take again"
TAKE_AGAIN_HELP = "Begin from the live state of this moment; the changes stay (Ctrl+R)."
ALL_GOOD = "all readings good"
ELEMENTS = "What can be changed"
EMPTY = "What if a switch opened, a line tripped, the load grew?"
EMPTY_WHY = "The live state has not been read yet, so there is nothing to start from."
EMPTY_NEXT = "It is read by itself as soon as the core answers."

COLUMN_ELEMENT = "Element"
COLUMN_KIND = "What"
COLUMN_NOW = "At the start"
COLUMN_STUDY = "In the study"
COLUMN_FIGURE = "Figure"
COLUMN_BEFORE = "Start"
COLUMN_AFTER = "Study"
COLUMN_CHANGE = "Change"
COLUMN_WHAT = "Limit broken"
COLUMN_LIMIT = "Limit"
PRIORITY = "P"

POSITIONS = {0: "open", 1: "closed", 2: "intermediate", 3: "unknown"}
IN_SERVICE = "in service"
TRIPPED = "tripped"
SWITCH_KINDS = {
    "breaker": "breaker",
    "disconnector": "disconnector",
    "load_break": "load-break switch",
    "earthing": "earthing switch",
}
LINE = "line"
TRANSFORMER = "transformer"
LOAD = "load"
LOAD_DARK = "load, dark now"

ALL_LOADS = "All loads"
ONE_LOAD = "This load"
ONE_LOAD_HELP = "Choose a load in the table to scale it alone."
CHANGE = "Change"
CHANGE_HELP = "Open or close the switch, trip or restore the branch in the chosen row (Enter)."
UNDO = "Undo"
CLEAR = "Clear"
RUN = "Run the study"
RUN_AGAIN = "Run again"
RUN_HELP = "Solve the changed grid in a process of its own (Ctrl+Enter). The live grid is not touched."
NO_STEPS = "Nothing changed yet: the study would show the start itself."
RUNNING = "Solving the study"
CANCELLED = "The study was cancelled. Nothing was changed."
OUTDATED = "The changes are newer than this result. Run again."

ACTION_RUN = "What if: run the study"
ACTION_UNDO = "What if: undo the last change"
ACTION_CLEAR = "What if: clear all changes"
ACTION_START = "What if: take the live state again"

NO_VIOLATIONS = "No limit is broken."
NO_VIOLATIONS_WHY = "Every voltage lies in its band, nothing is overloaded, every load has power."
VIOLATIONS = "Broken limits"
FIGURES = "The start beside the study"

KINDS = {
    "voltage_low": "Voltage low",
    "voltage_high": "Voltage high",
    "overload": "Overload",
    "generation_high": "More than it can generate",
    "reactive_limit": "Reactive power past its limit",
    "dead_load": "Without power",
}

FIGURE_LOAD = "Load supplied"
FIGURE_GENERATION = "Generation"
FIGURE_LOSSES = "Losses"
FIGURE_LOWEST = "Lowest voltage"
FIGURE_HEAVIEST = "Heaviest loading"
FIGURE_UNSERVED = "Load without power"
FIGURE_CUSTOMERS = "Customers without power"

NO_SOURCE = "Nothing has power: no source that could hold a voltage is left in the grid."
NO_SOURCE_REMEDY = "Undo a step that parts the last generator or infeed from the grid."
WRONG_ANSWER = "The solver's answer does not satisfy Kirchhoff's laws, so it is not shown."
WRONG_ANSWER_REMEDY = "Undo the last step, or report the network file: an impedance in it may be wrong."
START_UNSOLVED = "The start itself has no solution, so there is nothing to compare with."


def scope(network: str) -> str:
    return f"{network} · not live"


def freshness(taken_at: datetime, age: str) -> str:
    return f"start {taken_at:%H:%M:%S} UTC · {age} old"


def start(taken_at: datetime, good: int, wanted: int, oldest: str) -> str:
    known = ALL_GOOD if good == wanted else f"{good} of {wanted} readings good"
    return f"live {taken_at:%H:%M:%S} UTC · {known} · oldest {oldest}"


def doubts(points: list[str], more: int) -> str:
    rest = f" and {more} more" if more else ""
    return f"Not good: {', '.join(points)}{rest}. Their last believed value, or that of the network file, stands in."


def assumed(loads: list[str]) -> str:
    verb = "is" if len(loads) == 1 else "are"
    return f"{', '.join(loads)} {verb} dark now and would draw as large a share of full load as the others do."


def steps(count: int) -> str:
    return "1 change" if count == 1 else f"{count} changes"


def step_switch(name: str, position: int) -> str:
    return f"{'open' if position == 0 else 'close'} {name}"


def step_trip(name: str) -> str:
    return f"trip {name}"


def step_all_loads(percent: float) -> str:
    return f"all loads {percent:.0f} %"


def step_load(name: str, percent: float) -> str:
    return f"{name} {percent:.0f} %"


def listed(parts: list[str]) -> str:
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def solved(new: int, old: int, seconds: float) -> str:
    time = f"Solved in {seconds:.1f} s"
    if new == 0:
        return f"{time}: no limit is broken that held at the start."
    broken = "1 limit is broken that held" if new == 1 else f"{new} limits are broken that held"
    return f"{time}: {broken} at the start."


def already_broken(count: int) -> str:
    return (
        "1 limit was broken at the start already."
        if count == 1
        else f"{count} limits were broken at the start already."
    )


def losing_power(mw: float, customers: int) -> str:
    return f"{mw:,.1f} MW and {customers:,} customers lose their power."


def collapse(bus: str) -> str:
    return f"No stable solution: the voltage collapses, first at {bus}."


def collapse_anywhere() -> str:
    return "No stable solution: the grid as changed cannot carry its load."


def carried(carried_mw: float, asked_mw: float, bus: str) -> str:
    shed = max(0.0, asked_mw - carried_mw)
    return (
        f"It could carry about {carried_mw:,.0f} of {asked_mw:,.0f} MW when load and generation shrink together. "
        f"Shed at least {shed:,.0f} MW near {bus}, support its voltage, or undo a step."
    )


def carried_unknown() -> str:
    return "Undo a step, or scale the loads down and run again."


def overlay(steps_text: str, taken_at: datetime) -> str:
    return f"{steps_text} · start {taken_at:%H:%M:%S} UTC"


def switch_at(kind: str, element: str) -> str:
    return f"{kind} at {element}"


def scaled(mw: float, percent: float) -> str:
    return f"{mw:,.1f} MW ({percent:.0f} %)"


def one_load(name: str) -> str:
    return f"{name} alone"


def with_customers(kind: str, customers: int) -> str:
    return f"{kind}, {customers:,} customers"


def known_before(kind: str) -> str:
    return f"{kind} (also at the start)"


def unsolved(steps_text: str) -> str:
    return f"{steps_text} · no stable solution, live values only"


def megawatts(mw: float) -> str:
    return f"{mw:,.1f} MW"
