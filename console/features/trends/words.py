"""Every text of the trends."""

from ui.values import format_number

TITLE = "Trends"
SUMMARY = "Any points over any time: live and history as one curve, with cursors, limits and honest gaps."

SPANS = {
    "last 15 min": 900.0,
    "last 2 h": 7200.0,
    "last 8 h": 28800.0,
    "last 24 h": 86400.0,
    "last 7 d": 604800.0,
    "last 30 d": 2592000.0,
    "last year": 31536000.0,
}
FIRST_SPAN = "last 2 h"

POINTS = "points"
CURSORS = "cursors"
YESTERDAY = "yesterday"
BACK_TO_LIVE = "back to live"
THEN = "grid then"
THEN_HELP = "Show the whole console as it was at the first cursor (Shift+F7)."
NO_CURSOR = "Set the cursors first (C) and move the first to the moment (Shift+arrows)."
NOW, MOMENT_SHOWN = "now", "moment shown"
SAVE = "save"
POINTS_HELP = "Search points and put them into the trend (/)."
CURSORS_HELP = "Two cursors with the differences between them (C)."
YESTERDAY_HELP = "The same hours of the day before, dashed."
LIVE_HELP = "Follow the present again (End)."
SAVE_HELP = "Save as PNG or SVG picture, or the samples as CSV (Ctrl+S)."

ACTION_POINTS = "Trends: search points"
ACTION_CURSORS = "Trends: cursors on or off"
ACTION_YESTERDAY = "Trends: yesterday as a ghost"
ACTION_LIVE = "Trends: back to live"
ACTION_SAVE = "Trends: save picture or samples"
ACTION_CLEAR = "Trends: take all points out"

EMPTY = "Here stand the curves of the points you choose."
EMPTY_WHY = "No point is chosen yet."
EMPTY_NEXT = "Press / and type a name, or drag an element from the diagram to here."
SEARCH = "Type a name, for example T1 loading"
SEARCH_NAME = "Search points"
MATCHES_NAME = "Points found"
NO_MATCH = "No point has these words in its name."
TOO_MANY = "A trend holds at most eight points; take one out with Delete in its legend first."
NO_HISTORY = "History is not available; the curve grows from now on."

FILES = "Picture (*.png);;Drawing (*.svg);;Samples (*.csv)"
SAVE_TITLE = "Save the trend"
YESTERDAY_OF = "yesterday"


def scope(span: str, *, is_past: bool) -> str:
    return f"{span} · up to the moment shown" if is_past else f"{span} · live"


def from_to(start: str, end: str) -> str:
    return f"{start} to {end} · held"


def difference_of_time(seconds: float) -> str:
    whole = abs(seconds)
    days, rest = divmod(int(whole), 86400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    if whole < 10:
        return f"Δt {whole:.3f} s"
    return f"Δt {days} d {clock}" if days else f"Δt {clock}"


def difference_of_value(difference: float, unit: str, decimals: int) -> str:
    sign = "+" if difference > 0 else ""
    return f"Δ {sign}{format_number(difference, decimals)} {unit}".rstrip()


def foot(coverage: float | None, resolution_s: float | None) -> str:
    parts = [] if coverage is None else [f"coverage {coverage * 100:.1f} %"]
    return " · ".join([*parts, resolution(resolution_s)])


def resolution(seconds: float | None) -> str:
    """How fine the curves are: each sample, or the lowest and highest of each stretch of so long."""
    if seconds is None:
        return "every sample"
    if seconds < 1:
        return "min–max per pixel"
    for name, length in (("day", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"min–max of {seconds / length:.3g} {name}"
    return f"min–max of {seconds:.3g} s"


def limit_label(name: str, limit: float, unit: str) -> str:
    return f"{name} limit {limit:g} {unit}".rstrip()


def pen_label(device: str, quantity: str) -> str:
    return f"{device} {quantity.removesuffix('_percent').replace('_', ' ')}"


def ghost_label(label: str) -> str:
    return f"{label} {YESTERDAY_OF}"


def saved(name: str) -> str:
    return f"The trend was saved as {name}."


def not_saved(name: str, reason: str) -> str:
    return f"{name} could not be written: {reason}. Choose another folder."
