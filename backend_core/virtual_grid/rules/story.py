"""What a story does at each second: how loads swell, fans fail, sensors fall silent, and which switches move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from backend_core.kernel.positions import BY_WORD, Position
from backend_core.virtual_grid.model import Story, StoryEvent, StoryKind


@dataclass(frozen=True, slots=True)
class Effects:
    """What a story adds to chance at one moment."""

    load_factors: Mapping[str, float] = field(default_factory=dict)
    cooling_faults: Mapping[str, float] = field(default_factory=dict)
    silenced: frozenset[str] = frozenset()


def strength(event: StoryEvent, at_s: float) -> float:
    """How much of an event is there: 0 before and after, 1 while it is held."""
    if not event.at_s <= at_s < event.ends_s:
        return 0.0
    if event.ramp_s <= 0.0:
        return 1.0
    rising = (at_s - event.at_s) / event.ramp_s
    falling = (event.ends_s - at_s) / event.ramp_s
    return min(1.0, rising, falling)


def effects_at(story: Story, at_s: float) -> Effects:
    """Everything that holds at this second; overlapping events on one load multiply, the worst cooling fault counts."""
    loads: dict[str, float] = {}
    cooling: dict[str, float] = {}
    silenced = set()
    for event in story.events:
        share = strength(event, at_s)
        if share <= 0.0:
            continue
        if event.kind is StoryKind.LOAD:
            loads[event.target] = loads.get(event.target, 1.0) * (1.0 + (event.level - 1.0) * share)
        elif event.kind is StoryKind.COOLING:
            cooling[event.target] = max(cooling.get(event.target, 0.0), event.level * share)
        elif event.kind is StoryKind.SILENCE:
            silenced.add(event.target)
    return Effects(loads, cooling, frozenset(silenced))


def begun_between(story: Story, after_s: float, until_s: float) -> Iterator[StoryEvent]:
    """The events that begin in this stretch of time, in their order."""
    yield from sorted((e for e in story.events if after_s < e.at_s <= until_s), key=lambda event: event.at_s)


def story_from(document: Mapping[str, object]) -> Story:
    """A story as its file tells it; what cannot be understood raises `ValueError` with the entry's number."""
    rows = document.get("events", [])
    if not isinstance(rows, list):
        raise ValueError("its events must be a list")
    return Story(str(document.get("title", "")), tuple(_event(row, n) for n, row in enumerate(rows, start=1)))


def _event(row: object, number: int) -> StoryEvent:
    try:
        assert isinstance(row, dict)
        return StoryEvent(
            kind=StoryKind(row["kind"]),
            target=str(row["target"]),
            at_s=float(row["at_s"]),
            level=float(row.get("level", 1.0)),
            ramp_s=float(row.get("ramp_s", 0.0)),
            hold_s=float(row.get("hold_s", 0.0)),
            position=BY_WORD[row["position"]] if "position" in row else Position.UNKNOWN,
            title=str(row.get("title", "")),
        )
    except (AssertionError, KeyError, TypeError, ValueError) as wrong:
        raise ValueError(f"event {number} cannot be understood ({wrong})") from wrong
