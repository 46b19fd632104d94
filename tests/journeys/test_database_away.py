"""While the database is away a core goes on taking in: what waits on its disk is stored in order, once, on return."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend_core.alarms.model import AcknowledgePending, Base
from backend_core.kernel.clock import SystemClock
from backend_core.runtime.core import Core
from backend_core.runtime.toml_config import load
from tests.journeys.meters import Meters
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


def test_a_spool_on_a_full_disk_acknowledges_nothing_more_and_loses_nothing(
    tmp_path: Path, mosquitto: Mosquitto, own_postgres: PostgresServer, small_disk: Path
):
    with site(tmp_path, mosquitto.port, create_database(own_postgres.url())) as here:
        here.config.write_text(here.config.read_text().replace(str(tmp_path / "spool"), str(small_disk)))
        core = here.core()
        here.wait_for_session()
        meters = here.meters()
        meters.flood(2000)
        here.wait_for_rows(2000)
        own_postgres.stop()
        eventually(lambda: "room kept in reserve" in core.output, "the reserve is used", timeout_s=60.0)
        eventually(lambda: "Nothing more is acknowledged" in core.output, "the core stops to acknowledge")
        held = sum(path.stat().st_size for path in small_disk.rglob("*.spool"))
        threading.Event().wait(2.0)
        assert sum(path.stat().st_size for path in small_disk.rglob("*.spool")) == held, "nothing is deleted"
        own_postgres.start()
        meters.settle()
        here.wait_for_rows(4 * len(meters.ledger))
        assert_all_is_stored_once(here, meters.rows())
        assert "Traceback" not in core.output


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("NOT TESTED HERE: a full disk, for only root on Linux may mount a small one")
    place = tmp_path / "small disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"NOT TESTED HERE: a full disk, for none can be mounted ({done.stderr.decode().strip()})")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=False)


def loading(percent: float) -> str:
    now = SystemClock().now().isoformat()
    return json.dumps({"device_id": "LINE-1-2", "timestamp": now, "values": {"loading_percent": percent}})


def send_until(meters: Meters, percent: float, condition: Callable[[], bool], what: str) -> None:
    """Publish the loading of a line twice a second until something has come of it."""

    def look() -> bool:
        meters.send("grid/points/LINE-1-2", loading(percent))
        return condition()

    eventually(look, what, timeout_s=40.0, every_s=0.5)


def alarms_of(here: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(here.ask("alarms", "list", "--json"))
    return found


def alarm_is_on_disk(here: Site) -> bool:
    return any(b"cond_true" in path.read_bytes() for path in (here.folder / "spool").rglob("alarms-*/*.spool"))


def test_an_alarm_raised_in_an_outage_survives_a_kill_and_is_saved_once(here: Site, own_postgres: PostgresServer):
    core = here.core("first")
    here.wait_for_session()
    meters = here.meters()
    send_until(meters, 90.0, lambda: here.stored() > 0, "the line is known")
    own_postgres.stop()
    began = SystemClock().now()
    # Where the alarm stands before the reading that raised it is acknowledged: its limit holds for 2 s by then.
    send_until(meters, 125.0, lambda: alarm_is_on_disk(here), "the alarm stands on the core's disk")
    core.kill()
    ended = SystemClock().now()
    own_postgres.start()
    here.core("second")
    eventually(lambda: bool(alarms_of(here)), "the alarm is saved", every_s=0.5)
    (alarm,) = [one for one in alarms_of(here) if one["point"] == "LINE-1-2.loading_percent"]
    assert alarm["state"] == "unacknowledged"
    assert began < datetime.fromisoformat(alarm["raised_at"]) < ended, "it was raised in the outage, not at the return"
    with psycopg.connect(here.database_url) as connection:
        kinds = connection.execute("SELECT kind FROM alarm_journal ORDER BY seq").fetchall()
    assert [kind for (kind,) in kinds] == [kind for (kind,) in dict.fromkeys(kinds)], "each step stands once"


@pytest.mark.asyncio
async def test_values_alarms_and_acknowledgements_go_on_without_the_database(here: Site, own_postgres: PostgresServer):
    core = Core(load(here.config), SystemClock(), "console")
    core.gateway.frames.is_watched = True
    core.start()
    try:
        await until(lambda: core.parts.inlets.takes, "the core leads and is at the broker")
        meters = here.meters()
        await asyncio.to_thread(send_until, meters, 90.0, lambda: here.stored() > 0, "the line is known")
        await asyncio.to_thread(own_postgres.stop)
        meters.flood(200)
        seen: set[str] = set()

        def is_raised() -> bool:
            seen.update(core.gateway.take_frame().values)
            return bool(core.parts.alarms.ledger.listed())

        await asyncio.to_thread(send_until, meters, 125.0, is_raised, "the alarm is shown")
        await asyncio.sleep(8.0)  # the lease of 7 s runs out meanwhile
        assert core.parts.sharing.role == "cut off"
        seen.clear()
        is_raised()
        assert "sensor_7.voltage" in seen, "frames bring new values still"
        (alarm,) = core.parts.alarms.ledger.listed()
        assert isinstance(await core.gateway.alarms.acknowledge(alarm.id, alarm.occurrence), AcknowledgePending)
        assert core.parts.history.spooled.messages > 1000
        await asyncio.to_thread(own_postgres.start)
        await until(lambda: core.parts.sharing.leads, "the core leads again")
        await until(lambda: core.parts.alarms.ledger.get(alarm.id).base is Base.ACKNOWLEDGED, "the wish is granted")
        await asyncio.to_thread(meters.settle)
        await asyncio.to_thread(here.wait_for_rows, 4 * len(meters.ledger))
        await until(lambda: core.parts.history.spooled.messages == 0, "nothing waits any more")
    finally:
        await core.stop()
    raised, seen_by = await asyncio.to_thread(journal_of, here, alarm.id)
    assert (raised, seen_by) == (1, core.parts.me.operator)


def journal_of(here: Site, alarm: str) -> tuple[int, str]:
    """How often the alarm was raised, and who has acknowledged it."""
    with psycopg.connect(here.database_url) as connection:
        lines = connection.execute(
            "SELECT kind, who FROM alarm_journal WHERE alarm = %s ORDER BY seq", [alarm]
        ).fetchall()
    return sum(kind == "cond_true" for kind, _ in lines), next(who for kind, who in lines if kind == "ack")


async def until(condition: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(eventually, condition, what, 30.0)


def test_a_flipped_bit_on_the_disk_costs_its_message_alone_and_leaves_a_gap(here: Site, own_postgres: PostgresServer):
    core = here.core("first")
    here.wait_for_session()
    meters = here.meters()
    meters.publish(500)
    here.wait_for_rows(2000)
    own_postgres.stop()
    meters.publish(2000)
    eventually(lambda: spooled_bytes(here) > 2000 * 180, "all messages wait on the core's disk")
    core.kill()
    (segment,) = (here.folder / "spool").rglob("readings-*/*.spool")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 0x10
    segment.write_bytes(data)
    own_postgres.start()
    here.core("second")
    here.wait_for_rows(4 * 2499)
    eventually(lambda: gaps_of(here) == [("spool_damaged", "1")], "the gap is written down")
    exported = here.exported()
    assert len(exported) == 4 * 2499
    assert set(exported) < set(meters.rows())
    eventually(lambda: bool(list(segment.parent.glob("*.damaged"))), "the damaged file is kept")


def gaps_of(here: Site) -> list[tuple[str, str]]:
    with psycopg.connect(here.database_url) as connection:
        return connection.execute("SELECT cause, detail FROM gaps ORDER BY id").fetchall()
