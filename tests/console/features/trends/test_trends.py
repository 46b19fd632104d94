"""Which points a trend draws, from where their curves come, and what leaves it as a file."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from backend_core.gaps.model import EVERYTHING, Cause, Gap
from backend_core.gateway.frame import Frame, Sample, SampleRun
from backend_core.gateway.readings import PointInfo
from backend_core.history.model import History, PointHistory
from backend_core.kernel.errors import DependencyAway
from backend_core.kernel.identities import PointId
from console.features.contract import Workspace
from console.features.targets import TrendTarget
from console.features.trends import words
from console.features.trends.actions import save
from console.features.trends.panel import TrendsPanel
from console.features.trends.plot import curve_of, pen_of, samples_as_csv, told_gaps
from console.features.trends.state import MOST_POINTS, Choice, first_points, only_points, with_points, without_point
from tests.console.support.screen import NOON, FakeLink, TestClock, make_context
from ui.dragging import mime_of
from ui.plot import Pen, Trace

NOW = NOON.timestamp()


def info(point, unit="%", **limits):
    return PointInfo(PointId(point), point, unit, 1, None, **limits)


INFOS = (
    info("BUS-001.voltage", "pu"),
    info("LINE-1.loading_percent"),
    info("T1.loading_percent", high=90.0, high_high=100.0),
    info("T2.loading_percent"),
)


def past(point, seconds=600, *, thinned=False):
    times = np.arange(NOW - seconds, NOW)
    quality = np.zeros(len(times), np.int16)
    return PointHistory(
        point, (times * 1e6).astype(np.int64), np.full(len(times), 50.0), quality, seconds, 1.0, thinned, 5.0
    )


def history(points, start, end, columns):
    return History(start, end, {point: past(point) for point in points})


class Desk:
    def __init__(self, qtbot, workspace=Workspace.OPERATIONS, **answers):
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.clock = TestClock()
        self.link = FakeLink({"readings.points": INFOS, "readings.history": history, **answers})
        self.context = make_context(self.host, self.link, self.clock, workspace)
        self.panel = TrendsPanel(self.context)
        qtbot.addWidget(self.panel)
        self.panel.resize(1200, 320)
        self.panel.show()
        self.panel.panel_shown()

    @property
    def points(self):
        return list(self.panel.choice.points)

    def hear(self, point, *values):
        samples = tuple(Sample(round((NOW + i) * 1e6), value, 0) for i, value in enumerate(values))
        self.panel.show_frame(Frame(1, 0.0, samples={PointId(point): SampleRun(samples)}))


@pytest.fixture
def desk(qtbot):
    return Desk(qtbot)


def test_a_fresh_trend_shows_the_loading_of_the_transformers(desk):
    assert desk.points == ["T1.loading_percent", "T2.loading_percent"]


def test_live_samples_go_on_where_history_ends(desk):
    desk.hear("T1.loading_percent", 51.0, 52.0)
    curve = desk.panel.view.trace("T1.loading_percent").curve()
    assert len(curve.runs) == 1
    assert not curve.gaps
    assert curve.value_at(NOW + 1) == 52.0
    assert curve.value_at(NOW - 300) == 50.0


def test_history_is_asked_as_wide_as_the_plot_with_a_margin_at_its_sides(desk):
    points, start, end, columns = desk.link.called("readings.history")[-1]
    assert tuple(points) == ("T1.loading_percent", "T2.loading_percent")
    assert start < NOON < end
    assert columns >= desk.panel.view.stack.columns


def test_without_history_the_curve_grows_from_now_and_says_so(qtbot):
    desk = Desk(qtbot, **{"readings.history": DependencyAway("The database does not answer.", "Wait.")})
    assert "The database does not answer." in desk.context.head.freshness
    desk.hear("T1.loading_percent", 51.0)
    assert desk.panel.view.trace("T1.loading_percent").newest()[1] == 51.0


def test_coming_from_an_alarm_shows_its_point_around_its_moment(desk):
    desk.panel.go_to(TrendTarget(("BUS-001.voltage",), around=NOON))
    assert desk.points == ["BUS-001.voltage"]
    assert desk.panel.view.span.left < NOW < desk.panel.view.span.right
    assert not desk.panel.view.follows
    assert "held" in desk.context.head.scope


def test_points_dropped_here_are_added_once(desk):
    mime = mime_of(["BUS-001.voltage", "T1.loading_percent"])
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    desk.panel.dropEvent(QDropEvent(QPointF(5, 5), action, mime, button, keys))
    assert desk.points == ["T1.loading_percent", "T2.loading_percent", "BUS-001.voltage"]
    assert [lane.unit for lane in desk.panel.view.stack.lanes.values()] == ["%", "pu"]


def test_searching_finds_points_by_all_their_words_and_enter_adds_the_first(qtbot):
    desk = Desk(qtbot, Workspace.TRENDS)
    picker = desk.panel._picker
    picker._field.setText("bus volt")
    qtbot.keyClick(picker._field, Qt.Key.Key_Return)
    assert desk.points[-1] == "BUS-001.voltage"


def test_a_search_without_a_hit_says_so(qtbot):
    desk = Desk(qtbot, Workspace.TRENDS)
    desk.panel._picker._field.setText("no such thing")
    qtbot.waitUntil(lambda: desk.panel._picker._none.isVisible(), timeout=2000)


def test_taking_the_last_point_out_leaves_words_that_help(desk):
    desk.panel.clear()
    assert desk.panel._empty.isVisible()
    assert words.EMPTY_NEXT in desk.panel._empty.accessibleName()


def test_history_that_was_not_there_yet_is_asked_for_again(qtbot):
    desk = Desk(qtbot, **{"readings.history": lambda points, start, end, columns: History(start, end, {})})
    desk.link.answers["readings.history"] = history
    desk.clock.advance(10)
    desk.panel.tick()
    assert desk.panel.view.trace("T1.loading_percent").curve().value_at(NOW - 300) == 50.0


def test_the_choice_is_remembered(desk):
    desk.panel.add_points(["BUS-001.voltage"])
    assert desk.context.memory.get("points", []) == desk.points


def test_yesterday_stands_behind_today_at_the_same_hours(desk):
    desk.panel.toggle_yesterday()
    ghost = desk.panel.view.trace("yesterday:T1.loading_percent")
    assert ghost.pen.is_ghost
    starts = [start for _, start, _, _ in desk.link.called("readings.history")]
    assert min(starts) < NOON.replace(day=20, hour=14)
    assert ghost.curve().runs[0].start > NOW


def test_cursors_tell_their_difference_in_the_title_bar(desk):
    desk.panel.view.toggle_cursors()
    desk.panel.view.move_cursor(0, NOW - 400)
    desk.panel.view.move_cursor(1, NOW - 100)
    assert desk.context.head.freshness == "Δt 00:05:00   Δ 0.0 %"


def test_showing_the_panel_again_fills_what_was_missed_from_history(desk):
    desk.hear("T1.loading_percent", 51.0)
    asked = len(desk.link.called("readings.history"))
    desk.panel.panel_hidden()
    desk.panel.panel_shown()
    assert len(desk.link.called("readings.history")) > asked
    assert desk.panel.view.trace("T1.loading_percent").newest() is None


def test_saving_to_a_folder_that_is_not_there_is_told_in_words(desk, tmp_path):
    save(desk.panel.view, tmp_path / "gone" / "x.png", desk.context)
    save(desk.panel.view, tmp_path / "x.csv", desk.context)
    assert (tmp_path / "x.csv").read_text().startswith("point,ts,value,quality\n")


def test_a_trend_holds_at_most_eight_points():
    choice = with_points(Choice(), [f"P{i}.voltage" for i in range(20)])
    assert len(choice.points) == MOST_POINTS
    assert choice.is_full
    assert len(without_point(choice, "P0.voltage").points) == MOST_POINTS - 1
    assert only_points(choice, ["A.x", "A.x"]).points == ("A.x",)


def test_without_loadings_the_first_voltages_are_shown():
    assert first_points({INFOS[0].point: INFOS[0]}) == ("BUS-001.voltage",)
    assert first_points({}) == ()


def test_the_file_is_ordered_by_time_then_point_in_utc():
    one, other = Trace(Pen("B.x", "B")), Trace(Pen("A.x", "A"))
    for trace in (one, other):
        trace.append(NOW, 1.5)
        trace.append(NOW + 0.25, 2.0, 1)
    lines = samples_as_csv([one, other], NOW, NOW + 1).splitlines()
    assert lines[1] == "A.x,2026-11-21T12:00:00.000000Z,1.5,good"
    assert lines[2] == "B.x,2026-11-21T12:00:00.000000Z,1.5,good"
    assert lines[4] == "B.x,2026-11-21T12:00:00.250000Z,2.0,uncertain"


def test_inside_a_thinned_column_nothing_is_called_missing():
    assert not curve_of(past("p", 10), 60.0).gaps
    wide = PointHistory(
        PointId("p"), np.array([0, 20_000_000, 40_000_000]), np.ones(3), np.zeros(3, np.int16), 900, 1.0, True, 5.0
    )
    assert not curve_of(wide, 60.0).gaps
    assert len(curve_of(replace(wide, is_thinned=False), 60.0).gaps) == 2


def test_limits_of_the_network_become_labelled_lines():
    pen = pen_of(INFOS[2], 0, 5.0)
    assert [(limit.label, limit.tone) for limit in pen.limits] == [
        ("T1 limit 90 %", "medium"),
        ("T1 limit 100 %", "high"),
    ]


def test_time_differences_read_as_a_clock():
    assert words.difference_of_time(1100) == "Δt 00:18:20"
    assert words.difference_of_time(2 * 86400 + 60) == "Δt 2 d 00:01:00"
    assert words.difference_of_time(0.25) == "Δt 0.250 s"


def test_the_foot_says_how_fine_the_curves_are():
    assert words.foot(0.934, None) == "coverage 93.4 % · every sample"
    assert [words.resolution(s) for s in (0.5, 54.0, 300.0, 3600.0, 86400.0)] == [
        "min–max per pixel",
        "min–max of 54 s",
        "min–max of 5 min",
        "min–max of 1 h",
        "min–max of 1 day",
    ]


def test_a_bucket_that_is_missing_between_two_is_a_gap():
    middles = np.array([0, 3600, 3 * 3600], np.int64) * 1_000_000
    hours = PointHistory(
        PointId("p"), middles, np.ones(3), np.zeros(3, np.int16), 900, 1.0, True, 5.0, resolution_s=3600.0
    )
    assert [(gap.start, gap.end) for gap in curve_of(hours, 60.0).gaps] == [(3600.0, 10800.0)]


def test_a_gap_of_the_record_is_told_in_the_curve_and_a_refused_subscription_is_not():
    start, end = NOON - timedelta(minutes=10), NOON
    lost = Gap(NOON - timedelta(seconds=60), NOON - timedelta(seconds=50), Cause.SESSION_LOST, EVERYTHING, "")
    refused = Gap(start, None, Cause.REFUSED, "grid/weather/#", "")
    answer = History(start, end, {}, (lost, refused))
    curve = curve_of(past("T1.loading_percent"), 1.0, told=told_gaps(answer))
    assert [gap.words for gap in curve.gaps] == ["incomplete 10 s"]
    assert len(curve.runs) == 3
