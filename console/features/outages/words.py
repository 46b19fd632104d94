"""Every text of the panel of smart switches and outages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from backend_core.outages.model import Board, Cycle, ImportPlan, Outage, ProbeError, Standing, Verdict
from ui.values import Shown, format_age, format_number

if TYPE_CHECKING:
    from console.features.outages.state import PreviewRow

TITLE = "Smart switches and outages"
SUMMARY = "Which smart switches answer, since when the others are dark, and the outages of the past."

SWITCHES = "Smart switches"
PAST = "Outages"

EMPTY = "Smart switches and outages"
EMPTY_WHY = "No smart switch is listed yet, so nobody tells where there is power."
EMPTY_NEXT = "Add one by its address, or import a list: name,address,active."
EMPTY_ACTION = "Add a smart switch"
NO_PAST = "No outage so far"
NO_PAST_WHY = "An outage is listed here once half of the known smart switches are dark at the same time."
WAITING = "Waiting for the first round of probes"
WAITING_WHY = "The core has not told yet how the smart switches stand."

WINDOWS = {"last 1 h": 3_600.0, "last 2 h": 7_200.0, "last 24 h": 86_400.0}
DEFAULT_WINDOW = "last 2 h"

ADD, EDIT, IMPORT, REMOVE, ALL = "add", "edit", "import", "remove", "all"
ADD_HELP = "Add a smart switch by its name and address"
EDIT_HELP = "Change the address of the chosen smart switch, or stop probing it"
IMPORT_HELP = "Import smart switches from a CSV file: name,address,active"
REMOVE_HELP = "Take the chosen smart switches out of the list"
ALL_HELP = "Open the workspace of smart switches and outages"
ACTION_ADD = "Smart switches: add one"
ACTION_EDIT = "Smart switches: edit the chosen one"
ACTION_PAUSE = "Smart switches: probe the chosen one or not"
ACTION_REMOVE = "Smart switches: remove the chosen ones"
ACTION_IMPORT = "Smart switches: import a list"
ACTION_EVENTS = "Smart switches: events of the chosen one"

COLUMNS = {
    "state": "State",
    "name": "Name",
    "address": "Address",
    "response": "Response",
    "since": "Since",
    "error": "Why",
    "strip": "Time line",
    "uptime": "Up in 24 h",
    "started": "Started",
    "ended": "Ended",
    "lasted": "Lasted",
    "dark": "Dark",
    "who": "Smart switches",
}

STATES = {Verdict.ONLINE: "● online", Verdict.OFFLINE: "○ offline", Verdict.UNKNOWN: "? unknown"}
FLAPPING = "≈ flapping"
PAUSED = "– not probed"
NOT_YET = "· not yet"

ERRORS = {
    ProbeError.REFUSED: "refused the connection",
    ProbeError.TIMEOUT: "did not answer in time",
    ProbeError.DNS: "its name was not found",
    ProbeError.TLS: "broke off the TLS handshake",
    ProbeError.HTTP: "did not speak HTTP",
    ProbeError.OBSERVER_BAD: "our own network is in doubt",
}

OBSERVER_BAD = "This computer hears nobody else on the network either."
OBSERVER_BAD_REMEDY = "No smart switch is called dark meanwhile. Look at this computer's own network first."

NAME, ADDRESS, ACTIVE = "Name", "Address", "Probe it"
NAME_HELP = "What people call the place, up to 64 characters; its points are called Name_of_place.voltage and so on."
ADDRESS_HELP = "A host, host:port, or http://… and https://… with a path."
ACTIVE_HELP = "Ask it in every round whether it has power."
ADD_TITLE = "Add a smart switch"
SAVE, CANCEL, CLOSE = "Save", "Cancel", "Close"
IMPORT_TITLE = "Import smart switches"
CHOOSE_FILE = "Choose a file…"
FILE_FILTER = "Lists of smart switches (*.csv *.txt);;All files (*)"
IMPORT_HINT = "The first line names the columns: name,address,active. One wrong line, and nothing is imported."
READING = "Reading the file"
IMPORTING = "Importing"
IMPORT_STOPPED = "Stopped; nothing was imported."
WHAT, WHICH = "What", "Which"
PREVIEW = "What the file would do"
NOTHING_NEW = "Nothing to import"
NOTHING_NEW_WHY = "Every smart switch of the file is listed already, at the same address."
ANSWERING, DARK, UNCLEAR, UPTIME, OUTAGES, LONGEST = (
    "Answering",
    "Dark",
    "Unknown",
    "Up in 24 h",
    "Outages",
    "Longest",
)
TOO_LARGE = "The file is larger than 8 MiB; a list of smart switches never is."


def edit_title(name: str) -> str:
    return f"Edit {name}"


def state(standing: Standing) -> str:
    """The state as shape and word."""
    if not standing.switch.active:
        return PAUSED
    if standing.flapping:
        return FLAPPING
    return STATES[standing.verdict] if standing.checked_at is not None else NOT_YET


def tone(standing: Standing) -> str:
    """Colour only for what is dark or cannot be believed."""
    if not standing.switch.active:
        return "dead"
    if standing.flapping:
        return "medium"
    return {Verdict.ONLINE: "normal", Verdict.OFFLINE: "high", Verdict.UNKNOWN: "secondary"}[standing.verdict]


def response(standing: Standing) -> str:
    if standing.response_ms is None or not standing.switch.active:
        return ""
    return f"{format_number(standing.response_ms, 0)} ms"


def moment(at: datetime | None, now: datetime) -> str:
    """The time of today, and the day with it when it was another."""
    if at is None:
        return ""
    local, today = at.astimezone(), now.astimezone().date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%d %b %H:%M}"


def since(standing: Standing, now: datetime) -> str:
    if standing.since is None or not standing.switch.active:
        return ""
    age = format_age((now - standing.since).total_seconds())
    return f"{moment(standing.since, now)} · {age}"


def error(standing: Standing) -> str:
    if standing.error is None or not standing.switch.active:
        return ""
    return ERRORS[standing.error]


def share(value: float | None) -> str:
    """A share in percent that says 100 only when nothing is missing."""
    if value is None:
        return "n/a"
    return "100 %" if value == 1.0 else f"{int(value * 1000) / 10:.1f} %"


def short_state(standing: Standing, uptime: float | None, now: datetime) -> str:
    """What the short list says at the right: the uptime, or since when it is not so."""
    if standing.flapping:
        return "flapping"
    if standing.verdict is Verdict.ONLINE or standing.since is None:
        return share(uptime)
    word = "offline" if standing.verdict is Verdict.OFFLINE else "unknown"
    return f"{word} {format_age((now - standing.since).total_seconds())}"


def lasted(outage: Outage, now: datetime) -> str:
    seconds = int(outage.duration(now).total_seconds())
    if seconds < 3_600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3_600} h {seconds % 3_600 // 60:02d} min"


def ended(outage: Outage, now: datetime) -> str:
    return "goes on" if outage.ended_at is None else moment(outage.ended_at, now)


def dark(outage: Outage) -> str:
    return f"{len(outage.affected)} of {outage.known}" if outage.known else str(len(outage.affected))


def sum_up(board: Board) -> str:
    """The whole panel in one line."""
    count = board.tally
    if not count.total:
        return "none is probed"
    outage = "no outage" if board.open_outage is None else f"outage {lasted(board.open_outage, board.as_of)}"
    parts = [f"{count.online} of {count.total} answer", outage]
    if board.uptime_day is not None:
        parts.append(f"{share(board.uptime_day)} in 24 h")
    return " · ".join(parts)


def scope(window: str, cycle: Cycle | None, interval_s: float) -> str:
    every = f"probed every {interval_s:.0f} s"
    if cycle is not None and not cycle.fits:
        return f"{window} · {every}, which is too short for {cycle.probed:,}"
    return f"{window} · {every}"


def outage_headline(outage: Outage, now: datetime) -> str:
    return f"Outage since {moment(outage.started_at, now)} · {lasted(outage, now)}"


def outage_detail(outage: Outage, at_most: int = 12) -> str:
    """How many are dark, and who."""
    still = [a.name for a in outage.affected if a.returned_at is None]
    back = len(outage.affected) - len(still)
    named = ", ".join(still[:at_most]) + (f" and {len(still) - at_most} more" if len(still) > at_most else "")
    returned = f" {back} are back." if back > 1 else " One is back." if back else ""
    return f"{outage.offline} of {outage.known} known smart switches are dark: {named}.{returned}"


def strip_words(name: str, dark_minutes: float, window: str) -> str:
    if dark_minutes <= 0:
        return f"{name}: nothing dark in the {window}."
    return f"{name}: dark for {format_number(dark_minutes, 0)} min in the {window}."


def pause_title(name: str, active: bool) -> str:
    return f"Probe {name}" if active else f"Stop probing {name}"


def save_title(name: str) -> str:
    return f"Save {name}"


def saved(name: str) -> str:
    return f"{name} is saved; the next round probes it."


def remove_question(names: list[str]) -> str:
    if len(names) == 1:
        return f"Take {names[0]} out of the list? Its past stays until it is too old."
    return f"Take {len(names)} smart switches out of the list? Their past stays until it is too old."


def removed(names: list[str]) -> str:
    return (
        f"{names[0]} is no longer listed." if len(names) == 1 else f"{len(names)} smart switches are no longer listed."
    )


def plan_words(plan: ImportPlan) -> str:
    """What an import would do, in one sentence."""
    if plan.findings:
        lines = len({finding.line for finding in plan.findings})
        wrong = "One line is wrong" if lines == 1 else f"{lines} lines are wrong"
        return f"{wrong}: nothing can be imported before the file is put right."
    if not plan.added and not plan.changed:
        return f"Nothing to do: all {plan.unchanged} smart switches of the file are listed already."
    return f"{len(plan.added)} new, {len(plan.changed)} changed, {plan.unchanged} as they are."


def preview_what(row: PreviewRow) -> Shown:
    """A wrong line by its number, or what becomes of a right one."""
    return Shown(f"line {row.line}", "high", bold=True) if row.line else Shown(row.change, "secondary")


def figures(board: Board, now: datetime) -> dict[str, tuple[str, str]]:
    """The figures above the list, each with its tone."""
    count, running = board.tally, [board.open_outage] if board.open_outage is not None else []
    known = [o for o in board.past_outages if not o.is_open] + running
    longest = max(known, key=lambda o: o.duration(now), default=None)
    return {
        ANSWERING: (f"{count.online} / {count.total}", "normal"),
        DARK: (str(count.offline), "high" if count.offline else "normal"),
        UNCLEAR: (str(count.unknown), "normal"),
        UPTIME: (share(board.uptime_day), "normal"),
        OUTAGES: (str(len(known)), "normal"),
        LONGEST: (lasted(longest, now) if longest is not None else "n/a", "high" if longest in running else "normal"),
    }


def import_verb(plan: ImportPlan) -> str:
    return f"Import {len(plan.added) + len(plan.changed)}"


def imported(plan: ImportPlan) -> str:
    return f"Imported: {len(plan.added)} new, {len(plan.changed)} changed."


def unreadable(name: str, why: str) -> str:
    return f"{name} cannot be read: {why}."
