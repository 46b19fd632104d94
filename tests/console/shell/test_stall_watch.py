"""A screen that stands still is noticed by a thread of its own."""

import logging

import pytest

from console.shell.stall_watch import StallWatch
from tests.console.support.screen import TestClock


class Watched:
    """A watch that is driven by hand."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.noticed: list[float] = []
        self.watch = StallWatch(self.clock, self.noticed.append)


@pytest.fixture
def screen(qapp) -> Watched:
    return Watched()


def test_a_screen_that_beats_is_left_alone(screen: Watched):
    for _ in range(20):
        screen.clock.advance(1.9)
        screen.watch.look()
        screen.watch.beat()
    assert screen.noticed == []


def test_a_stand_still_of_more_than_two_seconds_is_noticed_once(screen: Watched):
    for _ in range(10):
        screen.clock.advance(0.5)
        screen.watch.look()
    assert screen.noticed == [2.5]
    assert screen.watch.stalls == 1


def test_the_screen_tells_how_long_it_stood_still_when_it_is_over(screen: Watched, caplog):
    screen.clock.advance(12.0)
    screen.watch.look()
    with caplog.at_level(logging.WARNING):
        screen.watch.beat()
    assert "stood still for 12.0 s" in caplog.text
    assert screen.watch.longest_s == pytest.approx(12.0)


def test_the_watch_ends_with_its_thread(screen: Watched):
    screen.watch.start()
    screen.watch.stop()
    assert not screen.watch._thread.is_alive()
