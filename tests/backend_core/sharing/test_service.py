"""A core leads while it renews, gives up before its lease runs out, and says each change once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import DependencyAway, Fenced
from backend_core.kernel.event_bus import EventBus
from backend_core.sharing.events import RoleChanged
from backend_core.sharing.model import DEMOTE_S, Console, Heartbeat, Presence, Role
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

    async def acquire(self, console: Console) -> int | None:
        await self._answer()
        if self.holder not in (None, console.name):
            return None
        self.holder, self.epoch = console.name, self.epoch + 1
        return self.epoch

    async def renew(self, console: Console) -> bool:
        await self._answer()
        return self.holder == console.name

    async def release(self, console: Console) -> None:
        await self._answer()
        self.holder = None

    async def beat(self, console: Console, epoch: int, facts: Mapping[str, Any]) -> None:
        if epoch != self.epoch:
            raise Fenced("Another leads.")
        self.beats.append(epoch)

    async def look(self) -> Heartbeat | None:
        return Heartbeat(self.holder, self.epoch, 1.0, {}) if self.holder else None

    async def appear(self, console: Console, role: str) -> None:
        """Nobody looks."""

    async def presences(self) -> list[Presence]:
        return []

    async def _answer(self) -> None:
        if self.is_away:
            raise DependencyAway("The database does not answer.")
        if self.silence is not None:
            await self.silence.wait()


class Stage:
    def __init__(self) -> None:
        self.lease, self.clock, bus = OneLease(), FakeClock(), EventBus()
        self.changes: list[Role] = []
        bus.on(RoleChanged, lambda changed: self.changes.append(changed.role))
        self.service = SharingService(self.lease, ME, bus, self.clock, dict)

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
    for seconds, wanted in ((2, Role.LEADER), (2, Role.LEADER), (2, Role.LEADER), (2, Role.STANDBY)):
        stage.clock.advance(seconds=seconds)
        await stage.turns()
        assert stage.service.role is wanted
    stage.lease.is_away = False
    stage.clock.advance(seconds=2)
    await stage.turns()
    assert stage.changes == [Role.LEADER, Role.STANDBY, Role.LEADER]
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
        while stage.service.role is not Role.STANDBY:  # noqa: ASYNC110
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
