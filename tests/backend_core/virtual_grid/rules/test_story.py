"""What a story does at each second."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend_core.kernel.errors import BadInput
from backend_core.virtual_grid.json_story import open_story
from backend_core.virtual_grid.model import Story, StoryEvent, StoryKind
from backend_core.virtual_grid.rules.story import begun_between, effects_at, story_from, strength
from tests.backend_core.virtual_grid.stand_ins import network

FIRST_HOUR = Path(__file__).parents[4] / "sample_data" / "scenarios" / "first_hour.json"
SWELL = StoryEvent(StoryKind.LOAD, "LD2", at_s=100.0, level=1.2, ramp_s=10.0, hold_s=30.0)


@pytest.mark.parametrize(
    ("at_s", "share"), [(99.9, 0.0), (105.0, 0.5), (110.0, 1.0), (139.0, 1.0), (145.0, 0.5), (150.0, 0.0)]
)
def test_an_event_rises_holds_and_falls(at_s: float, share: float) -> None:
    assert strength(SWELL, at_s) == pytest.approx(share)


def test_two_swells_of_one_load_multiply() -> None:
    story = Story("", (SWELL, SWELL))
    assert effects_at(story, 120.0).load_factors == pytest.approx({"LD2": 1.44})


def test_an_event_begins_in_exactly_one_step() -> None:
    story = Story("", (StoryEvent(StoryKind.SWITCH, "CB", at_s=0.3),))
    begun = [e for n in range(10) for e in begun_between(story, (n - 1) * 0.1, n * 0.1)]
    assert len(begun) == 1


def test_the_first_hour_names_only_what_the_networks_and_devices_hold() -> None:
    story = open_story(FIRST_HOUR)
    known = (
        {element.id for name in ("glover5", "cigre_mv_der") for element in network(name).elements()}
        | {f"sensor_{n}" for n in range(10)}
        | {f"CONV-{n:03d}" for n in (1, 2, 3)}
    )
    assert [event.target for event in story.events if event.target not in known] == []


def test_the_first_hour_brings_overload_heat_silence_and_a_trip_within_an_hour() -> None:
    story = open_story(FIRST_HOUR)
    assert {event.kind for event in story.events} == set(StoryKind)
    assert all(event.ends_s <= 3600.0 for event in story.events)


def test_what_cannot_be_understood_is_refused_with_its_number() -> None:
    with pytest.raises(ValueError, match="event 2"):
        story_from({"events": [{"kind": "load", "target": "x", "at_s": 1}, {"kind": "magic"}]})


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.json"):
        open_story(tmp_path / "nowhere.json")
