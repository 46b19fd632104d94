"""Keeps the lease while this core leads, applies for it while it does not, and says so when either changes."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from typing import Any

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import CoreError, DependencyAway, Fenced, NotLeading
from backend_core.kernel.event_bus import EventBus
from backend_core.sharing import rules
from backend_core.sharing.events import LeadFlaps, RoleChanged
from backend_core.sharing.model import DEMOTE_S, HEARTBEAT_LOST_S, RENEW_S, Console, Heartbeat, Presence, Role
from backend_core.sharing.ports import Lease

_log = logging.getLogger(__name__)
JITTER_S = 0.25
NO_BROKER = "it does not reach the broker"
ENDS = "it ended in good order"


class SharingService:
    """This core's place among the consoles; `deadline_s` is watched by a thread that does not depend on the loop.

    `hears_broker` tells whether this console reaches the broker, in whichever role.
    """

    def __init__(
        self,
        lease: Lease,
        console: Console,
        bus: EventBus,
        clock: Clock,
        facts: Callable[[], Mapping[str, Any]],
        hears_broker: Callable[[], bool] = lambda: True,
    ) -> None:
        self._lease = lease
        self.console = console
        self._bus = bus
        self._clock = clock
        self._facts = facts
        self._hears_broker = hears_broker
        self.role = Role.STARTING
        self.epoch: int | None = None
        self.heartbeat: Heartbeat | None = None
        self.presences: list[Presence] = []
        self.deadline_s: float | None = None
        self.changes = 0
        """How often the lead was taken within the last five minutes."""
        self._told_s: float | None = None
        self._looked_s = 0.0
        self._heard_broker_s = clock.monotonic()
        self._yielded_s: float | None = None

    @property
    def leads(self) -> bool:
        return self.role is Role.LEADER

    @property
    def leader(self) -> str | None:
        """The name of whoever leads, as far as this core knows."""
        if self.leads:
            return self.console.name
        if self.heartbeat is None:
            return None
        # A heartbeat that nobody could read again grows old all the same.
        age_s = self.heartbeat.age_s + self._clock.monotonic() - self._looked_s
        return self.heartbeat.leader if age_s <= HEARTBEAT_LOST_S else None

    @property
    def is_flapping(self) -> bool:
        """Whether the lead goes from one to another too often."""
        return rules.is_flapping(self.changes)

    async def run(self) -> None:
        """Renew every 2 s while this core leads, apply every second while it does not, for ever; at once to begin."""
        while True:
            try:
                # A database that is silent, not away, must not hold this up past the lease.
                async with asyncio.timeout(self._patience_s()):
                    await self.step()
            except (DependencyAway, TimeoutError):
                self._demote_when_late()
            await self._clock.sleep(RENEW_S if self.leads else rules.pause_s(self.changes) + _jitter_s())

    async def look_on(self) -> None:
        """For a program that may only read: know who leads, tell nobody, for ever."""
        self._become(Role.LOOKING_ON, None)
        while True:
            try:
                await self._look()
                self.presences = await self._lease.presences()
            except DependencyAway:
                _log.debug("Nobody can be seen while the database is away")
            await self._clock.sleep(RENEW_S)

    async def step(self) -> None:
        """One turn: renew or apply, then exchange signs of life."""
        started = self._clock.monotonic()
        if self.leads:
            await self._renew(started)
        elif self._applies(started):
            await self._apply(started)
        else:
            self._become(Role.STANDBY, None)
        if self._told_s is None or self.leads or started - self._told_s >= RENEW_S:
            self._told_s = started
            await self._exchange()

    async def stop(self) -> None:
        """Hand the lease back, when the database still answers."""
        try:
            if self.leads:
                await self._lease.release(self.console, ENDS)
            await self._lease.leave(self.console)
        except CoreError:
            _log.info("The lease could not be handed back; it runs out by itself")
        self._become(Role.STANDBY, None)

    def _patience_s(self) -> float:
        if not self.leads or self.deadline_s is None:
            return DEMOTE_S
        return max(0.05, self.deadline_s - self._clock.monotonic())

    def _applies(self, now_s: float) -> bool:
        rests = self._yielded_s is not None and now_s - self._yielded_s < rules.REST_AFTER_YIELD_S
        return self.console.may_lead and not rests

    async def _exchange(self) -> None:
        """Tell that we are there and in which role, and see who else is."""
        hears = self._hears_broker()
        if self.leads and self.epoch is not None:
            try:
                await self._lease.beat(self.console, self.epoch, self._facts())
            except (Fenced, NotLeading):
                self._become(Role.FENCED, None)
        else:
            await self._look()
        await self._lease.appear(self.console, str(self.role), hears_broker=hears)
        self.presences = await self._lease.presences()
        flapped = self.is_flapping
        self.changes = await self._lease.changes(rules.FLAPPING_WITHIN_S)
        if self.is_flapping and not flapped:
            self._bus.publish(LeadFlaps(self.changes))
        await self._yield_when_deaf(hears)

    async def _look(self) -> None:
        looked_s = self._clock.monotonic()
        self.heartbeat = await self._lease.look()
        self._looked_s = looked_s

    async def _yield_when_deaf(self, hears_broker: bool) -> None:
        """A leader without broker gives way to a console that reaches it."""
        now_s = self._clock.monotonic()
        if hears_broker or not self.leads:
            self._heard_broker_s = now_s
            return
        since_yield_s = None if self._yielded_s is None else now_s - self._yielded_s
        deaf_s = now_s - self._heard_broker_s
        if rules.should_yield(deaf_s, since_yield_s, self.console, self.presences):
            _log.warning("This core does not reach the broker and another does: it gives the lead away")
            self._yielded_s = now_s
            await self._lease.release(self.console, NO_BROKER)
            self._become(Role.STANDBY, None)

    async def _renew(self, started: float) -> None:
        if await self._lease.renew(self.console):
            self.deadline_s = started + DEMOTE_S
        else:
            self._become(Role.FENCED, None)

    async def _apply(self, started: float) -> None:
        patience_s = rules.patience_s(self.console, self.presences)
        epoch = await self._lease.acquire(self.console, patience_s)
        if epoch is None:
            self._become(Role.STANDBY, None)
        else:
            self.deadline_s = started + DEMOTE_S
            self._heard_broker_s = started
            self._become(Role.LEADER, epoch)

    def _demote_when_late(self) -> None:
        """A leader that cannot renew stops acting like one before its lease runs out."""
        late = self.deadline_s is not None and self._clock.monotonic() >= self.deadline_s
        if self.leads and late:
            self._become(Role.CUT_OFF, None)

    def _become(self, role: Role, epoch: int | None) -> None:
        if role is self.role and epoch == self.epoch:
            return
        before, self.role, self.epoch = self.role, role, epoch
        if role is not Role.LEADER:
            self.deadline_s = None
        _log.info("This core is now %s (was %s)", role, before)
        self._bus.publish(RoleChanged(role, before, epoch, self.leader))


def _jitter_s() -> float:
    """So that consoles that woke together do not apply together for ever."""
    return random.uniform(0.0, JITTER_S)
