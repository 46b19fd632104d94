"""While the database is away a core goes on taking in: what waits on its disk is stored in order, once, on return."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.site import Site, site
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database
from tests.support.processes import eventually

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def here(tmp_path: Path, mosquitto: Mosquitto, own_postgres: PostgresServer) -> Iterator[Site]:
    with site(tmp_path, mosquitto.port, create_database(own_postgres.url())) as made:
        yield made


def spooled_bytes(here: Site) -> int:
    """How much waits on the core's disk."""
    return sum(path.stat().st_size for path in (here.folder / "spool").rglob("readings-*/*.spool"))


def assert_all_is_stored_once(here: Site, ledger_rows: list) -> None:
    exported = here.exported()
    assert len(exported) == len(set(exported)), "a reading is stored twice"
    assert exported == ledger_rows
    assert here.status()["readings_stored"] == len(exported)


@pytest.mark.parametrize("away_s", [3.0, 12.0])
def test_a_flood_while_the_database_is_away_goes_to_the_disk_and_is_stored_on_return(
    here: Site, own_postgres: PostgresServer, away_s: float
):
    core = here.core()
    here.wait_for_session()
    meters = here.meters()
    meters.flood(1000)
    here.wait_for_rows(2000)
    own_postgres.stop()
    # The weather itself: no event tells when it has been bad for long enough (a lease of 7 s runs out).
    threading.Event().wait(away_s)
    eventually(lambda: spooled_bytes(here) > 0, "messages wait on the core's disk")
    own_postgres.start()
    meters.settle()
    here.wait_for_rows(4 * len(meters.ledger))
    eventually(lambda: spooled_bytes(here) == 0, "nothing waits any more")
    assert_all_is_stored_once(here, meters.rows())
    assert core.is_running
    assert "Traceback" not in core.output


def test_a_core_killed_while_messages_wait_on_its_disk_stores_them_after_its_restart(
    here: Site, own_postgres: PostgresServer
):
    core = here.core("first")
    here.wait_for_session()
    meters = here.meters()
    meters.flood(1000)
    here.wait_for_rows(2000)
    own_postgres.kill()
    eventually(lambda: spooled_bytes(here) > 200_000, "messages wait on the core's disk")
    core.kill()
    second = here.core("second")
    threading.Event().wait(1.0)
    second.kill()
    here.core("third")
    own_postgres.start()
    meters.settle()
    here.wait_for_rows(4 * len(meters.ledger))
    eventually(lambda: spooled_bytes(here) == 0, "nothing waits any more")
    assert_all_is_stored_once(here, meters.rows())
