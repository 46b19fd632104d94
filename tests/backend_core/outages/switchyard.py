"""A pretend street of smart switches, and what a test needs to watch over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.event_bus import EventBus
from backend_core.outages.model import (
    Check,
    OutageLimits,
    ProbeAnswer,
    ProbeError,
    ProbeLimits,
    SmartSwitch,
    Span,
    Standing,
    Verdict,
    WatchSettings,
)
from backend_core.outages.ports import SmartSwitchStore, Witness
from backend_core.outages.service import OutageService
from backend_core.outages.sql_store import SqlSmartSwitchStore
from backend_core.storage.database import Database


class FakeSwitchyard:
    """The stand-in for the probe: each smart switch does as the test says, and answers otherwise."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.faults: dict[str, ProbeError] = {}
        self.rounds: list[list[str]] = []
        self.worst_s = 1.0

    def goes_dark(self, *names: str, error: ProbeError = ProbeError.TIMEOUT) -> None:
        self.faults |= dict.fromkeys(names, error)

    def comes_back(self, *names: str) -> None:
        for name in names:
            self.faults.pop(name, None)

    async def probe(self, switches: Sequence[SmartSwitch]) -> tuple[ProbeAnswer, ...]:
        self.rounds.append([s.name for s in switches])
        self._clock.advance(seconds=0.1)
        return tuple(self._answer(s.name) for s in switches)

    def seconds_at_worst(self, count: int) -> float:
        return self.worst_s

    def _answer(self, name: str) -> ProbeAnswer:
        if error := self.faults.get(name):
            return ProbeAnswer(name, self._clock.now(), error=error)
        return ProbeAnswer(name, self._clock.now(), response_ms=12.0, status=200)


class FakeWitness:
    """Someone on the network whose voice a test can silence."""

    name = "broker"

    def __init__(self, *, is_local: bool = False, well: bool = True) -> None:
        self.is_local = is_local
        self.well = well

    async def answers(self) -> bool:
        return self.well


class Street:
    """A service over a real SQLite database and a pretend street, with every event it told."""

    def __init__(self, database: Database, clock: FakeClock, witness: Witness | None = None, **limits: float) -> None:
        self.clock = clock
        self.yard = FakeSwitchyard(clock)
        self.store: SmartSwitchStore = SqlSmartSwitchStore(database, "core-1")
        self.witness = witness or FakeWitness()
        self.bus = EventBus()
        self.told: list[object] = []
        settings = WatchSettings("core-1", ProbeLimits(), OutageLimits(**limits))  # type: ignore[arg-type]
        self.service = OutageService(self.yard, self.store, (self.witness,), self.bus, clock, settings)

    def hear(self, *kinds: type) -> None:
        for kind in kinds:
            self.bus.on(kind, self.told.append)

    async def has(self, count: int, host: str = "192.0.2.{}") -> list[str]:
        """Smart switches S-1 to S-n, added through the front door."""
        names = [f"S-{i + 1}" for i in range(count)]
        for i, name in enumerate(names):
            assert not await self.service.save(SmartSwitch(name, host.format(i + 1)), "anna", is_new=True)
        return names

    async def round(self, minutes: float = 1.0) -> None:
        """One round, starting a minute after the one before; the wait before a second look passes by itself."""
        self.clock.advance(minutes=minutes)
        await self.service.run_cycle()


class PatientClock(FakeClock):
    """A fake clock on which waiting takes no time of the test's."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds=seconds)


def a_check(name: str, at: datetime, verdict: Verdict = Verdict.ONLINE, error: ProbeError | None = None) -> Check:
    return Check(name, at, verdict, 12.0 if verdict is Verdict.ONLINE else None, error, "core-1", 0)


def a_standing(
    name: str, verdict: Verdict, since: datetime, *, active: bool = True, flapping: bool = False
) -> Standing:
    return Standing(
        SmartSwitch(name, "192.0.2.1", active),
        verdict,
        since,
        since,
        flapping=flapping,
        spans=(Span(verdict, since, since),),
    )
