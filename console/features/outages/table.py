"""The columns of the lists: all smart switches, the short list, and the outages of the past."""

from __future__ import annotations

from backend_core.outages.model import Verdict
from console.features.outages import words
from console.features.outages.state import OutageRow, SwitchRow
from ui.table import Column, Strip, StripPart
from ui.values import Shown

_TONES = {Verdict.ONLINE: "normal", Verdict.OFFLINE: "high", Verdict.UNKNOWN: "dead"}
_RANK = {Verdict.OFFLINE: 0, Verdict.UNKNOWN: 2, Verdict.ONLINE: 3}


def attention_first(row: SwitchRow) -> tuple[int, str]:
    """The dark first, then the doubtful, the lit, and those nobody asks."""
    standing = row.standing
    if not standing.switch.active:
        return (4, standing.name)
    return (1 if standing.flapping else _RANK[standing.verdict], standing.name)


def switch_columns() -> tuple[Column[SwitchRow], ...]:
    """Everything about a smart switch."""
    title = words.COLUMNS
    return (
        Column("state", title["state"], _state, sort=attention_first, width=100),
        Column("name", title["name"], lambda r: Shown(r.name, bold=not r.is_calm), sort=lambda r: r.name, width=150),
        Column("since", title["since"], lambda r: words.since(r.standing, r.now), sort=_since, width=140),
        Column("error", title["error"], lambda r: Shown(words.error(r.standing), "secondary"), width=170),
        Column("strip", title["strip"], lambda r: "", strip=strip_of, width=240, stretch=True, tip=_strip_tip),
        Column("uptime", title["uptime"], _uptime, sort=lambda r: r.uptime, width=90, right=True),
        Column("response", title["response"], _response, sort=lambda r: r.standing.response_ms, width=90, right=True),
        Column("address", title["address"], _address, sort=lambda r: r.standing.switch.address, width=190),
    )


def compact_columns() -> tuple[Column[SwitchRow], ...]:
    """A name, its time line, and one word."""
    return (
        Column("name", words.COLUMNS["name"], lambda r: Shown(r.name), width=116),
        Column("strip", "", lambda r: "", strip=strip_of, width=200, stretch=True, tip=_strip_tip),
        Column("uptime", "", _short, width=112, right=True),
    )


def outage_columns() -> tuple[Column[OutageRow], ...]:
    """An outage, with its duration beside the longest one."""
    title = words.COLUMNS
    return (
        Column("started", title["started"], _started, sort=lambda r: r.outage.started_at, width=110),
        Column("ended", title["ended"], lambda r: words.ended(r.outage, r.now), width=110),
        Column("lasted", title["lasted"], _lasted, sort=lambda r: r.outage.duration(r.now), width=100, right=True),
        Column("bar", "", lambda r: "", strip=_bar, width=180),
        Column("dark", title["dark"], lambda r: words.dark(r.outage), width=80, right=True),
        Column("who", title["who"], lambda r: ", ".join(r.outage.names), width=300, stretch=True),
    )


def strip_of(row: SwitchRow) -> Strip:
    """The time line: what is dark stands tall, what was not checked is empty."""
    parts = [StripPart(run.start, run.end, _TONES[run.verdict], run.verdict.value) for run in row.runs()]
    return Strip(parts, _strip_tip(row))


def _strip_tip(row: SwitchRow) -> str:
    window = next((name for name, seconds in words.WINDOWS.items() if seconds == row.window_s), "")
    dark = sum(run.end - run.start for run in row.runs() if run.verdict is Verdict.OFFLINE)
    return words.strip_words(row.name, dark * row.window_s / 60.0, window)


def _state(row: SwitchRow) -> Shown:
    tone = words.tone(row.standing)
    return Shown(words.state(row.standing), tone, bold=tone == "high")


def _since(row: SwitchRow) -> float | None:
    return row.standing.since.timestamp() if row.standing.since else None


def _uptime(row: SwitchRow) -> Shown:
    value = row.uptime
    return Shown(words.share(value), "tertiary" if value is None else "normal")


def _response(row: SwitchRow) -> Shown:
    return Shown(words.response(row.standing), "secondary")


def _address(row: SwitchRow) -> Shown:
    return Shown(row.standing.switch.address, "secondary")


def _short(row: SwitchRow) -> Shown:
    tone = words.tone(row.standing)
    return Shown(words.short_state(row.standing, row.uptime, row.now), tone, bold=tone == "high")


def _started(row: OutageRow) -> Shown:
    return Shown(words.moment(row.outage.started_at, row.now), bold=row.outage.is_open)


def _lasted(row: OutageRow) -> Shown:
    return Shown(words.lasted(row.outage, row.now), "high" if row.outage.is_open else "normal", bold=row.outage.is_open)


def _bar(row: OutageRow) -> Strip:
    tone = "high" if row.outage.is_open else "normal"
    return Strip([StripPart(0.0, max(0.02, row.share_of_longest), tone)], words.lasted(row.outage, row.now))
