"""Keeps the lease while this core leads, applies for it while it does not, and says so when either changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import CoreError, DependencyAway, Fenced, NotLeading
from backend_core.kernel.event_bus import EventBus
from backend_core.sharing.events import RoleChanged
from backend_core.sharing.model import DEMOTE_S, RENEW_S, Console, Heartbeat, Presence, Role
from backend_core.sharing.ports import Lease

_log = logging.getLogger(__name__)


class SharingService:
    """This core's place among the consoles; `deadline_s` is watched by a thread that does not depend on the loop."""

    def __init__(
        self, lease: Lease, console: Console, bus: EventBus, clock: Clock, facts: Callable[[], Mapping[str, Any]]
    ) -> None:
        self._lease = lease
        self.console = console
        self._bus = bus
        self._clock = clock
        self._facts = facts
        self.role = Role.STARTING
        self.epoch: int | None = None
        self.heartbeat: Heartbeat | None = None
        self.presences: list[Presence] = []
        self.deadline_s: float | None = None

    @property
    def leads(self) -> bool:
        return self.role is Role.LEADER

    @property
    def leader(self) -> str | None:
        """The name of whoever leads, as far as this core knows."""
        if self.leads:
            return self.console.name
        return self.heartbeat.leader if self.heartbeat is not None and self.heartbeat.is_alive else None

    async def run(self) -> None:
        """Apply, renew and look, every 2 s, for ever; the first time at once."""
        while True:
            try:
                # A database that is silent, not away, must not hold this up past the lease.
                async with asyncio.timeout(self._patience_s()):
                    await self.step()
            except (DependencyAway, TimeoutError):
                self._demote_when_late()
            await self._clock.sleep(RENEW_S)

    def _patience_s(self) -> float:
        if not self.leads or self.deadline_s is None:
            return DEMOTE_S
        return max(0.05, self.deadline_s - self._clock.monotonic())

    async def step(self) -> None:
        """One turn: renew or apply, then exchange signs of life."""
        started = self._clock.monotonic()
        if self.leads:
            await self._renew(started)
        else:
            await self._apply(started)
        if self.leads and self.epoch is not None:
            try:
                await self._lease.beat(self.console, self.epoch, self._facts())
            except (Fenced, NotLeading):
                self._become(Role.FENCED, None)
        else:
            self.heartbeat = await self._lease.look()
        await self._lease.appear(self.console, str(self.role))
        self.presences = await self._lease.presences()

    async def stop(self) -> None:
        """Hand the lease back, when the database still answers."""
        try:
            await self._lease.release(self.console)
        except CoreError:
            _log.info("The lease could not be handed back; it runs out by itself")
        self._become(Role.STANDBY, None)

    async def _renew(self, started: float) -> None:
        if await self._lease.renew(self.console):
            self.deadline_s = started + DEMOTE_S
        else:
            self._become(Role.FENCED, None)

    async def _apply(self, started: float) -> None:
        epoch = await self._lease.acquire(self.console)
        if epoch is None:
            self._become(Role.STANDBY, None)
        else:
            self.deadline_s = started + DEMOTE_S
            self._become(Role.LEADER, epoch)

    def _demote_when_late(self) -> None:
        """A leader that cannot renew stops acting like one before its lease runs out."""
        late = self.deadline_s is not None and self._clock.monotonic() >= self.deadline_s
        if self.leads and late:
            self._become(Role.STANDBY, None)

    def _become(self, role: Role, epoch: int | None) -> None:
        if role is self.role and epoch == self.epoch:
            return
        before, self.role, self.epoch = self.role, role, epoch
        if role is not Role.LEADER:
            self.deadline_s = None
        _log.info("This core is now %s (was %s)", role, before)
        self._bus.publish(RoleChanged(role, before, epoch, self.leader))
