"""A core in bad weather: broker and database away at start and in the middle, garbage, ends, and a second core."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.site import Site, site
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database
from tests.support.processes import REPOSITORY, eventually

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def here(tmp_path: Path, mosquitto: Mosquitto, postgres_url: str) -> Iterator[Site]:
    with site(tmp_path, mosquitto.port, postgres_url) as made:
        yield made


def test_a_core_stores_exactly_what_the_meters_published(here: Site):
    core = here.core()
    here.wait_for_session()
    meters = here.meters()
    meters.publish(3000)
    here.wait_for_rows(4 * 3000)
    assert here.exported() == meters.rows()
    told = here.status()
    assert (told["readings_stored"], told["rejected"], told["quarantined"]) == (12_000, {}, 0)
    assert told["mqtt"] == {"connected": True}
    assert core.terminate(5.0) == 0


def test_garbage_on_every_topic_is_quarantined_while_good_readings_flow(here: Site):
    here.core()
    here.wait_for_session()
    meters, dice = here.meters(), random.Random(3)
    meters.flood(500)
    kinds = ("sensors", "buses", "converters", "res", "switches", "points", "weather")
    garbage = [dice.randbytes(dice.randint(0, 300)) for _ in range(200)]
    garbage += [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"device_id":"d","timestamp":"now","voltage":1}',
        b"[" * 5000,
        b'"\\ud800"',
    ]
    for number, payload in enumerate(garbage):
        kind = kinds[number % len(kinds)]
        meters.send(f"grid/{kind}/d", payload)
        meters.send(f"grid/{kind}/d/e/f", payload)
    meters.settle()
    here.wait_for_rows(4 * len(meters.ledger))
    eventually(
        lambda: sum(here.status()["rejected"].values()) >= 2 * len(garbage), "all garbage is counted", every_s=0.5
    )
    told = here.status()
    assert sum(told["rejected"].values()) == 2 * len(garbage)
    assert told["rejected"]["topic"] == len(garbage)
    assert here.exported() == meters.rows()


def test_a_broker_that_is_away_at_start_and_restarts_in_the_middle_costs_nothing(
    tmp_path: Path, silent_mosquitto: Mosquitto, postgres_url: str
):
    with site(tmp_path, silent_mosquitto.port, postgres_url) as here:
        core = here.core()
        eventually(lambda: "does not answer" in core.output, "the core says that the broker is away")
        assert here.status()["mqtt"] == {"connected": False}
        silent_mosquitto.start()
        here.wait_for_session()
        meters = here.meters()
        meters.publish(500)
        here.wait_for_rows(2000)
        silent_mosquitto.restart()
        eventually(meters.is_connected, "the meters are back")
        meters.publish(500)
        here.wait_for_rows(4000)
        assert here.exported() == meters.rows()
        assert core.is_running


def test_a_database_that_is_away_at_start_and_crashes_in_the_middle_costs_nothing(
    tmp_path: Path, mosquitto: Mosquitto, own_postgres: PostgresServer
):
    url = create_database(own_postgres.url())
    own_postgres.stop()
    with site(tmp_path, mosquitto.port, url) as here:
        core = here.core()
        away = subprocess.run(
            [Path(sys.executable).parent / "linekeeper", "status", "--json", "--config", here.config],
            capture_output=True, text=True, cwd=REPOSITORY, timeout=30, check=False,
        )  # fmt: skip
        assert (away.returncode, json.loads(away.stdout)["database"]["ok"]) == (3, False)
        own_postgres.start()
        here.wait_for_session()
        meters = here.meters()
        meters.flood(1000)
        here.wait_for_rows(2000)
        for away_s in (1.0, 9.0):
            own_postgres.kill()
            # The weather itself: no event tells when it has been bad for long enough (a lease of 7 s runs out).
            threading.Event().wait(away_s)
            own_postgres.start()
            stored = here.stored()
            eventually(lambda: here.stored() > stored, "the core stores again")  # noqa: B023
        meters.settle()
        here.wait_for_rows(4 * len(meters.ledger))
        assert here.exported() == meters.rows()
        assert here.status()["readings_stored"] == 4 * len(meters.ledger)
        assert core.is_running
        assert core.terminate(5.0) == 0


def test_a_second_core_waits_and_takes_over_within_seconds_when_the_first_is_killed(here: Site):
    first = here.core("first")
    here.wait_for_session()
    second = here.core("second")
    meters = here.meters()
    meters.flood(500)
    eventually(lambda: "is now standby" in second.output, "the second stands by")
    here.wait_for_rows(2000)
    assert len(here.status()["consoles"]) == 2
    epoch = here.status()["epoch"]
    first.kill()
    eventually(lambda: "is now leader" in second.output, "the second leads")
    stored = here.stored()
    eventually(lambda: here.stored() > stored, "the second stores")
    meters.settle()
    here.wait_for_rows(4 * len(meters.ledger))
    assert here.exported() == meters.rows()
    assert here.status()["epoch"] > epoch


def test_a_core_that_slept_through_its_lease_does_not_write_again(here: Site):
    first = here.core("first")
    here.wait_for_session()
    meters = here.meters()
    meters.flood(300)
    here.wait_for_rows(500)
    first.send(signal.SIGSTOP)
    second = here.core("second")
    eventually(lambda: "is now leader" in second.output, "the second leads", timeout_s=30.0)
    first.send(signal.SIGCONT)
    assert first.wait(10.0) == 3, "a fenced core ends, so that its supervisor starts it as a stand-by"
    meters.settle()
    here.wait_for_rows(4 * len(meters.ledger))
    assert here.exported() == meters.rows()


def test_a_core_ends_in_good_order_within_five_seconds_even_without_broker_and_database(tmp_path: Path):
    with site(tmp_path, 1, "postgresql://nobody@127.0.0.1:1/none") as here:
        core = here.core()
        eventually(lambda: "does not answer" in core.output, "the core has begun")
        assert core.terminate(5.0) == 0
        assert "Traceback" not in core.output


def test_the_core_loads_no_qt(here: Site):
    program = (
        "import sys, console.command_line.commands, backend_core.runtime.headless; print('PySide6' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
