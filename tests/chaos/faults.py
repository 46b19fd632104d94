"""The faults, each a small thing that happens to the stage; afterwards everything is there again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Protocol

from tests.chaos.stage import Stage
from tests.support.processes import eventually
from tests.support.tcp_proxy import DARK, Weather


class Fault(Protocol):
    """Something that happens, at a moment that the schedule's dice have chosen."""

    @property
    def name(self) -> str:
        """As the schedule prints it."""
        ...

    def strike(self, stage: Stage, dice: random.Random) -> None:
        """Let it happen, and end it."""
        ...


@dataclass(frozen=True, slots=True)
class KillCore:
    """SIGKILL, and the same core again at once."""

    name: str = "core killed"

    def strike(self, stage: Stage, dice: random.Random) -> None:
        core = stage.some_core(dice)
        core.kill()
        core.start()


@dataclass(frozen=True, slots=True)
class KillCoreAsItConnects:
    """Killed, and killed again in the moment in which the broker hands it what was waiting."""

    name: str = "core killed as it connects"

    def strike(self, stage: Stage, dice: random.Random) -> None:
        welcomes = _welcomes(stage)
        core = stage.some_core(dice)
        core.kill()
        core.start()
        eventually(lambda: _welcomes(stage) > welcomes, "a core is welcomed by the broker", 30.0, every_s=0.002)
        time.sleep(dice.uniform(0.0, 0.05))
        for one in stage.cores:
            one.kill()
            one.start()


@dataclass(frozen=True, slots=True)
class FreezeCore:
    """SIGSTOP for longer than its lease, then SIGCONT: it must not go on as if nothing had been."""

    seconds: float = 12.0
    name: str = "core frozen"

    def strike(self, stage: Stage, dice: random.Random) -> None:
        core = stage.some_core(dice)
        core.freeze()
        time.sleep(self.seconds)
        core.thaw()


@dataclass(frozen=True, slots=True)
class RestartPostgres:
    """In good order (fast) or as after a crash (immediate)."""

    immediate: bool = False

    @property
    def name(self) -> str:
        return f"PostgreSQL restarted {'immediate' if self.immediate else 'fast'}"

    def strike(self, stage: Stage, dice: random.Random) -> None:
        stage.postgres.kill() if self.immediate else stage.postgres.stop()
        time.sleep(dice.uniform(0.0, 1.0))
        stage.postgres.start()


@dataclass(frozen=True, slots=True)
class RestartBroker:
    """SIGTERM: it saves its queues, and has them again."""

    name: str = "broker restarted"

    def strike(self, stage: Stage, dice: random.Random) -> None:
        stage.broker.stop()
        time.sleep(dice.uniform(0.0, 1.0))
        stage.broker.start()


@dataclass(frozen=True, slots=True)
class KillBroker:
    """SIGKILL: what it had not saved is gone, and the record must say so."""

    name: str = "broker killed"

    def strike(self, stage: Stage, dice: random.Random) -> None:
        gaps = stage.gap_count()
        stage.broker.kill()
        stage.broker_kills += 1
        time.sleep(dice.uniform(0.0, 0.5))
        stage.broker.start()
        eventually(lambda: stage.gap_count() > gaps, "the killed broker's gap is recorded", 30.0, every_s=0.1)


@dataclass(frozen=True, slots=True)
class BadNetwork:
    """Some seconds of slow, dark or crumbling network towards the broker or the database."""

    name: str
    weather: Weather
    seconds: float

    def strike(self, stage: Stage, dice: random.Random) -> None:
        proxy = dice.choice((stage.to_broker, stage.to_postgres))
        with proxy.under(self.weather):
            time.sleep(self.seconds)


@dataclass(frozen=True, slots=True)
class ResetNetwork:
    """Every connection of one kind is cut off."""

    name: str = "connections reset"

    def strike(self, stage: Stage, dice: random.Random) -> None:
        dice.choice((stage.to_broker, stage.to_postgres)).reset()


NETWORK: tuple[Fault, ...] = (
    BadNetwork("network slow", Weather(delay_s=0.2), 2.0),
    BadNetwork("network dark", DARK, 4.0),
    BadNetwork("network hands on single bytes", Weather(piece_bytes=1), 1.5),
    ResetNetwork(),
)


def _welcomes(stage: Stage) -> int:
    return stage.broker.log.count("Sending CONNACK to core-ingest")
