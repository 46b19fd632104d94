"""Every text of the window around the panels."""

from datetime import datetime
from math import ceil

PRODUCT = "Linekeeper"

WORKSPACES = {
    "operations": "Operations",
    "network": "Network",
    "alarms": "Alarms",
    "trends": "Trends",
    "outages": "Outages",
    "converters": "Converters",
    "study": "Study",
    "reports": "Reports",
    "events": "Events",
    "diagnostics": "Diagnostics",
}
WORKSPACES_SHORT = {
    "operations": "Oper",
    "network": "Net",
    "alarms": "Alarm",
    "trends": "Trend",
    "outages": "Outage",
    "converters": "Conv",
    "study": "Study",
    "reports": "Report",
    "events": "Event",
    "diagnostics": "Diag",
}
WORKSPACE_KEYS = {name: str(number % 10) for number, name in enumerate(WORKSPACES, start=1)}

# --- liveness strip ---------------------------------------------------------------
CORE, BROKER, DATABASE, DATA_AGE, DESK = "core", "broker", "database", "data age p95", "desk"
JOURNAL, CONSOLES = "journal", "consoles"
LEADS_SUFFIX = "leads"
NO_LEADER = "no leader"
LEADER_UNKNOWN = "not known"
STARTING = "starting"
CONNECTING = "connecting"
AWAY = "away"
UNKNOWN = "not known"
OK = "ok"


def silent_for(seconds: float) -> str:
    return f"silent {seconds:.0f} s" if seconds < 120 else f"silent {seconds / 60:.0f} min"


def core_word(leader: str | None, *, leads: bool, can_know: bool = True) -> str:
    if leader is None:
        return NO_LEADER if can_know else LEADER_UNKNOWN
    return f"{leader} leads" if leads else f"follows {leader}"


def latency(milliseconds: float | None) -> str:
    return OK if milliseconds is None else f"{OK} {milliseconds:.0f} ms"


def away_for(seconds: float) -> str:
    return f"{AWAY} {seconds:.0f} s" if seconds < 120 else f"{AWAY} {seconds / 60:.0f} min"


def age(seconds: float | None) -> str:
    return UNKNOWN if seconds is None else f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def journal_word(age_s: float | None, *, is_behind: bool) -> str:
    if age_s is None:
        return UNKNOWN
    return f"{age_s:.0f} s old" if is_behind else OK


# --- who is there -------------------------------------------------------------------
WHO_IS_THERE = "Show who is connected"
CONSOLES_TITLE = "Who is connected"
CONSOLES_NONE = "# Who is connected\n\nThe record has not been read yet, so nobody else can be seen."
_ROLES = {
    "leader": "leads",
    "standby": "stands by",
    "starting": "starts",
    "fenced": "was taken over",
    "looking on": "looks on",
    "cut off": "cut off",
}
NEVER_LEADS = "never leads"
_CONSOLES_HEAD = (
    "# Who is connected\n\n| Console | Operator | Host | Version | Role | Broker |\n|---|---|---|---|---|---|\n"
)
_CONSOLES_FOOT = (
    "\nOne leads: it takes readings in, evaluates alarms and probes smart switches. Every other shows the same and can "
    "acknowledge and edit; when the leader goes, one that stands by takes its place."
)


def role(word: str) -> str:
    """A newer program may have roles that this one does not know."""
    return _ROLES.get(word, f"{word} (newer version)")


def console_row(*cells: str, hears: bool, is_here: bool) -> str:
    name, *rest = cells
    cells = (f"{name} (here)" if is_here else name, *rest, "heard" if hears else "not heard")
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def consoles_page(rows: list[str]) -> str:
    return _CONSOLES_HEAD + "\n".join(rows) + "\n" + _CONSOLES_FOOT if rows else CONSOLES_NONE


# --- where it came from, how old it is ---------------------------------------------------
LIVE_FROM, RECORD_FROM, PAST_FROM = "live", "record", "history"


def live_origin(age_s: float | None) -> str:
    return f"{LIVE_FROM}, nothing yet" if age_s is None else f"{LIVE_FROM} · {_whole(age_s)}"


def record_origin(age_s: float | None) -> str:
    return f"{RECORD_FROM}, not read yet" if age_s is None else f"{RECORD_FROM} · {_whole(age_s)}"


def not_followed(age_s: float) -> str:
    return f"As it stood {_whole(age_s)} ago: changes by others do not arrive"


