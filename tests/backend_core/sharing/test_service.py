"""A core leads while it renews, gives up before its lease runs out, and says each change once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import DependencyAway, Fenced
from backend_core.kernel.event_bus import EventBus
from backend_core.sharing.events import LeadFlaps, RoleChanged
from backend_core.sharing.model import DEMOTE_S, Console, Heartbeat, Presence, Role
from backend_core.sharing.rules import patience_s, pause_s
from backend_core.sharing.service import SharingService

ME = Console("1", "me", "op", "host", "1")


class OneLease:
    """A lease in memory that can be taken away, or whose database can be away or silent."""

    def __init__(self) -> None:
        self.holder: str | None = None
        self.epoch = 0
        self.is_away = False
        self.silence: asyncio.Event | None = None
        self.beats: list[int] = []
        self.left: list[str] = []
        self.told: list[tuple[str, bool]] = []
        self.others: list[Presence] = []
        self.takeovers = 0

    async def acquire(self, console: Console, patience_s: float) -> int | None:
        await self._answer()
        if self.holder not in (None, console.name):
            return None
        self.holder, self.epoch = console.name, self.epoch + 1
        return self.epoch

    async def renew(self, console: Console) -> bool:
        await self._answer()
        return self.holder == console.name

    async def release(self, console: Console, why: str) -> None:
        await self._answer()
        self.holder = None
        self.left.append(why)

    async def leave(self, console: Console) -> None:
        await self._answer()

    async def changes(self, within_s: float) -> int:
        return self.takeovers

    async def beat(self, console: Console, epoch: int, facts: Mapping[str, Any]) -> None:
        if epoch != self.epoch:
            raise Fenced("Another leads.")
        self.beats.append(epoch)

    async def look(self) -> Heartbeat | None:
        return Heartbeat(self.holder, self.epoch, 1.0, {}) if self.holder else None

    async def appear(self, console: Console, role: str, *, hears_broker: bool) -> None:
        self.told.append((role, hears_broker))

    async def presences(self) -> list[Presence]:
        return self.others

    async def _answer(self) -> None:
        if self.is_away:
            raise DependencyAway("The database does not answer.")
        if self.silence is not None:
            await self.silence.wait()


class Stage:
    def __init__(self, me: Console = ME) -> None:
        self.lease, self.clock, bus = OneLease(), FakeClock(), EventBus()
        self.changes: list[Role] = []
        self.flapped: list[int] = []
        self.hears_broker = True
        bus.on(RoleChanged, lambda changed: self.changes.append(changed.role))
        bus.on(LeadFlaps, lambda flaps: self.flapped.append(flaps.changes))
        self.service = SharingService(self.lease, me, bus, self.clock, dict, lambda: self.hears_broker)

    async def turns(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_the_first_leads_and_keeps_leading():
    stage = Stage()
    for _ in range(3):
        await stage.service.step()
        stage.clock.advance(seconds=2)
    assert stage.changes == [Role.LEADER]
    assert (stage.service.leader, stage.lease.beats) == ("me", [1, 1, 1])


@pytest.mark.asyncio
async def test_another_leader_is_named_and_followed_when_it_leaves():
    stage = Stage()
    stage.lease.holder = "other"
    await stage.service.step()
    assert (stage.service.role, stage.service.leader) == (Role.STANDBY, "other")
    stage.lease.holder = None
    await stage.service.step()
    assert stage.changes == [Role.STANDBY, Role.LEADER]


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["renew", "beat"])
async def test_a_leader_whose_lease_was_taken_is_fenced(how: str):
    stage = Stage()
    await stage.service.step()
    if how == "renew":
        stage.lease.holder = "other"
    else:
        stage.lease.epoch += 1
    await stage.service.step()
    assert stage.changes == [Role.LEADER, Role.FENCED]
    assert stage.service.deadline_s is None


@pytest.mark.asyncio
async def test_a_leader_without_database_gives_up_after_seven_seconds_and_comes_back():
    stage = Stage()
    running = asyncio.get_running_loop().create_task(stage.service.run(), name="run")
    await stage.turns()
    stage.lease.is_away = True
    for seconds, wanted in ((2, Role.LEADER), (2, Role.LEADER), (2, Role.LEADER), (2, Role.CUT_OFF)):
        stage.clock.advance(seconds=seconds)
        await stage.turns()
        assert stage.service.role is wanted
    stage.lease.is_away = False
    stage.clock.advance(seconds=2)
    await stage.turns()
    assert stage.changes == [Role.LEADER, Role.CUT_OFF, Role.LEADER]
    running.cancel()
    await asyncio.wait({running})


@pytest.mark.asyncio
async def test_a_core_that_was_cut_off_learns_that_another_leads_by_now():
    stage = Stage()
    await stage.service.step()
    running = asyncio.get_running_loop().create_task(stage.service.run(), name="run")
    stage.lease.is_away = True
    for _ in range(5):
        await stage.turns()
        stage.clock.advance(seconds=2)
    stage.lease.is_away, stage.lease.holder = False, "other"
    await stage.turns()
    stage.clock.advance(seconds=2)
    await stage.turns()
    assert stage.changes == [Role.LEADER, Role.CUT_OFF, Role.STANDBY]
    running.cancel()
    await asyncio.wait({running})


@pytest.mark.asyncio
async def test_a_silent_database_does_not_hold_the_leader_past_its_lease():
    stage = Stage()
    await stage.service.step()
    stage.lease.silence = asyncio.Event()
    stage.clock.advance(seconds=DEMOTE_S)
    running = asyncio.get_running_loop().create_task(stage.service.run(), name="run")
    async with asyncio.timeout(5.0):
        while stage.service.role is not Role.CUT_OFF:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait({running})


@pytest.mark.asyncio
async def test_leaving_hands_the_lease_back():
    stage = Stage()
    await stage.service.step()
    await stage.service.stop()
    assert stage.lease.holder is None
    assert stage.changes == [Role.LEADER, Role.STANDBY]


def other(
    role: Role = Role.STANDBY, *, priority: int = 50, hears_broker: bool = True, may_lead: bool = True
) -> Presence:
    console = Console("2", "other", "op", "host", "1", may_lead, priority)
    return Presence(console, str(role), datetime(2026, 11, 21, tzinfo=UTC), hears_broker)


@pytest.mark.asyncio
async def test_a_console_that_may_not_lead_never_applies():
    stage = Stage(replace(ME, may_lead=False))
    for _ in range(5):
        await stage.service.step()
        stage.clock.advance(seconds=2)
    assert stage.lease.holder is None
    assert stage.changes == [Role.STANDBY]
    assert stage.lease.told[-1] == ("standby", True)


@pytest.mark.asyncio
async def test_a_leader_without_broker_gives_way_after_fifteen_seconds_to_one_that_hears_it():
    stage = Stage()
    await stage.service.step()
    stage.lease.others = [other()]
    stage.hears_broker = False
    for seconds in (2, 6, 6):
        stage.clock.advance(seconds=seconds)
        await stage.service.step()
    assert stage.service.leads
    stage.clock.advance(seconds=4)
    await stage.service.step()
    assert (stage.service.role, stage.lease.left) == (Role.STANDBY, ["it does not reach the broker"])
    stage.clock.advance(seconds=2)
    await stage.service.step()
    assert not stage.service.leads, "the other needs a moment to take it"
    stage.clock.advance(seconds=10)
    await stage.service.step()
    assert stage.service.leads, "nobody took it"
    stage.clock.advance(seconds=20)
    await stage.service.step()
    assert stage.service.leads, "it gives way at most once a minute"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "others", [[], [other(hears_broker=False)], [other(may_lead=False)]], ids=["alone", "all deaf", "a laptop"]
)
async def test_a_leader_without_broker_stays_when_nobody_would_do_better(others: list[Presence]):
    stage = Stage()
    await stage.service.step()
    stage.lease.others, stage.hears_broker = others, False
    for _ in range(20):
        stage.clock.advance(seconds=2)
        await stage.service.step()
    assert stage.changes == [Role.LEADER]


@pytest.mark.asyncio
async def test_a_lead_that_changes_too_often_is_told_once_and_applied_for_half_as_often():
    stage = Stage()
    stage.lease.holder, stage.lease.takeovers = "other", 2
    await stage.service.step()
    assert (stage.flapped, pause_s(stage.service.changes)) == ([], 1.0)
    stage.lease.takeovers = 3
    for _ in range(3):
        stage.clock.advance(seconds=2)
        await stage.service.step()
    assert (stage.flapped, pause_s(stage.service.changes)) == ([3], 2.0)


@pytest.mark.asyncio
async def test_one_that_may_only_look_tells_nobody_and_takes_nothing():
    stage = Stage()
    stage.lease.holder = "other"
    running = asyncio.get_running_loop().create_task(stage.service.look_on(), name="look on")
    await stage.turns()
    assert (stage.service.role, stage.service.leader, stage.lease.told) == (Role.LOOKING_ON, "other", [])
    running.cancel()
    await asyncio.wait({running})


@pytest.mark.parametrize(
    ("present", "waits_s"),
    [
        ([], 0.0),
        ([other(priority=100)], 3.0),
        ([other(priority=50)], 0.0),
        ([other(Role.LEADER, priority=100)], 0.0),
        ([other(priority=100, may_lead=False)], 0.0),
    ],
    ids=["alone", "a better one stands by", "an equal", "the better one led and may be dead", "it never applies"],
)
def test_a_console_lets_those_of_higher_priority_go_first(present: list[Presence], waits_s: float):
    assert patience_s(ME, present) == waits_s


@pytest.mark.asyncio
async def test_a_leader_that_cannot_be_seen_any_more_is_not_named_for_ever():
    stage = Stage()
    stage.lease.holder = "other"
    await stage.service.step()
    assert stage.service.leader == "other"
    stage.clock.advance(seconds=4.9)
    assert stage.service.leader == "other"
    stage.clock.advance(seconds=0.2)
    assert stage.service.leader is None
