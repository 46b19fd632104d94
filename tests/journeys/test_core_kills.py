"""A core that is killed again and again in the middle of a flood loses nothing and stores nothing twice."""

import random
from pathlib import Path

import pytest

from tests.journeys.site import Site, site
from tests.support.mosquitto import Mosquitto
from tests.support.processes import eventually


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("protocol", "kills"), [("5", 20), ("3.1.1", 3)])
def test_a_core_killed_in_a_flood_loses_nothing_and_doubles_nothing(
    tmp_path: Path, mosquitto: Mosquitto, postgres_url: str, protocol: str, kills: int
):
    with site(tmp_path, mosquitto.port, postgres_url, protocol=protocol) as here:
        _kill_again_and_again(here, kills, random.Random(20261121))


def _kill_again_and_again(here: Site, kills: int, dice: random.Random) -> None:
    core = here.core()
    here.wait_for_session()
    meters = here.meters()
    meters.flood()
    for _ in range(kills):
        before = here.stored()
        eventually(lambda: here.stored() > before, "the core stores again", every_s=dice.uniform(0.01, 0.3))  # noqa: B023
        core.kill()
        core = here.core()
    meters.settle()
    here.wait_for_rows(4 * len(meters.ledger))
    core.terminate(5.0)
    exported = here.exported()
    assert len(exported) == len(set(exported)), "a reading is stored twice"
    assert exported == meters.rows()
    assert here.status()["readings_stored"] == len(exported)
