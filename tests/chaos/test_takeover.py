"""Two cores on one record: one leads, the other follows it whatever befalls it, and a zombie writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.stage import FENCED_EXIT, Core, Reach, Stage, stage
from tests.support.cable import WHY_NOT, Cable, cable, can_cut
from tests.support.processes import eventually, linekeeper_command
from tests.support.tcp_proxy import proxy_to

pytestmark = pytest.mark.timeout(240)
SEED = 20261121


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path / "stage", SEED, cores=0, per_second=100.0) as made:
        made.open()
        yield made


def leader_and_stand_by(here: Stage, first: Callable[[], Core]) -> tuple[Core, Core]:
    leader = first()
    here.begin()
    stand_by = here.add_core("stand by")
    eventually(lambda: "is now standby" in stand_by.output, "the second stands by", 60.0)
    here.recovers()
    return leader, stand_by


def takes_over(here: Stage, core: Core, epoch: int) -> None:
    eventually(lambda: here.epoch() > epoch and here.is_led_by(core), "the other leads", 60.0)


def settles_clean(here: Stage, *returning: Core) -> None:
    """The dead come back as stand-bys: what they had put on their disks belongs to the record, too."""
    here.recovers()
    for core in returning:
        core.start()
        here.cores.append(core)
    verdict = here.conclude()
    assert verdict.is_clean, f"{verdict}\n{verdict.evidence()}"


def test_a_killed_leader_is_followed_and_nothing_is_lost(here: Stage):
    leader, stand_by = leader_and_stand_by(here, lambda: here.add_core("leader"))
    epoch = here.epoch()
    leader.kill()
    here.cores.remove(leader)
    takes_over(here, stand_by, epoch)
    settles_clean(here, leader)


def test_a_leader_that_slept_through_its_lease_wakes_up_and_writes_nothing(here: Stage):
    leader, stand_by = leader_and_stand_by(here, lambda: here.add_core("leader"))
    epoch = here.epoch()
    leader.freeze()
    takes_over(here, stand_by, epoch)
    woken_at = here.now()
    leader.thaw()
    here.cores.remove(leader)
    assert leader.wait() == FENCED_EXIT
    here.recovers()
    eventually(lambda: here.writes_of(stand_by, woken_at) > 1, "the new leader shows signs of life")
    assert here.writes_of(leader, woken_at) == 0
    settles_clean(here, leader)


def test_a_leader_whose_cable_is_cut_is_followed_and_writes_nothing_when_it_is_mended(here: Stage):
    if not can_cut():
        pytest.skip(WHY_NOT)
    with ExitStack() as ends:
        wire = ends.enter_context(cable())
        leader, stand_by = leader_and_stand_by(here, lambda: cabled_core(here, wire, ends))
        epoch = here.epoch()
        wire.cut()
        takes_over(here, stand_by, epoch)
        mended_at = here.now()
        wire.mend()
        eventually(lambda: not leader.is_running or "standby" in leader.output, "the cut-off core gives up", 60.0)
        here.recovers()
        assert here.writes_of(leader, mended_at) == 0
        settles_clean(here)


def cabled_core(here: Stage, wire: Cable, ends: ExitStack) -> Core:
    """A core that reaches broker and database by this cable alone."""
    broker = ends.enter_context(proxy_to(here.broker.port, wire.host))
    postgres = ends.enter_context(proxy_to(here.postgres.port, wire.host))
    reach = Reach(wire.host, broker.port, postgres.port)
    return here.add_core("leader", [*wire.command, *linekeeper_command()], reach)
