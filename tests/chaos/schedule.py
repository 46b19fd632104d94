"""A seeded schedule: which fault strikes when; the same seed gives the same schedule."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.chaos.faults import (
    NETWORK,
    Fault,
    FreezeCore,
    KillBroker,
    KillCore,
    KillCoreAsItConnects,
    RestartBroker,
    RestartPostgres,
)


@dataclass(frozen=True, slots=True)
class Stroke:
    """One fault: how long after the one before, and whether that may have been recovered from."""

    fault: Fault
    pause_s: float
    waits_for_recovery: bool

    def __str__(self) -> str:
        when = "after recovery and" if self.waits_for_recovery else "after"
        return f"{when} {self.pause_s:.2f} s: {self.fault.name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many of which fault."""

    kills: int = 20
    postgres_restarts: int = 5
    broker_restarts: int = 5
    network_faults: int = 4
    freezes: int = 0
    broker_kills: int = 0

    @classmethod
    def long(cls, kills: int) -> Plan:
        """The long run: everything else in proportion to the kills, as 200 to 50 restarts of each server."""
        return cls(kills, kills // 4, kills // 4, kills // 8, kills // 40, kills // 20)

    def faults(self) -> Iterator[Fault]:
        """Every fault once for each time that it is to strike."""
        for number in range(self.kills):
            yield KillCoreAsItConnects() if number % 5 == 4 else KillCore()
        for number in range(self.postgres_restarts):
            yield RestartPostgres(immediate=number % 2 == 1)
        for _ in range(self.broker_restarts):
            yield RestartBroker()
        for number in range(self.network_faults):
            yield NETWORK[number % len(NETWORK)]
        for _ in range(self.freezes):
            yield FreezeCore()
        for _ in range(self.broker_kills):
            yield KillBroker()


def schedule(plan: Plan, seed: int) -> list[Stroke]:
    """The plan's faults in a random order; every fourth strikes before the one before was recovered from."""
    dice = random.Random(seed)
    faults = list(plan.faults())
    dice.shuffle(faults)
    return [Stroke(fault, round(dice.uniform(0.05, 0.9), 2), dice.random() < 0.75) for fault in faults]
