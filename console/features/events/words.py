"""Every text of the events panel."""

from datetime import datetime

TITLE = "Events"
SUMMARY = "The event log: what happened and who did it, searchable, live."

SEARCH = "Search events"
SEARCH_HINT = "Type to search: every word must occur"
ALL_KINDS = "All kinds"
KIND_LABEL = "Kind of event"
SPAN_LABEL = "Span of time"
SPANS = {"Last hour": 1, "Last 24 hours": 24, "Last 7 days": 168, "All that is kept": None}
SPAN_AT_START = "Last 24 hours"

TIME = "Time"
KIND = "Kind"
WHO = "Who"
OBJECT = "Object"
TEXT = "What"
ORIGIN = "From"
COUNT = "Times"

EMPTY = "The event log shows what happened: alarms, switching, devices, outages, refused messages, sign-ons."
EMPTY_WHY = "Nothing has been logged in this span."
EMPTY_NEXT = "Choose a longer span, or wait: events appear here by themselves."

EXPORT = "export CSV"
EXPORT_HELP = "Write every event that fits the search, the kind and the span to a CSV file"
THEN = "grid then"
THEN_HELP = "Show the whole console as it was at the time of the selected event"
ACTION_EXPORT = "Events: export as CSV"
ACTION_SEARCH = "Events: search"
ACTION_CLEAR = "Events: show all"
FILE_NAME = "events.csv"
FILE_KIND = "CSV files (*.csv)"

READING = "reading…"
OLDER_FOLLOW = "older ones load as you scroll"


def shown(count: int, more: bool) -> str:
    events = "1 event" if count == 1 else f"{count:,} events"
    return f"{events} · {OLDER_FOLLOW}" if more else events


def exported(count: int, path: str) -> str:
    return f"{count:,} events were written to {path}."


def not_written(path: str, reason: str) -> str:
    return f"The events could not be written to {path}: {reason}. Choose another place and try again."


def time_of(at: datetime, today: datetime) -> str:
    """Local time to the millisecond, with the day when it is not today."""
    local, now = at.astimezone(), today.astimezone()
    clock = f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"
    if local.date() == now.date():
        return clock
    return f"{local.day} {local:%b} {clock}" if local.year == now.year else f"{local:%Y-%m-%d} {clock}"


def times(count: int) -> str:
    return f"{count:,} ×" if count > 1 else ""
