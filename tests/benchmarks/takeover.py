"""How long a stand-by core takes to lead: the leader killed, frozen, and cut off; and what the old one still wrote."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.stage import Core, Reach, Stage, stage
from tests.support.cable import Cable, cable, can_cut
from tests.support.processes import eventually, linekeeper_command
from tests.support.tcp_proxy import proxy_to

KILL_LIMIT_S, FREEZE_LIMIT_S, CUT_LIMIT_S = 3.0, 15.0, 15.0


def figures() -> dict[str, float | bool]:
    """Seconds from the fault to the first sign of life of the other core, and the old one's writes after that."""
    killed_s, _ = _measure(Core.kill)
    frozen_s, zombie_writes = _measure(Core.freeze, Core.thaw)
    found: dict[str, float | bool] = {"kill_s": killed_s, "freeze_s": frozen_s, "zombie_writes": zombie_writes}
    holds = killed_s <= KILL_LIMIT_S and frozen_s <= FREEZE_LIMIT_S and zombie_writes == 0
    if can_cut():
        cut_s, cut_writes = _measure_cut()
        found |= {"cut_s": cut_s, "cut_off_writes": cut_writes}
        holds = holds and cut_s <= CUT_LIMIT_S and cut_writes == 0
    limits = {"limit_kill_s": KILL_LIMIT_S, "limit_freeze_s": FREEZE_LIMIT_S, "limit_cut_s": CUT_LIMIT_S}
    return found | limits | {"holds": holds}


def _measure(strike: Callable[[Core], None], undo: Callable[[Core], None] = lambda _: None) -> tuple[float, int]:
    with _opened() as here:
        leader = here.add_core("leader")
        return _take_over(here, leader, lambda: strike(leader), lambda: undo(leader))


def _measure_cut() -> tuple[float, int]:
    with (
        cable() as wire,
        _opened() as here,
        proxy_to(here.broker.port, wire.host) as broker,
        proxy_to(here.postgres.port, wire.host) as postgres,
    ):
        leader = _cabled(here, wire, Reach(wire.host, broker.port, postgres.port))
        return _take_over(here, leader, wire.cut, wire.mend)


def _take_over(here: Stage, leader: Core, strike: Callable[[], None], undo: Callable[[], None]) -> tuple[float, int]:
    here.begin()
    stand_by = here.add_core("stand by")
    eventually(lambda: "is now standby" in stand_by.output, "the second stands by", 60.0)
    here.recovers()
    here.cores.remove(leader)
    began = time.monotonic()
    strike()
    eventually(lambda: here.is_led_by(stand_by), "the other leads", 60.0, every_s=0.02)
    took_s = time.monotonic() - began
    since = here.now()
    undo()
    here.recovers()
    time.sleep(5.0)
    return round(took_s, 2), here.writes_of(leader, since)


def _cabled(here: Stage, wire: Cable, reach: Reach) -> Core:
    return here.add_core("leader", [*wire.command, *linekeeper_command()], reach)


@contextmanager
def _opened() -> Iterator[Stage]:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        stage(Path(folder) / "stage", 1, cores=0, per_second=100.0) as here,
    ):
        here.open()
        yield here
