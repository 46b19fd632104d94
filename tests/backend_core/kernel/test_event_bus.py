"""The bus tells each listener in the listed order, and none silences another."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from backend_core.kernel.event_bus import EventBus


@dataclass(frozen=True)
class First:
    pass


@dataclass(frozen=True)
class Second:
    pass


def test_listeners_hear_in_order_and_only_their_own_kind():
    bus, heard = EventBus(), []
    bus.on(First, lambda _: heard.append("a"))
    bus.on(First, lambda _: heard.append("b"))
    bus.on(Second, lambda _: heard.append("c"))
    bus.publish(First())
    assert heard == ["a", "b"]


def test_an_event_published_while_another_is_told_waits_its_turn():
    bus, heard = EventBus(), []
    bus.on(First, lambda _: bus.publish(Second()))
    bus.on(First, lambda _: heard.append("first"))
    bus.on(Second, lambda _: heard.append("second"))
    bus.publish(First())
    assert heard == ["first", "second"]


@pytest.mark.allow_log_errors
def test_a_listener_that_fails_is_counted_and_the_others_still_hear():
    bus, heard = EventBus(), []
    bus.on(First, lambda _: 1 / 0)
    bus.on(First, lambda _: heard.append("still"))
    bus.publish(First())
    assert (heard, bus.failures) == (["still"], 1)
