"""What the screen makes of a board, without a window."""

from dataclasses import replace
from datetime import timedelta

from backend_core.outages.model import Finding, ImportPlan, SmartSwitch, Verdict
from console.features.outages import words
from console.features.outages.state import OutagesState, Run, preview_rows
from console.features.outages.table import attention_first
from tests.console.features.outages.street import NOW, a_board, a_frame, ago, an_outage, dark, lit


def state_of(*standings, **extra) -> OutagesState:
    state = OutagesState(window_s=7_200.0)
    assert state.apply(a_frame(a_board(*standings, **extra)))
    return state


def test_the_dark_come_first_and_the_unprobed_last():
    rows = state_of(lit("b"), lit("a"), lit("c", active=False), dark("z")).rows(NOW)
    assert [r.name for r in sorted(rows, key=attention_first)] == ["z", "a", "b", "c"]


def test_the_last_verdict_holds_until_now_unless_a_check_is_overdue():
    (row,) = state_of(lit("a")).rows(NOW)
    assert row.runs() == [Run(0.0, 1.0, Verdict.ONLINE)]
    (late,) = state_of(lit("a")).rows(NOW + timedelta(minutes=60))
    assert late.runs()[-1].end < 0.6


def test_a_short_dark_stretch_is_seen_in_the_strip():
    (row,) = state_of(dark("a", minutes=0.6)).rows(NOW)
    assert row.runs()[-1].verdict is Verdict.OFFLINE


def test_uptime_never_rounds_up_to_all():
    assert words.share(0.99999) == "99.9 %"
    assert words.share(1.0) == "100 %"
    assert words.share(None) == "n/a"


def test_the_short_list_says_since_when_it_is_dark():
    (row,) = state_of(dark("a", minutes=2)).rows(NOW)
    assert words.short_state(row.standing, row.uptime, NOW) == "offline 2 min"


def test_only_what_is_not_calm_is_refreshed_each_second():
    state = state_of(lit("a"), dark("b"), lit("c", active=False))
    assert [r.name for r in state.restless_rows(NOW)] == ["b"]


def test_the_open_outage_leads_the_history_and_the_longest_gives_the_measure():
    open_one, past = an_outage("a", minutes=4), an_outage("a", "b", minutes=100, ended=92)
    rows = state_of(lit("a"), outage=open_one, past=(open_one, past)).outage_rows(NOW)
    assert [r.outage for r in rows] == [open_one, past]
    assert rows[0].share_of_longest == 0.5
    assert rows[1].share_of_longest == 1.0


def test_the_sum_of_the_panel_is_one_line():
    assert words.sum_up(a_board(lit("a"), dark("b"))) == "1 of 2 answer · no outage · 99.2 % in 24 h"
    assert "outage 4 min 00 s" in words.sum_up(a_board(dark("b"), outage=an_outage("b")))
    assert words.sum_up(a_board()) == "none is probed"


def test_a_round_that_cannot_fit_is_said():
    board = a_board(lit("a"))
    assert board.cycle is not None
    assert "too short" in words.scope("last 2 h", replace(board.cycle, fits=False), 60.0)


def test_the_card_names_the_dark_and_counts_the_returned():
    outage = an_outage("a", "b", "c")
    back = replace(outage, affected=(replace(outage.affected[0], returned_at=ago(1)), *outage.affected[1:]))
    assert words.outage_detail(back) == "3 of 4 known smart switches are dark: b, c. One is back."


def test_a_preview_shows_the_findings_or_what_would_change():
    wrong = ImportPlan((SmartSwitch("a", "h"),), findings=(Finding(7, "No."),))
    assert [(r.line, r.text) for r in preview_rows(wrong)] == [(7, "No.")]
    right = ImportPlan((SmartSwitch("a", "h"),), (SmartSwitch("b", "i"),))
    assert [r.change for r in preview_rows(right)] == ["new", "changed"]
    assert words.plan_words(right) == "1 new, 1 changed, 0 as they are."
