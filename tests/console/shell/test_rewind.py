"""The rewind: the whole window goes to a past second, plays on, refuses every order, and comes back with one key."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from backend_core.gateway.frame import Frame
from backend_core.gateway.rewind import AlarmMark, Extent, Marks, Moment
from backend_core.history.model import Silence
from backend_core.kernel.errors import DependencyAway
from console.features.contract import Area, Placement, Workspace
from console.features.targets import EventsTarget, Subject
from console.shell import words
from console.shell.mode import Mode
from console.shell.rewind import SPEEDS
from tests.console.support.frames import alarm, changed, frame, health
from tests.console.support.screen import NOON, RecordingPanel
from tests.console.support.windows import Desk, recording_feature

EARLIER = NOON - timedelta(hours=1)


class Console:
    """A window with one panel, over a record that began yesterday."""

    def __init__(self, qtbot) -> None:
        feature, made = recording_feature(
            "alarms", Placement(Workspace.OPERATIONS, Area.CENTER), answers=(EventsTarget,)
        )
        other, self.unmade = recording_feature("events", Placement(Workspace.EVENTS, Area.CENTER))
        self.desk = Desk([feature, other])
        self.window, self.link, self.clock = self.desk.window, self.desk.link, self.desk.clock
        self.rewind, self.bar = self.window.rewind, self.window.rewind_bar
        self.link.answers |= {
            "rewind.extent": lambda: Extent(NOON - timedelta(days=1), self.clock.now()),
            "rewind.call_up": lambda at: Moment(at, 340, 12, 2, at),
            "rewind.marks": Marks(),
            "rewind.play": lambda since, until: frame(7),
            "rewind.next_alarm": None,
            "past.snapshot": frame(5),
        }
        qtbot.addWidget(self.window)
        self.window.resize(1280, 720)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.panel: RecordingPanel = made[0]

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifier)

    def play_for(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.rewind._play_on()


@pytest.fixture
def console(qtbot) -> Console:
    return Console(qtbot)


@pytest.fixture
def past(console: Console) -> Console:
    """The window an hour ago."""
    console.rewind.go_to(EARLIER)
    console.panel.frames.clear()
    return console


# -- going there and back ----------------------------------------------------------------------------------------------


def test_one_key_leaves_the_present_and_one_key_comes_back(console: Console):
    console.press(Qt.Key.Key_F7)
    assert console.rewind.moment == NOON - timedelta(minutes=1)
    assert console.window.mode.mode is Mode.HISTORY
    console.press(Qt.Key.Key_F12)
    assert console.rewind.moment is None
    assert console.window.mode.mode is Mode.LIVE
    assert console.bar.isHidden()


def test_the_panels_are_shown_the_snapshot_of_the_moment(past: Console):
    assert ("at", (EARLIER,)) in past.link.calls
    assert past.panel.snapshots[-1] == 5
    assert past.panel.jumps == 1


def test_the_panels_live_at_the_clock_of_the_moment(past: Console):
    assert past.desk.shown.now() == EARLIER
    assert past.desk.shown.monotonic() == EARLIER.timestamp()
    past.press(Qt.Key.Key_F12)
    assert past.desk.shown.now() == NOON


def test_back_in_the_present_the_panels_are_shown_the_present(past: Console):
    past.link.answers["snapshot"] = frame(9)
    past.press(Qt.Key.Key_F12)
    past.desk.show(frame(10, health=health()))
    assert (past.panel.snapshots[-1], past.panel.frames) == (9, [10])
    assert past.panel.jumps == 2


def test_a_panel_that_was_hidden_meanwhile_hears_of_the_jump_when_it_is_shown(past: Console):
    past.window.go_to_workspace(Workspace.EVENTS)
    past.press(Qt.Key.Key_F12)
    assert past.panel.jumps == 1
    past.window.go_to_workspace(Workspace.OPERATIONS)
    assert past.panel.jumps == 2


def test_a_moment_is_a_whole_second_in_which_all_has_happened(console: Console):
    console.rewind.go_to(EARLIER + timedelta(milliseconds=300))
    assert console.rewind.moment == EARLIER + timedelta(seconds=1)


def test_a_later_wish_takes_the_place_of_an_earlier_one(console: Console):
    console.link.hold()
    console.rewind.go_to(EARLIER)
    console.rewind.go_to(EARLIER + timedelta(minutes=5))
    assert console.rewind.is_loading
    console.link.release()
    assert console.rewind.moment == EARLIER + timedelta(minutes=5)
    assert not console.rewind.is_loading


def test_going_back_to_live_while_a_moment_is_being_read_stays_in_the_present(console: Console):
    console.link.hold()
    console.rewind.go_to(EARLIER)
    console.press(Qt.Key.Key_F12)
    console.link.release()
    assert console.rewind.moment is None


def test_a_record_that_does_not_answer_leaves_the_window_where_it_was(past: Console):
    past.link.answers["rewind.call_up"] = DependencyAway("The database does not answer.", "Look at the strip.")
    past.rewind.step(-60)
    assert past.rewind.moment == EARLIER
    assert "could not be read: The database does not answer." in past.window.banner.text


# -- unmistakable, and without control ---------------------------------------------------------------------------------


def test_history_is_written_on_bar_strip_and_frame(past: Console):
    local = f"{EARLIER.astimezone():%Y-%m-%d %H:%M:%S}"
    assert past.bar._title.text() == f"HISTORY  {local}"
    assert f"HISTORY  {local}" in past.window.head.strip._mode.text()
    assert past.window.covers.frame.isVisible()


def test_no_order_leaves_the_past_and_the_refusal_names_the_way_back(past: Console):
    past.desk.show(frame(1, health=health(), alarms=changed(alarm("T1"))))
    past.press(Qt.Key.Key_F8)
    assert past.link.called("alarms.acknowledge") == []
    assert "this window shows HISTORY" in past.window.banner.text
    assert "F12" in past.window.banner._remedy.text()


def test_strip_and_banner_stay_in_the_present_and_say_so(past: Console):
    past.desk.show(frame(1, health=health(), alarms=changed(alarm("T1"))))
    assert past.panel.frames == []
    assert past.window.head.banner._scope.text() == "LIVE NOW"
    assert past.window.head.banner._entries[0].subject.element == "T1"
    past.press(Qt.Key.Key_F12)
    assert past.window.head.banner._scope.isHidden()


def test_alarms_that_call_in_the_present_are_counted_on_the_bar(past: Console):
    past.desk.show(frame(1, alarms=changed(alarm("T1"), alarm("T2"))))
    past.desk.show(frame(2, alarms=changed(alarm("T3"))))
    assert past.bar._news.text() == "3 new alarms in the present"


def test_a_panel_without_a_past_stays_in_the_present_under_a_cover(qtbot):
    from dataclasses import replace

    feature, made = recording_feature("diagnostics", Placement(Workspace.OPERATIONS, Area.CENTER))
    desk = Desk([replace(feature, has_past=False)])
    desk.link.answers |= {
        "rewind.marks": Marks(),
        "rewind.extent": Extent(None, NOON),
        "rewind.call_up": lambda at: Moment(at, 0, 0, 0, None),
    }
    qtbot.addWidget(desk.window)
    desk.window.show()
    desk.window.rewind.go_to(EARLIER)
    desk.show(frame(3, health=health()))
    assert (made[0].frames, made[0].jumps) == ([3], 0)
    covers = [child for child in made[0].children() if type(child).__name__ == "HatchOverlay"]
    assert covers[0].accessibleName().startswith("ONLY THE PRESENT")
    desk.press("rewind.live")
    assert covers[0].isHidden()


def test_a_study_that_is_in_front_is_framed_as_one_again_after_the_past(console: Console):
    console.desk.press("workspace.study")
    console.rewind.go_to(EARLIER)
    assert console.window.mode.mode is Mode.HISTORY
    console.press(Qt.Key.Key_F12)
    assert console.window.mode.mode is Mode.STUDY


# -- steps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "seconds"),
    [(Qt.Key.Key_Left, -1), (Qt.Key.Key_Right, 1), (Qt.Key.Key_PageUp, -60), (Qt.Key.Key_PageDown, 60)],
)
def test_keys_step_a_second_or_a_minute(past: Console, key: Qt.Key, seconds: int):
    past.press(key, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert past.rewind.moment == EARLIER + timedelta(seconds=seconds)


def test_nothing_later_than_now_is_shown(past: Console):
    past.rewind.step(7200)
    assert past.rewind.moment == NOON


def test_from_alarm_to_alarm_the_one_just_shown_is_left_out(past: Console):
    found = AlarmMark(EARLIER - timedelta(minutes=3, milliseconds=300), 1, "T1 HIHI")
    past.link.answers["rewind.next_alarm"] = found
    past.rewind.to_alarm(backwards=True)
    assert past.link.called("rewind.next_alarm") == [(EARLIER - timedelta(seconds=1), True)]
    assert past.rewind.moment == EARLIER - timedelta(minutes=3)


def test_where_no_alarm_follows_it_is_said(past: Console):
    past.rewind.to_alarm(backwards=False)
    assert past.window.banner.text == words.NO_ALARM_AFTER
    assert past.rewind.moment == EARLIER


def test_the_moment_of_the_selection_is_one_key_away(console: Console):
    console.panel.subject = lambda: Subject("T1", at=EARLIER)
    console.panel.setFocus()
    console.press(Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert console.rewind.moment == EARLIER


# -- playing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_record_plays_as_many_times_as_fast_as_chosen(past: Console, speed: int):
    past.rewind.set_speed(speed)
    past.rewind.play()
    past.play_for(0.5)
    assert past.link.called("rewind.play") == [(EARLIER, EARLIER + timedelta(seconds=0.5 * speed))]
    assert past.desk.shown.now() == EARLIER + timedelta(seconds=0.5 * speed)
    assert past.panel.frames == [7]


def test_playing_is_no_jump_and_the_title_goes_on(past: Console):
    past.rewind.play()
    past.play_for(61)
    assert past.panel.jumps == 1
    assert f"{(EARLIER + timedelta(seconds=61)).astimezone():%H:%M:%S}" in past.bar._title.text()


def test_a_slow_answer_is_waited_for_and_made_up_for(past: Console):
    past.rewind.play()
    past.link.hold()
    past.play_for(0.5)
    past.play_for(0.5)
    past.link.release()
    past.play_for(0.5)
    assert [arguments[1] - EARLIER for arguments in past.link.called("rewind.play")] == [
        timedelta(seconds=0.5),
        timedelta(seconds=1.5),
    ]


def test_a_stretch_that_comes_after_the_window_went_elsewhere_is_dropped(past: Console):
    past.rewind.play()
    past.link.hold()
    past.play_for(0.5)
    past.press(Qt.Key.Key_F12)
    past.link.release()
    assert past.panel.frames == []
    assert past.rewind.moment is None


def test_at_the_present_playing_ends_and_says_how_to_go_live(past: Console):
    past.rewind.set_speed(60)
    past.rewind.play()
    past.play_for(70)
    assert not past.rewind.is_playing
    assert past.window.banner.text == words.PRESENT_REACHED
    assert past.rewind.is_open


def test_going_elsewhere_ends_the_playing(past: Console):
    past.rewind.play()
    past.rewind.step(-1)
    assert not past.rewind.is_playing


# -- the bar -----------------------------------------------------------------------------------------------------------


def test_the_bar_says_what_was_found(past: Console):
    assert past.bar._state.text() == "340 values, 12 stale  ·  2 alarms"


def test_where_nothing_was_recorded_the_bar_says_since_when_there_is_a_record(console: Console):
    console.link.answers["rewind.call_up"] = lambda at: Moment(at, 0, 0, 0, None)
    console.rewind.go_to(EARLIER)
    assert console.bar._state.text().startswith("Nothing was recorded at this time. The record begins at 2026-11-20")


def test_while_a_moment_is_being_read_the_bar_says_so(past: Console):
    past.link.hold()
    past.rewind.step(-1)
    assert past.bar._state.text() == words.CALLING_UP_NOW
    past.link.release()


def test_a_typed_time_is_gone_to(past: Console):
    past.bar.field.setText((EARLIER - timedelta(minutes=9)).astimezone().strftime("%H:%M"))
    past.bar.field.returnPressed.emit()
    assert past.rewind.moment == EARLIER - timedelta(minutes=9)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type a time"),
        ("25:99", "'25:99' is no time."),
        ("soon", "'soon' is no time."),
        ("2031-01-01 00:00", "That has not happened yet."),
        ("2001-01-01 00:00", "The record begins at 2026-11-20"),
    ],
)
def test_a_time_that_cannot_be_shown_is_answered_in_words_beside_the_field(past: Console, typed: str, said: str):
    past.bar.field.setText(typed)
    past.bar.field.returnPressed.emit()
    assert past.bar.trouble.text().startswith(said)
    assert past.rewind.moment == EARLIER


def test_a_long_complaint_does_not_make_the_window_wider(past: Console, qtbot):
    past.bar.field.setText("no time at all, and told at length")
    past.bar.field.returnPressed.emit()
    assert past.bar.minimumSizeHint().width() <= 1280


def test_the_ruler_shows_calls_and_silences_of_its_span(past: Console):
    call = AlarmMark(EARLIER, 1, "T1 HIHI")
    past.link.answers["rewind.marks"] = Marks((call,), (Silence(EARLIER - timedelta(hours=1), EARLIER),))
    past.bar._show_span(EARLIER.timestamp() - 7200, EARLIER.timestamp() + 3600)
    assert [mark.title for mark in past.bar.ruler._marks] == ["T1 HIHI"]
    assert [gap.length for gap in past.bar.ruler._gaps] == [3600.0]


def test_the_hand_is_brought_back_into_sight_when_the_moment_leaves_the_ruler(past: Console):
    past.rewind.go_to(NOON - timedelta(hours=20))
    span = past.bar.ruler.span
    assert span.left <= (NOON - timedelta(hours=20)).timestamp() <= span.right


def test_every_control_of_the_bar_has_a_name_to_be_read_aloud(past: Console):
    from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

    controls = [w for kind in (QPushButton, QComboBox, QLineEdit) for w in past.bar.findChildren(kind)]
    assert len(controls) >= 10
    assert all(control.accessibleName() for control in controls)
    assert past.bar.ruler.accessibleDescription() == f"{EARLIER.astimezone():%Y-%m-%d %H:%M:%S}"


def test_an_answer_about_another_time_than_the_one_shown_is_asked_again(console: Console):
    """The panel asked in the present; the window went to the past before the answer came."""
    from console.bridge.shown_time import ShownLink

    asked: list[datetime | None] = []

    class Slow:
        async def ask(self, question, *, limit_s: float = 5.0):
            asked.append(console.desk.shown.moment)
            if len(asked) == 1:
                console.desk.shown.jump(EARLIER)
            return asked[-1]

        def start(self, work, name: str):
            raise NotImplementedError

    link = ShownLink(Slow(), console.desk.shown)
    with pytest.raises(StopIteration) as ended:
        link.ask(lambda core: core.snapshot()).send(None)
    assert asked == [None, EARLIER]
    assert ended.value.value == EARLIER
    console.desk.shown.jump(None)


def test_frames_of_the_past_reach_no_panel_of_the_present(console: Console):
    console.desk.pump.hand_past(Frame(3, 0.0))
    assert console.panel.frames == []