def _whole(seconds: float) -> str:
    """In whole seconds, the begun one counted: a title bar must not flicker."""
    return f"{max(1, ceil(seconds))} s" if seconds < 120 else f"{seconds / 60:.0f} min"


# --- sound --------------------------------------------------------------------------
SOUND = "sound"
SOUND_OFF = "off"
NO_SOUND = "none"
SILENT = "silenced"


def no_sound(why: str) -> str:
    return f"No sound: this computer cannot play the alarm tones ({why}). Watch the banner."


NO_SOUND_REMEDY = "Connect a loudspeaker, or switch the sound off in the settings. The next alarm tries again."


# --- lost links ----------------------------------------------------------------------
def database_lost(since: datetime, waiting: int, refusal: str) -> str:
    kept = f" {waiting:,} messages wait on this computer." if waiting else ""
    full = f" {refusal} Nothing more is acknowledged to the broker." if refusal else ""
    return (
        f"DATABASE NOT REACHABLE since {since:%H:%M:%S}: live values go on, history stands still, "
        f"control and settings are refused. Acknowledging silences here and is written when it returns.{kept}{full}"
    )


def storing(waiting: int) -> str:
    return f"{OK}, {waiting:,} to store"


def broker_lost(since: datetime) -> str:
    return (
        f"BROKER NOT REACHABLE since {since:%H:%M:%S}: no new readings come in, values turn stale one by one. "
        "Nothing is lost; the broker keeps what devices send."
    )


def journal_behind(age_s: float) -> str:
    return f"ALARM LIST {age_s:.0f} s OLD: new alarms and what others change do not arrive here. Live values go on."


NOT_LIVE = "NOT LIVE"


def silent_since(since: datetime) -> str:
    return f"The core has been silent since {since:%H:%M:%S}. What you see is old. Control is refused until it returns."


NO_ORDERS_NOT_LIVE = "Refused: what you see is not live."
NO_ORDERS_NOT_LIVE_REMEDY = "Wait until the core answers again; the strip at the top shows when."
NO_ORDERS_REMEDY = "Go back to what is live (F12), then order it again."


def no_orders_in(mode: str) -> str:
    return f"Refused: this window shows {MODES[mode]}, and from there nothing is ordered."


NEVER_LIVE = "The core has not answered yet. Nothing you see is live."


def core_failed(reason: str) -> str:
    return f"The core could not start: {reason}"


# --- alarm banner -----------------------------------------------------------------------
NO_ALARMS = "No alarm needs attention"


def alarm_counts(unacknowledged: int, active: int) -> str:
    return f"{unacknowledged} unacknowledged  ·  {active} active"


def alarm_title(name: str, value: str) -> str:
    return f"{name} {value}"


def alarm_limit(level: str, limit: str) -> str:
    return f"{level} limit {limit}"


def alarm_offline(device: str) -> str:
    return f"{device} offline"


def alarm_implausible(name: str) -> str:
    return f"{name} implausible"


def reported(value: str) -> str:
    return f"reported {value}"


def offline_since(at: datetime) -> str:
    return f"silent since {at:%H:%M:%S}"


def returned_at(at: datetime) -> str:
    return f"back to normal {at:%H:%M:%S}"


def acknowledging(title: str) -> str:
    return f"Acknowledge {title}"


NOTHING_TO_ACKNOWLEDGE = "There is no unacknowledged alarm."
SILENCED = "Sound is silent until the next alarm."
NO_SUBJECT = "Select an element, a point or an alarm first."

# --- modes -------------------------------------------------------------------------------
MODES = {"live": "LIVE", "history": "HISTORY", "study": "STUDY", "training": "TRAINING"}
NO_CONTROL = "no control here"


def mode_tag(mode: str, detail: str) -> str:
    return f"{MODES[mode]}  {detail}  ·  {NO_CONTROL}" if detail else f"{MODES[mode]}  ·  {NO_CONTROL}"


