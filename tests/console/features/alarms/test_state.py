"""What the alarm list makes of frames."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from backend_core.alarms.model import Acknowledgement, Alarm, Base, Happening, Level, Priority
from backend_core.kernel.identities import PointId
from backend_core.kernel.links import LinkName
from backend_core.kernel.strangers import read_word
from backend_core.telemetry.model import LiveValue, Quality
from console.features.alarms import words
from console.features.alarms.state import AlarmsState, Changes
from tests.console.support.frames import alarm, changed, frame, health, link
from tests.console.support.screen import NOON, TestClock


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def state(clock: TestClock) -> AlarmsState:
    return AlarmsState(clock.now, clock.monotonic)


def seen(before: Alarm) -> Alarm:
    return replace(before, base=Base.ACKNOWLEDGED, acknowledgement=Acknowledgement("amira", NOON, before.occurrence))


def tell(state: AlarmsState, *alarms: Alarm) -> Changes:
    return state.apply(frame(alarms=changed(*alarms)))


def test_unacknowledged_come_first_then_the_urgent_then_the_new(state: AlarmsState) -> None:
    old = alarm("A", priority=Priority.HIGH, raised_at=NOON)
    new = alarm("B", priority=Priority.HIGH, raised_at=NOON + timedelta(minutes=1))
    tell(state, seen(alarm("C")), old, alarm("D", priority=Priority.CRITICAL), new)
    assert [row.where for row in state.rows()] == ["D", "B", "A", "C"]
    assert [row.where for row in state.most_urgent(2)] == ["D", "B"]


def test_an_alarm_that_is_normal_again_leaves_the_list(state: AlarmsState) -> None:
    tell(state, alarm())
    gone = tell(state, alarm(base=Base.NORMAL))
    assert gone.removed == (alarm().id,)
    assert state.rows() == []


def test_every_change_of_a_frame_counts_in_its_order(state: AlarmsState) -> None:
    tell(state, alarm(), alarm(base=Base.RETURNED), alarm(occurrence=2))
    (row,) = state.rows()
    assert (row.occurrence, row.state) == (2, words.UNACKNOWLEDGED)


def test_an_acknowledged_alarm_says_by_whom(state: AlarmsState) -> None:
    tell(state, seen(alarm()))
    assert state.rows()[0].state.startswith("amira ")
    assert (state.unacknowledged, state.active) == (0, 1)


def test_a_wish_on_its_way_reads_pending_until_the_event_is_back(state: AlarmsState) -> None:
    pending = {alarm().id}
    state.ask_pending(lambda name: name in pending)
    tell(state, alarm())
    assert state.rows()[0].state == words.PENDING
    pending.clear()
    assert state.refresh().upserted[0].state == words.UNACKNOWLEDGED


def test_the_row_shows_the_present_value_of_its_point(state: AlarmsState, clock: TestClock) -> None:
    tell(state, alarm(value=102.8))
    live = LiveValue(105.5, Quality.GOOD, 0, 0, clock.monotonic(), 1.0)
    (row,) = state.apply(frame(values={PointId("T1.loading_percent"): live})).upserted
    assert row.value == 105.5


def test_values_of_other_points_cost_nothing(state: AlarmsState, clock: TestClock) -> None:
    tell(state, alarm())
    live = LiveValue(1.0, Quality.GOOD, 0, 0, clock.monotonic(), 1.0)
    assert state.apply(frame(values={PointId("T2.loading_percent"): live})) == Changes()


def test_a_value_grows_stale_without_any_message(state: AlarmsState, clock: TestClock) -> None:
    tell(state, alarm())
    state.apply(
        frame(values={PointId("T1.loading_percent"): LiveValue(105.5, Quality.GOOD, 0, 0, clock.monotonic(), 1.0)})
    )
    clock.advance(60)
    (row,) = state.refresh().upserted
    assert (row.trust, row.age_s) == (Quality.STALE, 60)


def test_a_silent_device_shows_how_long_it_has_been_silent(state: AlarmsState, clock: TestClock) -> None:
    tell(state, alarm("WIND-001", "online", level=Level.OFFLINE, limit=120.0, value=120.0))
    clock.advance(60)
    (row,) = state.refresh().upserted
    assert (row.condition, row.value, row.silent_s) == ("Offline", None, 180)


def test_a_group_shows_only_its_own_and_the_counts_stay(state: AlarmsState) -> None:
    tell(state, alarm("A"), seen(alarm("B")), alarm("C", base=Base.RETURNED))
    state.group = words.ONLY_RETURNED
    assert len(state.refresh().removed) == 2
    assert [row.where for row in state.rows()] == ["C"]
    assert (state.unacknowledged, state.active, state.by_priority[1]) == (2, 2, 3)


def test_the_condition_is_told_in_words(state: AlarmsState) -> None:
    tell(state, alarm("A", "voltage", level=Level.LOLO), alarm("B", "oil_level", level=Level.HI))
    assert {row.condition for row in state.rows()} == {"Voltage low-low", "Oil level high"}


def test_an_empty_list_is_good_news_only_with_fresh_data(state: AlarmsState) -> None:
    state.apply(frame(health=health(data_age_p95_s=0.8)))
    assert state.freshness == "✓ data 0.8 s old · 31 of 32 devices heard"
    state.apply(frame(health=health(data_age_p95_s=90.0)))
    assert state.freshness is None
    state.apply(frame(health=health(links={LinkName.BROKER: link(LinkName.BROKER, ok=False)})))
    assert state.freshness is None


def test_an_alarm_of_a_newer_version_is_listed_as_what_it_is(state: AlarmsState):
    newer = replace(alarm(), level=read_word(Level, "ROC"), present=read_word(Level, "ROC"))
    state.reset([newer])
    (row,) = state.rows()
    assert row.condition == "Loading type ROC (newer version)"
    assert words.happening(read_word(Happening, "forecast")) == "type forecast (newer version)"


def test_an_alarm_whose_value_is_no_longer_known_stands_and_says_so(state: AlarmsState, clock: TestClock) -> None:
    point = PointId("T1.loading_percent")
    state.apply(
        frame(alarms=changed(alarm()), values={point: LiveValue(102.8, Quality.GOOD, 0, 0, clock.monotonic(), 1.0)})
    )
    assert state.rows()[0].condition == "Loading high-high"
    clock.advance(60)
    state.refresh()
    assert state.rows()[0].condition == "Loading high-high, basis uncertain"


def test_a_meter_that_reports_what_cannot_be_is_called_implausible(state: AlarmsState) -> None:
    tell(state, alarm("S1", "voltage", value=1e6, level=Level.RANGE))
    assert state.rows()[0].condition == "Voltage implausible"
