"""The strip never repeats what a silent core once said."""

from datetime import timedelta

from backend_core.history.model import Spooled
from backend_core.kernel.links import LinkName
from console.shell.liveness import Liveness
from tests.console.support.frames import frame, health, link
from tests.console.support.screen import NOON


def heard(**said) -> Liveness:
    liveness = Liveness()
    liveness.hear(frame(1, health=health(**said)), 100.0, NOON)
    return liveness


def texts(liveness: Liveness, monotonic_s: float = 100.0, now=NOON) -> list[str]:
    return [sign.text for sign in liveness.signs(now, monotonic_s)]


def test_a_core_that_is_well_is_named_with_its_links_and_the_age_of_its_data():
    assert texts(heard()) == ["west-1 leads", "ok", "ok 4 ms", "ok 4 ms", "0.8 s", "1"]


def test_a_stand_by_names_the_one_it_follows():
    assert texts(heard(leads=False))[0] == "follows west-1"


def test_the_screen_is_not_live_after_six_seconds_of_silence():
    liveness = heard()
    assert liveness.silence(105.9, 0.0) == ""
    assert "silent since" in liveness.silence(106.0, 0.0)
    assert texts(liveness, 107.0) == ["silent 7 s", "not known", "not known", "not known", "not known"]


def test_a_core_that_was_never_heard_is_given_six_seconds():
    liveness = Liveness()
    assert liveness.silence(5.0, 0.0) == ""
    assert "Nothing you see is live" in liveness.silence(6.0, 0.0)


def test_a_core_that_could_not_start_is_told_at_once():
    liveness = Liveness()
    liveness.failed = "the config is odd"
    assert "the config is odd" in liveness.silence(0.1, 0.0)


def test_a_link_is_told_in_words_when_it_is_away_for_more_than_three_seconds():
    links = {LinkName.DATABASE: link(LinkName.DATABASE, ok=False), LinkName.BROKER: link(LinkName.BROKER)}
    liveness = heard()
    liveness.hear(frame(2, health=health(links=links)), 100.0, NOON)
    assert liveness.lost(NOON + timedelta(seconds=3), 100.0) == []
    (sentence,) = liveness.lost(NOON + timedelta(seconds=4), 100.0)
    assert sentence.startswith("DATABASE NOT REACHABLE since")


def test_what_waits_for_the_database_on_this_computer_is_counted_while_it_is_away_and_until_it_is_stored():
    links = {LinkName.DATABASE: link(LinkName.DATABASE, ok=False), LinkName.BROKER: link(LinkName.BROKER)}
    waiting = Spooled(12_345, 1, None, "The disk of the spool is full.")
    (sentence,) = heard(links=links, spooled=waiting).lost(NOON + timedelta(seconds=11), 100.0)
    assert "12,345 messages wait on this computer. The disk of the spool is full." in sentence
    assert texts(heard(spooled=waiting))[3] == "ok, 12,345 to store"
    assert texts(heard(spooled=Spooled(3)))[3] == "ok 4 ms"


def test_a_link_that_was_never_up_is_connecting_for_ten_seconds_before_it_is_lost():
    links = {LinkName.BROKER: link(LinkName.BROKER, ok=False)}
    liveness = heard(links=links)
    assert texts(liveness, now=NOON + timedelta(seconds=9))[2] == "connecting"
    assert liveness.lost(NOON + timedelta(seconds=9), 100.0) == []
    assert texts(liveness, now=NOON + timedelta(seconds=11))[2] == "away 11 s"
    assert len(liveness.lost(NOON + timedelta(seconds=11), 100.0)) == 1


def test_an_abnormal_sign_has_a_tone_beside_its_words():
    links = {LinkName.DATABASE: link(LinkName.DATABASE, ok=False), LinkName.BROKER: link(LinkName.BROKER)}
    signs = heard(links=links).signs(NOON + timedelta(seconds=12), 100.0)
    assert [(sign.text, sign.tone) for sign in signs][3] == ("away 12 s", "high")


def test_a_journal_that_is_not_followed_is_told_after_five_seconds():
    liveness = heard(leads=False, journal_age_s=1.0)
    assert texts(liveness, 104.0)[1] == "ok"
    assert liveness.lost(NOON, 104.0) == []
    assert texts(liveness, 104.5)[1] == "6 s old"
    (sentence,) = liveness.lost(NOON, 104.5)
    assert sentence.startswith("ALARM LIST 6 s OLD")


def test_a_leader_without_database_knows_its_alarms_all_the_same():
    links = {LinkName.DATABASE: link(LinkName.DATABASE, ok=False)}
    assert not heard(links=links, journal_age_s=60.0).is_behind(100.0)
    assert heard(links=links, leads=False, journal_age_s=60.0).is_behind(100.0)


def test_what_the_core_warns_of_stands_in_every_window():
    assert heard(warnings=("THE LEAD FLAPS",)).lost(NOON, 100.0) == ["THE LEAD FLAPS"]


def test_without_the_database_nobody_knows_who_leads():
    links = {LinkName.DATABASE: link(LinkName.DATABASE, ok=False)}
    assert texts(heard(leader=None, leads=False, links=links))[0] == "not known"
    assert texts(heard(leader=None, leads=False))[0] == "no leader"