# --- rewind ------------------------------------------------------------------------------
REWIND = "Show a past moment, or type another"
TO_LIVE = "Back to live"
REWIND_BAR = "Rewind"
SLIDER = "Moment of the record; arrow keys step a second, page keys a minute, up and down go from alarm to alarm"
NOTHING_RECORDED = "nothing recorded"
PLAY, PAUSE = "Play", "Pause"
PLAY_NAME, PAUSE_NAME = "Play the record from here", "Stop playing and stay at this moment"
SPEED_NAME = "How fast the record plays"
RULER_SPANS = {"10 min": 1 / 6, "1 h": 1.0, "8 h": 8.0, "1 d": 24.0, "7 d": 168.0, "31 d": 744.0, "all": None}
RULER_SPAN_NAME = "How much of the record the slider shows"
TO_ALARM_BEFORE, TO_ALARM_AFTER = "◂ alarm", "alarm ▸"
TO_ALARM_BEFORE_NAME, TO_ALARM_AFTER_NAME = "To the alarm before", "To the next alarm"
BACK_MINUTE, BACK_SECOND, ON_SECOND, ON_MINUTE = "−1 min", "−1 s", "+1 s", "+1 min"
BACK_MINUTE_NAME, BACK_SECOND_NAME = "One minute back", "One second back"
ON_SECOND_NAME, ON_MINUTE_NAME = "One second on", "One minute on"
TIME_FIELD = "Time to show: an hour, a date and an hour, or how long ago"
TIME_HINT = "14:00:05, or 10 min ago"
SHOW_TIME = "Show"
BACK_TO_LIVE = "Back to live  F12"
BACK_TO_LIVE_NAME = "Back to live, key F12"
CALLING_UP = "call up a past moment"
CALLING_UP_NOW = "reading the record …"
FINDING_ALARM = "find an alarm of the record"
READING_MARKS = "read what the slider shows"
PLAYING = "play the record"
NO_ALARM_BEFORE = "No alarm called before this moment."
NO_ALARM_AFTER = "No alarm called after this moment."
NO_ALARM_NEXT = "The slider shows where there are some."
PRESENT_REACHED = "The record has been played up to the present."
PRESENT_REACHED_NEXT = "F12 goes back to live."
TIME_EMPTY = "Type a time: 14:00:05, or 2026-11-21 14:00:05, or 10 min ago."
TIME_AHEAD = "That has not happened yet. Type a time before now."
LIVE_BESIDE = "LIVE NOW"
HERE_AND_NOW = "ONLY THE PRESENT"
SHOW_THEN = "Show the grid at the moment of the selection"
NO_MOMENT = "Select an alarm or an event, or set a cursor in a trend: F7 shows any other time."


PLAY_OR_PAUSE = "Play or pause"


def rewind_action(title: str) -> str:
    return f"Rewind: {title[0].lower()}{title[1:]}"


def moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def history_at(at: datetime) -> str:
    return f"{MODES['history']}  {at:%Y-%m-%d %H:%M:%S}"


def speed(times: int) -> str:
    return f"{times} ×"


def found_then(values: int, stale: int, alarms: int) -> str:
    old = "all current" if not stale else f"{stale:,} stale"
    standing = "1 alarm" if alarms == 1 else f"{alarms:,} alarms"
    return f"{values:,} values, {old}  ·  {standing}"


def nothing_then(begins: datetime | None) -> str:
    if begins is None:
        return "Nothing has been recorded yet."
    return f"Nothing was recorded at this time. The record begins at {begins:%Y-%m-%d %H:%M:%S}."


def new_alarms(count: int) -> str:
    return "1 new alarm in the present" if count == 1 else f"{count:,} new alarms in the present"


def not_called_up(why: str) -> str:
    return f"The moment could not be read: {why}"


def time_not_read(text: str) -> str:
    return f"'{text[:40]}' is no time. {TIME_EMPTY}"


def before_record(begins: datetime) -> str:
    return f"The record begins at {begins:%Y-%m-%d %H:%M:%S}. Type a later time."


def has_no_past(title: str) -> str:
    return f"{title} tells of this moment only and has no record. F12 goes back to live."


# --- actions -------------------------------------------------------------------------------
PALETTE = "Find and run any action"
TO_DIAGRAM = "Show the selection on the diagram"
TO_TREND = "Show the trend of the selection"
TO_GUIDANCE = "Show guidance for the alarm"
ACKNOWLEDGE = "Acknowledge the selected or most urgent alarm"
SILENCE = "Silence the sound"
DAY_NIGHT = "Switch between day and night"
ZOOM_IN, ZOOM_OUT, ZOOM_RESET = "Make everything larger", "Make everything smaller", "Back to 100 %"
TOUCH = "Switch touch mode on or off"
FULL_SCREEN = "Fill the whole screen, or leave it"
HELP = "Help for this panel"
KEYS_HELP = "All keys"
WINDOW_HELP = "Help for the window"
REWIND_HELP = "Help for the rewind"
NEWS = "What is new"
SETTINGS = "Settings"
DETACH = "Open this panel in a window of its own"
RESET_LAYOUT = "Lay this workspace out as shipped"
SAVE_PERSPECTIVE = "Keep this layout as a perspective"
BACK = "Go back to where you were"
QUIT = "Close the console"


