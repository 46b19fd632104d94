"""Which orders to a switch are obeyed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.kernel.positions import Position
from backend_core.virtual_grid.model import CommandReply, Refusal, SwitchCommand
from backend_core.virtual_grid.rules.commands import Unreadable, judge, read, reply_payload

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TOPIC = "grid/commands/CB-1"
POSITIONS = {"CB-1": Position.CLOSED}


def body(**changes: Any) -> bytes:
    whole = {
        "command_id": "c-1",
        "switch_id": "CB-1",
        "action": "open",
        "from": "closed",
        "expires_at": (NOW + timedelta(seconds=5)).isoformat(),
        "epoch": 3,
    }
    return json.dumps({**whole, **changes}).encode()


def command(**changes: Any) -> SwitchCommand:
    found = read(TOPIC, body(**changes))
    assert isinstance(found, SwitchCommand)
    return found


def test_a_whole_fresh_order_is_obeyed() -> None:
    assert judge(command(), POSITIONS, set(), 3, NOW) is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"expires_at": NOW.isoformat()}, Refusal.EXPIRED),
        ({"epoch": 2}, Refusal.OLD_EPOCH),
        ({"from": "open", "action": "close"}, Refusal.NOT_AS_STATED),
    ],
)
def test_an_order_that_is_late_old_or_wrong_about_the_present_is_refused(
    changes: dict[str, Any], refusal: Refusal
) -> None:
    assert judge(command(**changes), POSITIONS, set(), 3, NOW) is refusal


def test_the_same_order_twice_is_obeyed_once() -> None:
    assert judge(command(), POSITIONS, {"c-1"}, 3, NOW) is Refusal.DUPLICATE


def test_a_switch_that_is_not_there_is_said_to_be_unknown() -> None:
    assert judge(command(), {}, set(), 3, NOW) is Refusal.UNKNOWN_SWITCH


@pytest.mark.parametrize(
    "changes",
    [
        {"switch_id": "CB-2"},
        {"action": "toggle"},
        {"from": "ajar"},
        {"expires_at": "tomorrow"},
        {"expires_at": 5},
        {"epoch": "3"},
        {"epoch": True},
    ],
)
def test_an_order_with_a_wrong_part_is_malformed_and_can_be_answered(changes: dict[str, Any]) -> None:
    assert read(TOPIC, body(**changes)) == Unreadable("c-1")


@given(st.binary(max_size=200))
def test_reading_never_raises(payload: bytes) -> None:
    read(TOPIC, payload)


def test_nobody_is_answered_whose_order_has_no_id() -> None:
    assert read(TOPIC, body(command_id=7)) == Unreadable(None)


def test_a_reply_says_accepted_or_why_not() -> None:
    assert json.loads(reply_payload(CommandReply("c-1"))) == {"command_id": "c-1", "result": "accepted"}
    refused = json.loads(reply_payload(CommandReply("c-1", Refusal.EXPIRED)))
    assert refused == {"command_id": "c-1", "result": "refused", "reason": "expired"}
