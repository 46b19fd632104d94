"""What a broker let go while no core was there is found out by the next core, told, and asked for like readings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.journeys.site import Site, site
from tests.support.mosquitto import Mosquitto
from tests.support.processes import eventually

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def narrow_broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """One that keeps a hundred messages for a session, and tells of itself each second."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder, max_queued_messages=100, sys_interval=1)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def gaps(here: Site) -> list[tuple[str, str]]:
    with psycopg.connect(here.database_url) as connection:
        return connection.execute("SELECT cause, detail FROM gaps ORDER BY id").fetchall()


def memory(here: Site) -> tuple[int | None, str]:
    with psycopg.connect(here.database_url) as connection:
        return connection.execute("SELECT dropped, version FROM broker_memory").fetchone() or (None, "")


def test_a_queue_that_was_full_while_no_core_was_there_is_told_as_a_gap(
    tmp_path: Path, narrow_broker: Mosquitto, postgres_url: str
):
    with site(tmp_path, narrow_broker.port, postgres_url) as here:
        core = here.core()
        here.wait_for_session()
        eventually(lambda: memory(here)[0] is not None, "the core knows the broker's counter")
        assert "mosquitto" in memory(here)[1]
        core.kill()
        here.meters().publish(400)
        here.core("second")
        eventually(lambda: bool(gaps(here)), "the gap is told")
        ((cause, count),) = gaps(here)
        assert (cause, int(count)) == ("broker_dropped", 300)
        log = here.ask("export", "events", "--format", "csv")
        assert "dropped 300 messages" in log
        assert "max_queued_messages" in log
