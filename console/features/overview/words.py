"""Every text of the overview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend_core.alarms.model import Alarm, Level
from backend_core.kernel.identities import split_point
from backend_core.kernel.links import LinkName
from ui.values import format_age, format_number

TITLE = "Overview"
SUMMARY = "What needs attention now, and the grid in seven figures, from frequency to outage."

FREQUENCY, LOAD, GENERATION, LOSSES = "Frequency", "Load", "Generation", "Losses"
VOLTAGE, DEVICES, OUTAGE = "Worst voltage", "Devices", "Outage"
BRIEF = {VOLTAGE: "Voltage"}
HERTZ, MEGAWATT, PER_UNIT, ONLINE = "Hz", "MW", "pu", "online"
STARTING = "grid is starting"
NO_OUTAGE, NOT_PROBED, IN_DOUBT = "none", "none probed", "own network in doubt"

ATTENTION = "Needs attention now"
PRIORITY, TIME, WHAT, DETAIL = "P", "Since", "What", "Detail"
BRANCHES, BRANCH, LOADING, POWER, LAST_HOUR = "Fullest branches", "Branch", "%", "MW", "Last hour"
VOLTAGES, BUS, VOLTS = "Voltages by room left", "Bus", "pu"
NO_BRANCHES = "Lines and transformers stand here, the fullest first"
NO_VOLTAGES = "Buses stand here, the nearest to its limits first"
CALM = "Nothing needs attention"
CALM_WHY = "No alarm stands, every link is up, every device is heard, and every load has power."
NOT_SURE = "Nothing is known to need attention, but the data is not fresh"
NOT_SURE_WHY = "Look at the liveness strip above; Diagnostics says which link is away."
NO_GRID = "The grid in seven figures stands here"
NO_GRID_WHY = "The core has not said yet which network it looks after."
NO_GRID_NEXT = "This takes a second after the start; longer, and Diagnostics says what is missing."

DIAGRAM, TREND = "diagram", "trend"
DIAGRAM_HELP = "Show the place of the chosen line on the single-line diagram"
TREND_HELP = "Show the trend of the chosen line or figure"
ACTION_DIAGRAM = "Overview: chosen line on the diagram"
ACTION_TREND = "Overview: trend of the chosen line or figure"
ACTION_DOCTOR = "Overview: why is there no data for the chosen line"

_LEVELS = {
    Level.HIHI: "high-high",
    Level.HI: "high",
    Level.LO: "low",
    Level.LOLO: "low-low",
    Level.RANGE: "implausible",
}
_QUANTITIES = {"loading_percent": "loading", "thd": "THD", "dc_voltage": "DC link voltage"}
# A bus tells its voltage per unit, a sensor in volts; nothing lies between.
MOST_PER_UNIT = 10.0
_SHOWN = {
    "loading_percent": ("%", 1),
    "voltage": ("pu", 3),
    "frequency": ("Hz", 3),
    "temperature": ("°C", 0),
    "thd": ("%", 1),
}
_LINKS = {
    LinkName.BROKER: "Broker does not answer",
    LinkName.DATABASE: "Database does not answer",
    LinkName.LEADER: "No core leads",
}


def scope(network: str, *, is_heard: bool, is_past: bool) -> str:
    return f"{network} · {'no readings' if not is_heard else 'history' if is_past else 'live'}"


def data_age(seconds: float | None) -> str:
    return "no data yet" if seconds is None else f"data age {format_age(seconds)}"


def good_of(unit: str, good: int, wanted: int) -> str:
    """`MW · 2/3 good`: what the sum lacks, beside its unit."""
    return f"{unit} · {good}/{wanted} good"


def aged(unit: str, age_s: float) -> str:
    return f"{unit} · {format_age(age_s)}"


def losses_unit(percent: float | None) -> str:
    return MEGAWATT if percent is None else f"{MEGAWATT} · {format_number(percent, 1)} %"


def voltage_unit(bus: str, dead: int) -> str:
    if not dead:
        return f"{PER_UNIT} · {bus}"
    return f"{PER_UNIT} · {bus} · {dead} dead"


def all_dead(count: int) -> str:
    return f"{count} dead"


def of(count: int, total: int) -> str:
    return f"{count} / {total}"


def answering(online: int, total: int) -> str:
    return f"{online} of {total} answer"


def dark(offline: int, known: int) -> str:
    return f"{offline} of {known}"


def dark_since(started_at: datetime) -> str:
    return f"dark since {started_at.astimezone():%H:%M}"


def figure_tip(name: str, value: str, unit: str) -> str:
    return f"{name} {value} {unit}. The curve shows the last hour; Enter opens the trend.".replace("  ", " ")


def alarm(device: str, quantity: str, level: Level) -> str:
    if level is Level.OFFLINE:
        return f"{device} offline"
    return f"{device} {_QUANTITIES.get(quantity, quantity.replace('_', ' '))} {_LEVELS[level]}"


def alarm_detail(alarm: Alarm, now: float | None = None) -> str:
    """`0.831 pu · limit 0.880 pu`: how it stands now, or where nothing newer is known, how it was raised."""
    if alarm.level is Level.OFFLINE:
        return "returned" if not alarm.base.is_active else "not heard"
    unit, decimals = _SHOWN.get(split_point(alarm.point)[1], ("", 2))
    if alarm.level is Level.RANGE:
        return f"reported {alarm.value:g}" if alarm.base.is_active else "returned"
    if unit == "pu" and abs(alarm.limit) > MOST_PER_UNIT:
        unit, decimals = "V", 1
    present = alarm.value if now is None or not alarm.base.is_active else now
    value, limit = (f"{format_number(each, decimals)} {unit}".strip() for each in (present, alarm.limit))
    return f"returned, was {value}" if not alarm.base.is_active else f"{value} · limit {limit}"


def loaded(percent: float) -> str:
    return f"loaded to {percent:.0f} %"


def room_used(share: float) -> str:
    return f"{100 * share:.0f} % of the room to the nearer limit is used"


def outage(offline: int, known: int) -> str:
    return f"Outage: {offline} of {known} smart switches dark"


def link_down(link: LinkName) -> str:
    return _LINKS[link]


def dead_loads(count: int) -> str:
    return "1 load without power" if count == 1 else f"{count} loads without power"


def silent(count: int) -> str:
    return "1 device has fallen silent" if count == 1 else f"{count} devices have fallen silent"


def listed(names: Sequence[str], at_most: int) -> str:
    shown = ", ".join(names[:at_most])
    more = len(names) - at_most
    return f"{shown} and {more} more" if more > 0 else shown


def clock_of(moment: datetime | None, today: datetime) -> str:
    """Local time, with the day when it is not today."""
    if moment is None:
        return ""
    local, now = moment.astimezone(), today.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local.day} {local:%b %H:%M}"


def attention_count(count: int) -> str:
    return ATTENTION if not count else f"{ATTENTION} · {count}"