def open_workspace(title: str) -> str:
    return f"Go to {title}"


def open_panel(title: str) -> str:
    return f"Open {title}"


def open_perspective(name: str) -> str:
    return f"Use the layout '{name}'"


def forget_perspective(name: str) -> str:
    return f"Forget the layout '{name}'"


def perspective_forgotten(name: str) -> str:
    return f"The layout '{name}' is forgotten."


def perspective_kept(name: str) -> str:
    return f"The layout is kept as '{name}'."


# --- panels that fail -------------------------------------------------------------------------
def panel_failed(title: str) -> str:
    return f"{title} had to stop"


PANEL_FAILED_WHY = "A mistake in this panel; all other panels go on. The details are in the log."
PANEL_FAILED_NEXT = "Open it again; if it stops again, tell whoever maintains this program."
TRY_AGAIN = "Open it again"


def nowhere(title: str) -> str:
    return f"No panel can show this: {title}."


# --- mistakes of our own ------------------------------------------------------------------------
def own_mistake(where: str) -> str:
    return f"Something went wrong in {where} by a mistake in this program. The rest goes on."


def own_mistake_remedy(folder: str) -> str:
    return f"If something looks odd, close the console and open it again. The details are in {folder}."


def last_run_crashed(folder: str) -> str:
    return f"The last session of this console did not end in good order. Its notes are in {folder}."


LAST_RUN_REMEDY = "Everything works; send the folder to whoever maintains this program."


def stall_head(seconds: float) -> str:
    return f"The screen has stood still for {seconds:.1f} s. Every thread at this moment:"


# --- help ------------------------------------------------------------------------------------
def no_help(title: str) -> str:
    return f"# {title}\n\nThere is no help page for this panel yet."


KEYS_TITLE = "All keys"
KEYS_HEAD = "# All keys\n\n| Key | What it does |\n|---|---|\n"

# --- settings ---------------------------------------------------------------------------------
SETTINGS_TITLE = "Settings"
SETTINGS_SAVE = "Save"
SETTINGS_SAVED = "Saved. They hold from the next start on; look and size hold at once."
SETTINGS_NOWHERE = "There is no config file to write to."
SETTINGS_NOWHERE_NEXT = "Start the program with --config FILE to keep settings."
CLOSE = "Close"


_SHORT_FORMS = {"url": "URL", "mqtt": "MQTT", "ca": "CA", "id": "id"}
_UNITS = ("_s", "_days", "_percent")


def setting_label(key: str) -> str:
    """`interval_s` reads `Interval`: the unit stands in the field."""
    for unit in _UNITS:
        key = key.removesuffix(unit)
    said = [_SHORT_FORMS.get(word, word) for word in key.split("_")]
    said[0] = said[0] if said[0].isupper() else said[0].capitalize()
    return " ".join(said)


def settings_place(place: str) -> str:
    return f"kept in {place}" if place else "defaults, nothing is kept"


# --- first run -----------------------------------------------------------------------------------
WELCOME = "Welcome to Linekeeper"
WELCOME_WHY = "Nothing is set up yet. Choose how to begin; everything can be changed later."
DEMO_TITLE, DEMO_TEXT, DEMO_GO = (
    "Watch a living grid",
    "A pretend 5-bus grid with its own broker, sensors, converters and smart switches, on this computer only. "
    "Nothing outside is touched.",
    "Start the demo",
)
CONNECT_TITLE, CONNECT_TEXT, CONNECT_TEST, CONNECT_GO = (
    "Connect to your site",
    "Where readings come from and where the record is kept. Each field is tried before it is saved.",
    "Try them",
    "Save and start",
)
OPEN_TITLE, OPEN_TEXT, OPEN_GO = (
    "Open a config file",
    "A file somebody prepared for this site.",
    "Choose a file",
)
CONNECT_ANYWAY = "Save and start all the same"
BROKER_FIELD, DATABASE_FIELD = "Broker", "Database"
BROKER_HINT, DATABASE_HINT = "mqtt://host:1883", "postgresql://user@host/name, or empty for a file on this computer"
TRYING = "Trying…"
ANSWERS = "It answers."
USES_FILE = "A file on this computer will be used."


def bad_url(scheme: str) -> str:
    return f"Write it as {scheme}"


STATION_CLOCK = "Clock"
LIVENESS = "Liveness"
BANNER_NAME = "Most urgent alarms"
