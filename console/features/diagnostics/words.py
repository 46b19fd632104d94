"""Every text of the diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from backend_core.gateway.diagnosis import Verdict
from backend_core.kernel.links import LinkName
from backend_core.telemetry.model import Reason
from ui.values import format_age

TITLE = "Diagnostics"
SUMMARY = "Queues, delays, links, sources and refused messages, and why a point has no data."

# --- figures ----------------------------------------------------------------------------------
MESSAGES, STORED, REJECTED, DATA_AGE = "Messages", "Stored", "Rejected", "Data age"
LOOP_LAG, HAND_OUT, WAITING, DROPPED = "Loop lag", "Hand-out", "Waiting", "Dropped"
PER_SECOND, READINGS, SINCE_BEGINNING, NINETY_FIVE = "per second", "readings", "in all", "s · p95"
WORST_MS, IN_QUEUES, AT_INLET = "ms · worst of 1 s", "in all queues", "at the live inlet"
NOT_YET = "not known yet"


def frames_each(interval_ms: int) -> str:
    return f"ms · frame each {interval_ms} ms"


def figure_tip(name: str, value: str, unit: str) -> str:
    return f"{name}: {value} {unit}. The curve shows what was seen here, at most the last two minutes."


# --- links, queues, screen -----------------------------------------------------------------------
LINKS, LINK, STATE, SINCE, LATENCY, DETAIL = "Links", "Link", "State", "Since", "ms", "Detail"
UP, DOWN = "● up", "✕ down"
LINK_NAMES = {LinkName.BROKER: "Broker", LinkName.DATABASE: "Database", LinkName.LEADER: "Leader"}
NO_LINKS = "Links stand here once the core has given its first sign of life"
QUEUES, QUEUE, WAIT, MOST, GONE = "Queues", "Queue", "Waits", "Most", "Dropped"
NO_QUEUES = "Queues stand here once the core has given its first sign of life"
SCREEN, PANEL, SLOWEST = "This screen", "Panel", "Worst ms"
NO_SCREEN = "How long each panel takes for a frame stands here"

# --- sources ----------------------------------------------------------------------------------------
SOURCES = "Sources"
DEVICE, KIND, COUNT, RATE, HEARD = "Device", "Kind", "Messages", "Per s", "Last heard"
OFFSET, REFUSED, FIRST_SEEN, STANDING = "Clock", "Rejected", "First seen", "Registry"
NEVER_HEARD = "not since start"
BY_PROBE = "by probe"
NO_SOURCES = "Every device that has ever sent something stands here"
NO_SOURCES_WHY = "None has been heard, and the record knows none."
NO_SOURCES_NEXT = "Check that the broker is up and that devices publish to the subscribed topics."


def sources(heard: int, known: int) -> str:
    return f"{SOURCES} · {heard} heard of {known} known"


def offset(seconds: float) -> str:
    """How far a device's clock is ahead (+) or behind (−)."""
    sign = "+" if seconds >= 0 else "\u2212"
    size = abs(seconds)
    if size < 0.9995:
        return f"{sign}{size * 1000:.0f} ms"
    return f"{sign}{size:.1f} s" if size < 120 else f"{sign}{format_age(size)}"


def ago(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else format_age(seconds)


# --- rejections ---------------------------------------------------------------------------------------
REJECTIONS = "Rejections"
TIME, REASON, TOPIC = "Time", "Reason", "Topic"
NO_REJECTIONS = "No message has been refused since the core started"
NO_REJECTIONS_WHY = "What cannot be understood or believed is kept here with its payload, never lost silently."
CHOOSE_REJECTION = "Choose a rejection to see its payload."
PAYLOAD = "Payload"
REASONS = {
    Reason.JSON: "no JSON",
    Reason.TYPE: "wrong type",
    Reason.SCHEMA: "wrong shape",
    Reason.TOPIC: "unknown topic",
    Reason.IDENTITY: "other identity",
    Reason.TIME: "impossible time",
    Reason.TOO_OLD: "too old",
    Reason.TOO_LARGE: "too large",
    Reason.DUPLICATE_KEY: "key twice",
    Reason.CONFLICT: "conflicting value",
    Reason.UNKNOWN_DEVICE: "unknown device",
}


def reason(name: str) -> str:
    """A reason of the core in the operator's words; one that is new here keeps its name."""
    return {str(known): said for known, said in REASONS.items()}.get(name, name.replace("_", " "))


def by_reason(counts: Mapping[str, int]) -> str:
    """`12 no JSON · 3 too old`, most frequent first."""
    ordered = sorted(((count, name) for name, count in counts.items() if count), reverse=True)
    return " · ".join(f"{count:,} {reason(name)}" for count, name in ordered)


def rejections(total: int) -> str:
    return f"{REJECTIONS} · {total:,} in all" if total else REJECTIONS


def payload_of(topic: str, size: int) -> str:
    return f"{topic} · {size:,} bytes"


def time_of(at_us: int) -> str:
    local = datetime.fromtimestamp(at_us / 1e6, UTC).astimezone()
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"


def day_and_time(moment: datetime, today: datetime) -> str:
    local, now = moment.astimezone(), today.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local.day} {local:%b %H:%M}"


# --- the doctor ------------------------------------------------------------------------------------------
DOCTOR = "Why is there no data?"
SEARCH = "Point"
SEARCH_HINT = "Type a device or a point, for example BUS-002.voltage"
CHOOSE_POINT = "Choose a point, and its way from the broker to this screen is walked step by step"
CHOOSE_POINT_WHY = "Each step gets a verdict; the first broken one is the cause."
CHOOSE_POINT_NEXT = "Type above, or choose a device in the list of sources and press Enter."
WALKING = "Walking…"
VERDICTS = {
    Verdict.GOOD: "good",
    Verdict.DOUBTFUL: "doubtful",
    Verdict.BROKEN: "broken",
    Verdict.UNKNOWN: "not known",
}


def all_good(point: str) -> str:
    return f"{point} arrives and is shown: nothing is wrong on its way."


def breaks_at(point: str, step: str) -> str:
    return f"{point}: the way breaks at “{step}”."


def doubtful_at(point: str, step: str) -> str:
    return f"{point} arrives, with a doubt at “{step}”."


# --- actions -------------------------------------------------------------------------------------------------
EXPORT_SOURCES, EXPORT_REJECTIONS = "export sources", "export rejections"
EXPORT_SOURCES_HELP = "Write the list of sources to a CSV file"
EXPORT_REJECTIONS_HELP = "Write the newest rejections with their payloads to a CSV file"
ACTION_SOURCES = "Diagnostics: export sources as CSV"
ACTION_REJECTIONS = "Diagnostics: export rejections as CSV"
ACTION_COPY = "Diagnostics: copy the payload"
ACTION_SEARCH = "Diagnostics: why is there no data?"
COPY = "Copy"
COPIED = "The payload is in the clipboard."
FILE_SOURCES, FILE_REJECTIONS, FILE_KIND = "sources.csv", "rejections.csv", "CSV files (*.csv)"


def exported(count: int, path: str) -> str:
    return f"{count:,} lines were written to {path}."


def not_written(path: str, why: str) -> str:
    return f"{path} could not be written: {why}. Choose another place and try again."


def scope(role: str, epoch: int, consoles: int) -> str:
    desks = "1 console" if consoles == 1 else f"{consoles} consoles"
    return f"{role} · epoch {epoch} · {desks}"


def freshness(age_s: float) -> str:
    return f"sign of life {format_age(age_s)} ago"
