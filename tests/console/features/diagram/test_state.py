"""What the diagram makes of values, positions and alarms."""

import pytest

from backend_core.grid.rules.energisation import SupplyState
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.kernel.quality import Quality
from console.features.diagram.scene import DiagramScene
from console.features.diagram.state import DiagramState, Overlay
from tests.console.features.diagram.grid import DRAWING, GLOVER, POINTS, frame, live, positions
from tests.console.support.frames import alarm, changed
from tests.console.support.screen import TestClock
from ui.diagram import Badge

T1_LOADING, B2_VOLTAGE = PointId("T1.loading_percent"), PointId("BUS-002.voltage")


@pytest.fixture
def clock():
    return TestClock()


@pytest.fixture
def state(clock):
    state = DiagramState()
    state.show_network(GLOVER, DRAWING, POINTS)
    state.apply(frame(clock, {"T1.loading_percent": live(63.0, clock)}, positions()))
    return state


@pytest.fixture
def scene(state):
    return DiagramScene(DRAWING, state)


def key_of(scene, element):
    return next(symbol.key for symbol in scene.sheet.symbols if symbol.element == element)


def slot_of(scene, point):
    return next(slot.key for slot in DRAWING.slots if slot.point_id == point)


def test_a_value_turns_stale_without_any_message(state, scene, clock):
    assert scene.texts({T1_LOADING}, clock.monotonic())[slot_of(scene, T1_LOADING)].text == "63.0 %"
    clock.advance(190)
    assert scene.texts({T1_LOADING}, clock.monotonic())[slot_of(scene, T1_LOADING)].text == "[ 63.0 % ] 3 min"


def test_what_has_never_been_heard_is_not_nought(scene, clock):
    point = PointId("T2.loading_percent")
    assert scene.texts({point}, clock.monotonic())[slot_of(scene, point)].text == "n/a"


def test_bad_values_are_not_shown_as_numbers(state, scene, clock):
    state.apply(frame(clock, {"T1.loading_percent": live(63.0, clock, quality=Quality.BAD)}))
    assert scene.texts({T1_LOADING}, clock.monotonic())[slot_of(scene, T1_LOADING)].text == "###"


def test_a_value_past_its_limit_is_coloured_before_its_alarm_comes(state, clock):
    state.apply(frame(clock, {"T1.loading_percent": live(95.0, clock)}))
    assert state.reading(T1_LOADING, clock.monotonic()).tone == "medium"
    state.apply(frame(clock, {"T1.loading_percent": live(101.0, clock)}))
    assert state.reading(T1_LOADING, clock.monotonic()).tone == "high"


def test_an_alarm_gives_its_priority_to_the_value_and_to_the_element(state, scene, clock):
    state.apply(frame(clock, {"T1.loading_percent": live(102.8, clock)}, alarms=changed(alarm())))
    now = clock.monotonic()
    assert state.reading(T1_LOADING, now).tone == "critical"
    assert scene.looks(now)[key_of(scene, "T1")].tone == "crit"
    badge = scene.badges(now)["T1"]
    assert (badge.priority, badge.pulsing) == (1, True)


def test_a_switch_that_has_not_reported_for_long_is_neither_open_nor_closed(state, scene, clock):
    key = key_of(scene, "CB-T1-HV")
    assert scene.looks(clock.monotonic())[key].state == "closed"
    clock.advance(120)
    assert scene.looks(clock.monotonic())[key].state == "unknown"


@pytest.mark.parametrize(("position", "word"), [(p, p.word) for p in Position])
def test_a_breaker_shows_the_position_that_was_reported(state, scene, clock, position, word):
    state.apply(frame(clock, where=positions(CB_LD3=position)))
    assert scene.looks(clock.monotonic())[key_of(scene, "CB-LD3")].state == word


def test_what_lies_behind_an_open_breaker_is_dead_and_dashed(state, scene, clock):
    state.apply(frame(clock, where=positions(CB_LD3=Position.OPEN)))
    now = clock.monotonic()
    assert state.standing("LD3", now).supply is SupplyState.DEAD
    look = scene.looks(now)[key_of(scene, "LD3")]
    assert (look.tone, look.is_dashed) == ("dead", True)
    assert "LD3" in scene.dead_elements(now)


def test_an_arrow_turns_round_with_its_flow_and_hides_without_one(state, scene, clock):
    arrow = next(arrow for arrow in DRAWING.arrows if arrow.element_id == "L4-5")

    def flow(megawatt):
        state.apply(frame(clock, {arrow.point_id: live(megawatt, clock)}))
        return scene.arrow_looks({PointId(arrow.point_id)}, clock.monotonic())[arrow.key].flow

    assert [flow(120.0), flow(-120.0), flow(0.0)] == [1, -1, 0]


def test_an_element_tells_from_where_it_is_fed(state):
    assert state.sources_of("LD2") == ["G1", "G3"]


def test_a_snapshot_forgets_what_it_does_not_hold(state, clock):
    state.apply(frame(clock, alarms=changed(alarm())))
    state.reset(frame(clock, where=positions()))
    assert state.reading(T1_LOADING, clock.monotonic()).quality is Quality.NEVER
    assert not state.alarms_of("T1")


def test_solved_values_stand_beside_the_live_ones(state, scene, clock):
    state.overlay = Overlay("if CB-T1-HV opens", {T1_LOADING: 0.0}, {"CB-T1-HV": Position.OPEN})
    now = clock.monotonic()
    assert scene.texts({T1_LOADING}, now)[slot_of(scene, T1_LOADING)].text == "63.0 % → 0.0"
    look = scene.looks(now)[key_of(scene, "CB-T1-HV")]
    assert (look.state, look.tone) == ("open", "est")


def test_a_study_marks_what_it_breaks_and_not_what_is_broken_live(state, scene, clock):
    state.apply(frame(clock, {"T1.loading_percent": live(102.8, clock)}, alarms=changed(alarm())))
    state.overlay = Overlay("scale", {T1_LOADING: 83.0, B2_VOLTAGE: 0.86}, {}, broken={"BUS-002": 2})
    now = clock.monotonic()
    assert scene.badges(now) == {"BUS-002": Badge(2, is_studied=True)}
    assert state.standing("T1", now).priority == 0
    assert state.standing("BUS-002", now).priority == 2
    texts = scene.texts({T1_LOADING, B2_VOLTAGE}, now)
    assert texts[slot_of(scene, T1_LOADING)].colour == "est"
    assert texts[slot_of(scene, B2_VOLTAGE)].colour == "high"
    state.overlay = None
    assert scene.badges(now)["T1"] == Badge(1, pulsing=True)


def test_a_frame_without_moves_leaves_the_looks_alone(state, clock):
    assert not state.apply(frame(clock, {"T1.loading_percent": live(64.0, clock)}))
    assert state.apply(frame(clock, {"CB-T1-HV.position": live(0.0, clock)}))
