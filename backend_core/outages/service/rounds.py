"""One round of probes: everybody once, and the failed again when it looks like an outage."""

from __future__ import annotations

from collections.abc import Sequence

from backend_core.kernel.clock import Clock
from backend_core.kernel.event_bus import EventBus
from backend_core.outages.events import SmartSwitchReadingsTaken
from backend_core.outages.model import Check, ProbeAnswer, SmartSwitch, Tally, Verdict, WatchSettings
from backend_core.outages.ports import SmartSwitchProbe
from backend_core.outages.rules.outage import is_outage
from backend_core.outages.rules.verdict import judge

REPROBE_AFTER_S = 1.0


class ProbeRounds:
    """Turns smart switches into judged checks; what they tell of their supply goes to the bus."""

    def __init__(self, probe: SmartSwitchProbe, bus: EventBus, clock: Clock, settings: WatchSettings) -> None:
        self._probe = probe
        self._bus = bus
        self._clock = clock
        self._settings = settings

    async def probe(self, switches: Sequence[SmartSwitch], epoch: int) -> tuple[Check, ...]:
        """Ask each once."""
        answers = await self._probe.probe(switches)
        readings = tuple(reading for answer in answers for reading in answer.readings)
        if readings:
            self._bus.publish(SmartSwitchReadingsTaken(readings))
        return tuple(self._judged(answer, epoch) for answer in answers)

    async def probe_with_second_look(self, switches: Sequence[SmartSwitch], epoch: int) -> tuple[Check, ...]:
        """Ask each once, and the failed again within five seconds if their share would be an outage."""
        first = await self.probe(switches, epoch)
        by_name = {switch.name: switch for switch in switches}
        dark = [by_name[check.name] for check in first if check.verdict is Verdict.OFFLINE]
        online = sum(check.verdict is Verdict.ONLINE for check in first)
        if not is_outage(Tally(online, len(dark)), self._settings.outage):
            return first
        await self._clock.sleep(REPROBE_AFTER_S)
        return first + await self.probe(dark, epoch)

    def fits(self, count: int, took_s: float) -> bool:
        """Whether so many can be asked between two rounds, even when none of them answers."""
        return max(took_s, self._probe.seconds_at_worst(count)) <= self._settings.probing.interval_s

    def _judged(self, answer: ProbeAnswer, epoch: int) -> Check:
        return Check(
            answer.name,
            answer.started_at,
            judge(answer, refused_is_power=self._settings.probing.refused_is_power),
            answer.response_ms,
            answer.error,
            self._settings.observer,
            epoch,
        )
