"""Where what a panel shows comes from and how old that is, said the same way in every title bar."""

from __future__ import annotations

from dataclasses import dataclass

from backend_core.kernel.links import LinkName
from console.features.contract import Source
from console.shell import words
from console.shell.liveness import GREYED_S, OLD_DATA_S, Liveness


@dataclass(frozen=True, slots=True)
class Origin:
    """What the title bar says, and what lies over the panel when it must no longer be taken for the present."""

    text: str
    tone: str = "tertiary"
    veil: str = ""


def origin_of(source: Source, liveness: Liveness, monotonic_s: float, *, is_past: bool = False) -> Origin:
    """Nothing for a panel that says it itself, and nothing while the core is silent: the hatch says that."""
    health = liveness.health
    if is_past:
        # A moment of the record has no age: its time stands on the bar and in the strip.
        return Origin("" if source is Source.OWN else words.PAST_FROM)
    if source is Source.OWN or health is None or not liveness.is_live(monotonic_s):
        return Origin("")
    if source is Source.LIVE:
        age_s, link = health.data_age_p95_s, health.links.get(LinkName.BROKER)
        is_old = age_s is not None and age_s > OLD_DATA_S
        return Origin(words.live_origin(age_s), "high" if is_old or (link is not None and not link.ok) else "tertiary")
    age_s = liveness.record_age_s(monotonic_s)
    if age_s is None or not liveness.is_behind(monotonic_s):
        return Origin(words.record_origin(age_s))
    is_grey = liveness.is_behind(monotonic_s, GREYED_S)
    return Origin(words.record_origin(age_s), "high", words.not_followed(age_s) if is_grey else "")
