"""One chaos run: the schedule strikes the stage, then everything drains, and the verdict is told."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.faults import KillBroker
from tests.chaos.schedule import Stroke
from tests.chaos.stage import Stage, stage
from tests.chaos.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    verdict: Verdict
    seconds: float
    worst_recovery_s: float
    untold_broker_kills: int

    @property
    def holds(self) -> bool:
        return self.verdict.is_clean and not self.untold_broker_kills


def run(
    folder: Path,
    seed: int,
    strokes: Sequence[Stroke],
    *,
    cores: int = 1,
    per_second: float = 500.0,
    command: Sequence[str] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Play the schedule to its end. A core that ends for no good reason, or a stage that never recovers, raises."""
    began, dice = time.monotonic(), random.Random(seed)
    with stage(folder, seed, cores=cores, per_second=per_second) as here:
        here.command = command
        here.open()
        here.recovers()
        worst_s = 0.0
        for number, stroke in enumerate(strokes, 1):
            say(f"{time.monotonic() - began:7.1f} s  {number:3d}/{len(strokes)}  {stroke}")
            worst_s = max(worst_s, _strike(here, stroke, dice))
        here.recovers()
        verdict = here.conclude()
        kills = sum(isinstance(stroke.fault, KillBroker) for stroke in strokes)
        untold = max(0, kills - verdict.gaps)
    return Outcome(verdict, time.monotonic() - began, worst_s, untold)


def _strike(here: Stage, stroke: Stroke, dice: random.Random) -> float:
    """Returns how long the recovery took that came before; 0 when nobody waited for it."""
    began = time.monotonic()
    if stroke.waits_for_recovery:
        here.recovers()
    took_s = time.monotonic() - began
    time.sleep(stroke.pause_s)
    stroke.fault.strike(here, dice)
    for core in here.cores:
        core.tend()
    return took_s if stroke.waits_for_recovery else 0.0
