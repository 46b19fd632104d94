"""The core's sign of life: measured each second, shown on every screen, written for `linekeeper status`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend_core.gateway.frame import CoreHealth
from backend_core.kernel.clock import Clock, from_us
from backend_core.kernel.links import LinkName, LinkState
from backend_core.outages.rules.status import status_of
from backend_core.reporting.rules import rfc3339
from backend_core.runtime import words
from backend_core.runtime.loop_watch import LoopWatch
from backend_core.runtime.parts import Parts
from backend_core.telemetry.rules import freshness_of

EVERY_S = 1.0


class Vitals:
    """Reads the gauges of every part; changes nothing."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self._parts = parts
        self._clock = clock
        self._before = (clock.monotonic(), 0)
        self.loop_watch = LoopWatch(clock)
        self.health: CoreHealth | None = None
        self.trouble = ""
        """Why the record could not be opened, in a sentence with its remedy."""

    async def run(self) -> None:
        """Measure each second, for ever."""
        while True:
            self.health = self._measure()
            self._parts.frames.newest(health=self.health)
            self._parts.facts |= self._facts()
            await self._clock.sleep(EVERY_S)

    def links(self) -> Mapping[LinkName, LinkState]:
        """The outside parts as they are now."""
        closed = LinkState(LinkName.BROKER, False, self._clock.now_us(), "not opened yet")
        broker = self._parts.inlets.link or closed
        return {LinkName.BROKER: broker, LinkName.DATABASE: self._parts.database.link}

    def _measure(self) -> CoreHealth:
        parts, now_s = self._parts, self._clock.monotonic()
        freshness = freshness_of(parts.telemetry.live.values, now_s)
        totals = parts.history.totals
        depths = parts.database.waiting() | parts.inlets.depths() | {"batches to write": parts.history.depth}
        spooled = parts.history.spooled
        depths["messages on this disk"] = spooled.messages
        return CoreHealth(
            at_us=self._clock.now_us(),
            monotonic_s=now_s,
            role=str(parts.sharing.role),
            leads=parts.sharing.leads,
            leader=parts.sharing.leader,
            epoch=parts.sharing.epoch or (parts.sharing.heartbeat.epoch if parts.sharing.heartbeat else 0),
            links=self.links(),
            data_age_p95_s=freshness.age_p95_s,
            devices_online=freshness.devices_online,
            devices_known=len(parts.telemetry.kinds),
            messages_per_s=self._rate(now_s),
            readings_stored=totals.readings_stored,
            rejected=totals.rejected,
            loop_lag_ms=self.loop_watch.take_worst_ms(),
            depths=depths,
            dropped=parts.inlets.dropped(),
            consoles=max(1, len(parts.sharing.presences)),
            journal_age_s=parts.follower.age_s,
            console=parts.me.id,
            present=tuple(parts.sharing.presences),
            warnings=self._warnings(),
            spooled=spooled,
        )

    def _warnings(self) -> tuple[str, ...]:
        """What everybody must know as long as it holds."""
        said = [self.trouble] if self.trouble else []
        if read_only := self._parts.database.read_only:
            said.append(words.read_only(str(read_only)))
        if self._parts.sharing.is_flapping:
            said.append(words.flapping(self._parts.sharing.changes))
        return tuple(said)

    def _rate(self, now_s: float) -> float:
        before_s, before = self._before
        seen = self._parts.telemetry.messages_seen
        self._before = (now_s, seen)
        return (seen - before) / (now_s - before_s) if now_s > before_s else 0.0

    def _facts(self) -> dict[str, Any]:
        """What `linekeeper status` tells of the leader beside the database's own totals."""
        spooled = self._parts.history.spooled
        return {
            "spool": {
                "messages": spooled.messages,
                "bytes": spooled.bytes,
                "oldest": None if spooled.oldest_us is None else rfc3339(from_us(spooled.oldest_us)),
                "refusal": spooled.refusal or None,
            },
            # Of the leader's own session alone: who waits for this before publishing must lose nothing.
            "mqtt": {"connected": self._parts.inlets.takes},
            "smart_switches": status_of(self._parts.outages.board())["smart_switches"],
        }
