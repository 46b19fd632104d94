"""Every title bar says where it comes from and how old it is; what is no longer the present is greyed."""

from datetime import UTC, datetime

import pytest

from backend_core.kernel.links import LinkName
from backend_core.sharing.model import Console, Presence
from console.features import FEATURES
from console.features.contract import Source
from console.shell.feature_list import load_features
from console.shell.help_pages import page_of_consoles
from console.shell.liveness import Liveness
from console.shell.provenance import Origin, origin_of
from tests.console.support.frames import frame, health, link
from tests.console.support.screen import NOON


def heard(**said) -> Liveness:
    liveness = Liveness()
    liveness.hear(frame(1, health=health(**said)), 100.0, NOON)
    return liveness


@pytest.mark.parametrize("leads", [True, False], ids=["leader", "stand-by"])
def test_leader_and_stand_by_say_the_same(leads: bool):
    liveness = heard(leads=leads)
    assert origin_of(Source.LIVE, liveness, 100.0) == Origin("live · 1 s")
    assert origin_of(Source.RECORD, liveness, 101.0) == Origin("record · 2 s")


def test_old_data_and_a_lost_broker_show():
    assert origin_of(Source.LIVE, heard(data_age_p95_s=44.0), 100.0) == Origin("live · 44 s", "high")
    links = {LinkName.BROKER: link(LinkName.BROKER, ok=False)}
    assert origin_of(Source.LIVE, heard(links=links), 100.0).tone == "high"
    assert origin_of(Source.LIVE, heard(data_age_p95_s=None), 100.0).text == "live, nothing yet"


def test_a_list_that_nobody_follows_is_marked_after_five_seconds_and_greyed_after_fifteen():
    liveness = heard(leads=False, journal_age_s=14.0)
    assert origin_of(Source.RECORD, liveness, 100.5) == Origin("record · 15 s", "high")
    grey = origin_of(Source.RECORD, liveness, 101.5)
    assert (grey.tone, grey.veil) == ("high", "As it stood 16 s ago: changes by others do not arrive")


def test_nothing_is_said_of_a_silent_core_and_of_panels_that_say_it_themselves():
    assert origin_of(Source.RECORD, heard(), 120.0) == Origin("")
    assert origin_of(Source.OWN, heard(), 100.0) == Origin("")


def test_the_list_of_consoles_tells_who_leads_and_who_may_not_and_words_of_newer_versions():
    at = datetime(2026, 11, 21, tzinfo=UTC)
    leader = Presence(Console("1", "west", "amira", "host-a", "1.0"), "leader", at, True)
    laptop = Presence(Console("2", "field|laptop", "bo", "host-b", "1.1", may_lead=False), "standby", at, False)
    newer = Presence(Console("3", "east", "cleo", "host-c", "2.0"), "observing", at, True)
    page = page_of_consoles(health(present=(leader, laptop, newer)))
    assert "| west | amira | host-a | 1.0 | leads | heard |" in page
    assert "| field/laptop | bo | host-b | 1.1 | never leads | not heard |" in page
    assert "| observing (newer version) |" in page


def test_every_feature_either_has_a_source_or_says_it_itself():
    own = {feature.id for feature in load_features(FEATURES) if feature.source is Source.OWN}
    assert own == {"overview", "study", "reports", "diagnostics"}
