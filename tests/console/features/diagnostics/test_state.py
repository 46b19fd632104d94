"""What diagnostics make of the core's answers."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

from backend_core.gateway.diagnosis import Verdict
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import LiveValue
from console.features.diagnostics import words
from console.features.diagnostics.export_state import REJECTION_HEADER, rejections_as_csv, sources_as_csv
from console.features.diagnostics.state import CURVE_S, DiagnosticsState, most_overdue
from console.features.diagnostics.tiles import all_figures
from console.features.diagnostics.walk_state import breakable, conclude
from tests.console.features.diagnostics.core import known, rejection, source, us, walk
from tests.console.support.frames import frame, health
from tests.console.support.screen import NOON


def test_a_rate_is_counted_over_the_last_seconds():
    state = DiagnosticsState()
    for second in range(30):
        now = us(NOON + timedelta(seconds=second))
        state.hear([source(messages=2 * second if second < 20 else 40)], 1_000.0 + second, now)
    assert state.sources["sensor_3"].rate_per_s is not None
    assert state.sources["sensor_3"].rate_per_s < 0.3


def test_a_rate_is_not_made_up_from_one_look():
    state = DiagnosticsState()
    state.hear([source()], 1_000.0, us(NOON))
    assert state.sources["sensor_3"].rate_per_s is None


def test_devices_of_the_record_that_are_silent_stand_in_the_list():
    state = DiagnosticsState()
    state.know_devices([known("sensor_3"), known("old", days=30)])
    state.hear([source()], 1_000.0, us(NOON))
    assert (state.heard(), len(state.sources)) == (1, 2)
    assert state.sources["old"].silent_s is None
    assert state.sources["sensor_3"].first_seen == NOON - timedelta(days=3)


def test_the_most_overdue_point_is_the_first_to_look_at():
    def heard(age_s: float, period_s: float) -> LiveValue:
        return LiveValue(1.0, Quality.GOOD, 0, 0, 1_000.0 - age_s, period_s)

    values = {PointId("slow.x"): heard(60.0, 60.0), PointId("fast.x"): heard(9.0, 1.0)}
    assert most_overdue(values, 1_000.0) == "fast.x"
    assert most_overdue({}, 1_000.0) is None


def test_the_most_that_ever_waited_is_kept():
    state = DiagnosticsState()
    for waiting in (3, 40, 0):
        state.apply(frame(health=replace(health(), depths={"telemetry": waiting}, dropped={"live inlet": 2})))
    assert [(q.name, q.waiting, q.most, q.dropped) for q in state.queues()] == [
        ("telemetry", 0, 40, 0),
        ("live inlet", 0, 0, 2),
    ]


def test_rejections_that_look_alike_stay_apart():
    state = DiagnosticsState()
    state.reject([rejection(), rejection()])
    assert len({line.id for line in state.rejections}) == 2


def test_curves_are_bounded():
    state = DiagnosticsState()
    for second in range(2 * CURVE_S):
        curve = state.note("lag", float(second))
    assert (len(curve), curve[-1]) == (CURVE_S, 2 * CURVE_S - 1)


def test_a_figure_is_marked_only_beyond_its_budget():
    state = DiagnosticsState()
    state.apply(frame(health=replace(health(), loop_lag_ms=20.0)))
    assert all(figure.mark is None for figure in all_figures(state, None))
    state.apply(frame(health=replace(health(), loop_lag_ms=250.0)))
    (late,) = (figure for figure in all_figures(state, None) if figure.mark is not None)
    assert (late.name, late.value.tone) == (words.LOOP_LAG, "medium")


def test_without_a_sign_of_life_nothing_is_claimed():
    assert {figure.value.text for figure in all_figures(DiagnosticsState(), None)} == {"n/a"}


def test_the_first_broken_step_is_the_cause_even_after_a_doubt():
    found = conclude(
        "T1.loading_percent", walk(topic=Verdict.DOUBTFUL, judgement=Verdict.BROKEN, screen=Verdict.BROKEN)
    )
    assert (found.step, found.tone) == ("Judgement", "critical")


def test_without_a_break_the_first_doubt_is_told_and_without_that_all_is_well():
    assert conclude("x.y", walk(screen=Verdict.DOUBTFUL)).step == "Screen"
    assert conclude("x.y", walk()).sentence == words.all_good("x.y")


def test_a_payload_may_be_broken_after_each_comma():
    assert breakable('{"a":1,"b":2}') == '{"a":1,\u200b"b":2}'


def test_reasons_are_told_in_words_most_frequent_first():
    assert words.by_reason({"json": 3, "too_old": 12, "time": 0}) == "12 too old · 3 no JSON"
    assert words.reason("brand_new") == "brand new"


def test_clock_offsets_keep_their_sign():
    assert [words.offset(s) for s in (0.012, -0.2, 7.0, -400.0)] == ["+12 ms", "−200 ms", "+7.0 s", "−6 min"]


def test_files_hold_every_line_and_no_formula():
    state = DiagnosticsState()
    state.hear([source("sensor_3"), source("-2+3")], 1_000.0, us(NOON))
    state.reject([rejection(b"=cmd()\n\xff")])
    sources = list(csv.reader(io.StringIO(sources_as_csv(state.sources.values()))))
    assert [row[0] for row in sources] == ["device", "sensor_3", "'-2+3"]
    header, line = csv.reader(io.StringIO(rejections_as_csv(state.rejections)))
    assert tuple(header) == REJECTION_HEADER
    assert line[0] == "2026-11-21T11:59:59.000000Z"
    assert line[4] == "'=cmd()\n\\xff"
