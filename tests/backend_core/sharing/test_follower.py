"""What others changed is heard once the bell rings or the time is over, in order, again after a failure, never half."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import DependencyAway
from backend_core.kernel.event_bus import EventBus
from backend_core.sharing.events import JournalBroken
from backend_core.sharing.model import JournalHead, JournalLine, JournalPage
from backend_core.sharing.service import JournalFollower
from backend_core.sharing.service.follower import PAGE

pytestmark = pytest.mark.asyncio


class OneJournal:
    """A journal in memory."""

    def __init__(self) -> None:
        self.lines: list[JournalLine] = []
        self.trouble = ""
        self.is_away = False
        self.reads = 0

    def write(self, topic: str, about: str = "") -> None:
        at = datetime(2026, 11, 21, tzinfo=UTC)
        self.lines.append(JournalLine(len(self.lines) + 1, at, topic, about, "amira", "desk 1", {}))

    async def head(self) -> JournalHead:
        return JournalHead("one", len(self.lines))

    async def after(self, head: JournalHead, at_most: int) -> JournalPage:
        self.reads += 1
        if self.is_away:
            raise DependencyAway("The database does not answer.")
        new = tuple(self.lines[head.seq : head.seq + at_most])
        return JournalPage(new, JournalHead("one", head.seq + len(new)), self.trouble)


class HandBell:
    """Rings when the test says so."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_s: float) -> None:
        await self._rung.wait()
        self._rung.clear()

    async def close(self) -> None:
        """Nothing is open."""


class Stage:
    def __init__(self) -> None:
        self.journal, self.bell, self.clock, bus = OneJournal(), HandBell(), FakeClock(), EventBus()
        self.heard: list[tuple[str, str]] = []
        self.broken: list[str] = []
        self.reloads = 0
        self.fails = False
        bus.on(JournalBroken, lambda broken: self.broken.append(broken.trouble))
        self.follower = JournalFollower(self.journal, self.bell, self.clock, bus)
        self.follower.on({"alarm"}, self.hear)
        self.follower.on({"outage"}, self.hear)
        self.follower.on_resync(self.reload)

    async def hear(self, lines: Sequence[JournalLine]) -> None:
        if self.fails:
            raise DependencyAway("The database does not answer.")
        self.heard += [(line.topic, line.object) for line in lines]

    async def reload(self) -> None:
        self.reloads += 1

    async def turns(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


async def test_only_what_comes_after_the_beginning_is_heard_and_unknown_topics_are_passed_over():
    stage = Stage()
    stage.journal.write("alarm", "old")
    await stage.follower.begin()
    for topic in ("alarm", "of a newer version", "outage"):
        stage.journal.write(topic, "new")
    await stage.follower.catch_up()
    assert stage.heard == [("alarm", "new"), ("outage", "new")]
    assert stage.follower.cursor == 4


async def test_ten_thousand_missed_lines_are_heard_page_by_page_and_each_once():
    stage = Stage()
    await stage.follower.begin()
    for number in range(10_000):
        stage.journal.write("alarm", f"{number}")
    await stage.follower.catch_up()
    assert [about for _, about in stage.heard] == [f"{number}" for number in range(10_000)]
    assert stage.journal.reads == 10_000 // PAGE + 1


async def test_what_could_not_be_taken_over_is_heard_again():
    stage = Stage()
    await stage.follower.begin()
    stage.journal.write("alarm", "1")
    stage.fails = True
    with pytest.raises(DependencyAway):
        await stage.follower.catch_up()
    stage.fails = False
    await stage.follower.catch_up()
    assert stage.heard == [("alarm", "1")]


@pytest.mark.allow_log_errors
async def test_a_hole_is_told_and_everything_is_read_anew():
    stage = Stage()
    await stage.follower.begin()
    stage.journal.write("alarm", "1")
    stage.journal.trouble = "lines are missing."
    await stage.follower.catch_up()
    assert (stage.heard, stage.reloads, stage.broken) == ([], 1, ["lines are missing."])
    stage.journal.trouble = ""
    stage.journal.write("alarm", "2")
    await stage.follower.catch_up()
    assert stage.heard == [("alarm", "2")]


async def test_each_ring_is_followed_by_a_reading_but_not_more_than_five_a_second():
    stage = Stage()
    running = asyncio.get_running_loop().create_task(stage.follower.run(), name="run")
    await stage.turns()
    stage.clock.advance(seconds=1)
    await stage.turns()
    stage.journal.write("alarm", "1")
    stage.bell.ring()
    await stage.turns()
    assert stage.heard == [("alarm", "1")]
    read = stage.journal.reads
    for _ in range(5):
        stage.bell.ring()
        await stage.turns()
    assert stage.journal.reads == read
    stage.clock.advance(seconds=0.2)
    await stage.turns()
    assert stage.journal.reads == read + 1
    running.cancel()
    await asyncio.wait({running})


async def test_its_age_grows_while_the_journal_cannot_be_read_and_the_cursor_stands():
    stage = Stage()
    assert stage.follower.age_s is None
    running = asyncio.get_running_loop().create_task(stage.follower.run(), name="run")
    await stage.turns()
    stage.journal.is_away = True
    for _ in range(5):
        stage.clock.advance(seconds=2)
        stage.bell.ring()
        await stage.turns()
    assert (stage.follower.age_s, stage.follower.cursor) == (10.0, 0)
    stage.journal.is_away = False
    stage.journal.write("alarm", "1")
    stage.clock.advance(seconds=2)
    stage.bell.ring()
    await stage.turns()
    assert (stage.follower.age_s, stage.heard) == (0.0, [("alarm", "1")])
    running.cancel()
    await asyncio.wait({running})
