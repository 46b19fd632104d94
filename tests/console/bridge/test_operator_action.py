"""An order is pending until its answer is here; a failure is told in words."""

import pytest

from backend_core.kernel.errors import DependencyAway
from console.bridge.operator_action import OperatorActions
from tests.console.support.screen import FakeLink


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def actions(qapp, link, told) -> OperatorActions:
    return OperatorActions(link, lambda what, remedy: told.append((what, remedy)))


def test_a_row_is_pending_until_the_core_has_answered(actions: OperatorActions, link: FakeLink):
    link.hold()
    actions.run("Acknowledge T1", lambda core: core.alarms.acknowledge("T1", 1), keys=["T1"])
    assert actions.is_pending("T1")
    link.release()
    assert not actions.is_pending("T1")
    assert link.called("alarms.acknowledge") == [("T1", 1)]


def test_two_orders_on_one_row_keep_it_pending_until_both_are_answered(actions: OperatorActions, link: FakeLink):
    link.hold()
    for _ in range(2):
        actions.run("Acknowledge T1", lambda core: core.alarms.acknowledge("T1", 1), keys=["T1"])
    first, second = link._held
    link._drive(first)
    assert actions.is_pending("T1")
    link._drive(second)
    assert not actions.is_pending("T1")


def test_a_failed_order_is_told_with_its_title_and_remedy(actions: OperatorActions, link: FakeLink, told):
    link.answers["alarms.acknowledge"] = DependencyAway("The database is away.", "It is written when it returns.")
    actions.run("Acknowledge T1", lambda core: core.alarms.acknowledge("T1", 1), keys=["T1"])
    assert told == [("Acknowledge T1: The database is away.", "It is written when it returns.")]
    assert not actions.is_pending("T1")


def test_the_outcome_reaches_whoever_asked(actions: OperatorActions, link: FakeLink):
    link.answers["alarms.acknowledge"] = "somebody was faster"
    outcomes = []
    actions.run("Acknowledge", lambda core: core.alarms.acknowledge("T1", 1), on_done=outcomes.append)
    assert outcomes == ["somebody was faster"]


def test_an_order_is_refused_in_words_while_the_screen_is_not_live(qapp, link: FakeLink, told):
    refusal = DependencyAway("Refused: what you see is not live.", "Wait.")
    actions = OperatorActions(link, lambda what, remedy: told.append((what, remedy)), refusal=lambda: refusal)
    actions.run("Open CB-F12B", lambda core: core.simulator.operate("CB-F12B", 0), keys=["CB-F12B"])
    assert told == [("Open CB-F12B: Refused: what you see is not live.", "Wait.")]
    assert link.calls == []
    assert not actions.is_pending("CB-F12B")
