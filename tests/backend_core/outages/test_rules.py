"""Verdicts, flapping, outages and time lines, decided from plain facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.outages.model import OutageLimits, ProbeAnswer, ProbeError, Span, Tally, Verdict
from backend_core.outages.rules.outage import is_outage, next_outage
from backend_core.outages.rules.timeline import cells, extend, trimmed, uptime
from backend_core.outages.rules.verdict import is_flapping, judge, tally
from tests.backend_core.outages.switchyard import a_standing

T0 = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ON, OFF, DUNNO = Verdict.ONLINE, Verdict.OFFLINE, Verdict.UNKNOWN
LIMITS = OutageLimits()


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def street(dark: int, lit: int, unknown: int = 0, since: datetime = T0):
    verdicts = [OFF] * dark + [ON] * lit + [DUNNO] * unknown
    return tuple(a_standing(f"S-{i + 1}", verdict, since) for i, verdict in enumerate(verdicts))


def decide(current, standings, when, limits=LIMITS):
    return next_outage(current, standings, tally(standings), limits, when, 60.0)


@pytest.mark.parametrize("status", [200, 301, 401, 404, 500])
def test_any_http_answer_is_power(status):
    assert judge(ProbeAnswer("S-1", T0, status=status), refused_is_power=False) is ON


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (ProbeError.TIMEOUT, OFF),
        (ProbeError.REFUSED, OFF),
        (ProbeError.DNS, DUNNO),
        (ProbeError.TLS, DUNNO),
        (ProbeError.HTTP, DUNNO),
        (ProbeError.OBSERVER_BAD, DUNNO),
    ],
)
def test_only_silence_and_refusal_are_dark(error, verdict):
    assert judge(ProbeAnswer("S-1", T0, error=error), refused_is_power=False) is verdict


def test_refusal_is_power_when_the_setting_says_so():
    assert judge(ProbeAnswer("S-1", T0, error=ProbeError.REFUSED), refused_is_power=True) is ON


def test_one_that_changes_every_round_flaps_until_it_is_calm():
    restless = [ON, OFF, ON, OFF, ON, OFF]
    assert is_flapping(restless, was_flapping=False)
    assert is_flapping([*restless, OFF, OFF], was_flapping=True)
    assert not is_flapping([OFF] * 7 + [ON], was_flapping=True)
    assert not is_flapping([ON, ON, OFF, OFF, OFF, ON, ON], was_flapping=False)


def test_half_of_the_known_is_an_outage_and_the_unknown_do_not_count():
    assert is_outage(Tally(online=3, offline=3, unknown=20), LIMITS)
    assert not is_outage(Tally(online=4, offline=3, unknown=20), LIMITS)


def test_too_few_known_are_never_an_outage():
    assert not is_outage(Tally(online=0, offline=2, unknown=9), LIMITS)


def test_nobody_dark_is_no_outage_even_at_a_threshold_of_nothing():
    assert not is_outage(Tally(online=5), OutageLimits(threshold=0.0))


def test_the_disabled_and_the_flapping_are_not_counted():
    standings = (
        a_standing("S-1", OFF, T0),
        a_standing("S-2", OFF, T0, active=False),
        a_standing("S-3", OFF, T0, flapping=True),
        a_standing("S-4", ON, T0),
    )
    assert tally(standings) == Tally(online=1, offline=1, unknown=1)


def test_an_outage_starts_with_its_first_failure():
    standings = (*street(3, 0, since=at(1)), replace(a_standing("S-9", OFF, at(0))), a_standing("S-8", ON, T0))
    outage = decide(None, standings, at(2))
    assert outage is not None
    assert outage.started_at == at(0)
    assert outage.names == ("S-1", "S-2", "S-3", "S-9")
    assert (outage.offline, outage.known) == (4, 5)


def test_one_that_was_dead_for_days_did_not_begin_the_outage():
    standings = (*street(3, 1, since=at(0)), a_standing("S-9", OFF, at(-5_000)))
    outage = decide(None, standings, at(1))
    assert outage is not None
    assert outage.started_at == at(0)
    assert "S-9" in outage.names


def test_an_outage_ends_when_the_share_falls_below_and_knows_who_returned():
    opened = decide(None, street(4, 2), at(0))
    ended = decide(opened, street(2, 4), at(7))
    assert ended is not None
    assert ended.ended_at == at(7)
    assert [a.name for a in ended.affected if a.returned_at == at(7)] == ["S-3", "S-4"]
    assert (ended.offline, ended.known) == (4, 6)


def test_an_outage_gathers_those_who_follow():
    opened = decide(None, street(3, 3), at(0))
    spread = decide(opened, street(5, 1, since=at(1)), at(1))
    assert spread is not None
    assert spread.is_open
    assert len(spread.affected) == 5
    assert spread.started_at == T0


def test_not_knowing_any_more_does_not_end_an_outage():
    opened = decide(None, street(4, 2), at(0))
    unclear = tuple(replace(s, verdict=DUNNO) if s.verdict is OFF else s for s in street(4, 2))
    kept = decide(opened, unclear, at(1))
    assert kept is not None
    assert kept.is_open


def test_an_outage_ends_when_too_few_are_left_to_tell():
    opened = decide(None, street(3, 1), at(0))
    ended = decide(opened, street(1, 1), at(1))
    assert ended is not None
    assert not ended.is_open


def test_a_verdict_holds_until_the_next_check_and_not_over_a_gap():
    spans = extend((), ON, at(0), 150.0)
    spans = extend(spans, ON, at(1), 150.0)
    spans = extend(spans, OFF, at(2), 150.0)
    spans = extend(spans, OFF, at(60), 150.0)
    assert spans == (Span(ON, at(0), at(2)), Span(OFF, at(2), at(2)), Span(OFF, at(60), at(60)))


def test_uptime_is_the_share_of_the_known_time():
    spans = (Span(ON, at(0), at(6)), Span(DUNNO, at(6), at(10)), Span(OFF, at(10), at(12)))
    assert uptime(spans, at(0), at(12)) == 0.75
    assert uptime(spans, at(9), at(12)) == 0.0
    assert uptime(spans, at(6), at(10)) is None


def test_a_strip_shows_the_worst_of_each_cell_and_leaves_the_unchecked_empty():
    spans = (Span(ON, at(2), at(5)), Span(OFF, at(5), at(6)))
    assert cells(spans, at(0), at(10), 5) == [None, ON, OFF, OFF, None]


@given(st.lists(st.tuples(st.sampled_from(list(Verdict)), st.integers(1, 400)), max_size=60))
def test_stretches_never_overlap_and_lie_in_order(steps):
    spans, now = (), T0
    for verdict, seconds in steps:
        now += timedelta(seconds=seconds)
        spans = extend(spans, verdict, now, 150.0)
    assert all(s.started_at <= s.ended_at for s in spans)
    assert all(a.ended_at <= b.started_at for a, b in pairwise(spans))
    assert trimmed(spans, T0, 3) == spans[-3:]
