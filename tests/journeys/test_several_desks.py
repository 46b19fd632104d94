"""Several consoles on one PostgreSQL: what one does the others show, one leads, and nothing is done twice."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from backend_core.alarms.model import (
    Acknowledged,
    AlarmRule,
    AlreadyAcknowledged,
    Level,
    Priority,
    RuleEdit,
    StaleOccurrence,
)
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import ReadOnlyRecord
from backend_core.outages.model import SmartSwitch
from backend_core.sharing.model import Console, Role
from backend_core.sharing.sql_lease import SqlLease
from backend_core.storage.database import Database
from tests.journeys.desks import Desk, desks, until
from tests.journeys.meters import Meters
from tests.journeys.site import site
from tests.support.mosquitto import Mosquitto
from tests.support.processes import free_port

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

RULE = AlarmRule("sensor_1.voltage", Level.HI, 250.0, priority=Priority.HIGH)
ALARM = "sensor_1.voltage/high"


def measure(meters: Meters, volts: float) -> None:
    moment = SystemClock().now().isoformat(timespec="microseconds")
    facts = {"device_id": "sensor_1", "timestamp": moment, "voltage": volts, "current": 1.0}
    meters.send("grid/sensors/sensor_1", json.dumps(facts).encode())


async def raised(meters: Meters, *wanted: Desk) -> int:
    """Let the alarm come, once more if need be, until every desk shows it; its occurrence."""
    before = wanted[0].alarm(ALARM)
    for volts in (230.0, 260.0):
        measure(meters, volts)
    old = before.occurrence if before else 0

    def shown() -> bool:
        alarms = [desk.alarm(ALARM) for desk in wanted]
        return all(a is not None and a.base.is_active and a.occurrence > old for a in alarms)

    await until(shown, "every desk shows the alarm")
    alarm = wanted[0].alarm(ALARM)
    assert alarm is not None
    return alarm.occurrence


async def test_an_acknowledgement_shows_on_the_other_desk_with_its_name_and_the_first_one_wins(
    mosquitto: Mosquitto, postgres_url: str
):
    first, second = (Desk(f"desk {n}", postgres_url, mosquitto.port) for n in (1, 2))
    async with desks(first, second):
        assert (first.leads, second.leads) == (True, False)
        await until(lambda: first.core.parts.inlets.takes, "the leader is at the broker")
        # A rule that the follower makes is a rule of the leader.
        await second.core.gateway.alarms.save_rules(RuleEdit(added=(RULE,)))
        await until(lambda: RULE in first.core.parts.alarms.book.rules, "the leader has the rule")
        meters = Meters(mosquitto.port)
        occurrence = await raised(meters, first, second)

        done = await second.core.gateway.alarms.acknowledge(ALARM, occurrence)
        assert isinstance(done, Acknowledged)
        seen = await until(lambda: first.alarm(ALARM).acknowledgement, "the leader shows it")
        assert (seen.by, seen.occurrence) == ("operator of desk 2", occurrence)

        late = await first.core.gateway.alarms.acknowledge(ALARM, occurrence)
        assert isinstance(late, AlreadyAcknowledged)
        assert late.by == "operator of desk 2"

        newer = await raised(meters, first, second)
        for desk in (first, second):
            refused = await desk.core.gateway.alarms.acknowledge(ALARM, newer - 1)
            assert isinstance(refused, StaleOccurrence)
        both = await asyncio.gather(*(d.core.gateway.alarms.acknowledge(ALARM, newer) for d in (first, second)))
        assert sorted(type(one).__name__ for one in both) == ["Acknowledged", "AlreadyAcknowledged"]
        await until(lambda: "acknowledged" in str([line.text for line in _looked(first)]).lower(), "the log tells it")
        meters.close()


async def test_smart_switches_edited_at_one_desk_show_at_the_other_and_the_log_tells_both(
    mosquitto: Mosquitto, postgres_url: str
):
    first, second = (Desk(f"desk {n}", postgres_url, mosquitto.port) for n in (1, 2))
    async with desks(first, second):
        for editor, other, name in ((first, second, "kiosk"), (second, first, "school")):
            assert await editor.core.gateway.outages.save(SmartSwitch(name, "127.0.0.1:9", False), is_new=True) == ()
            await until(lambda: name in _names(other), "the other desk lists it")  # noqa: B023
            await until(lambda: any(name in line.text for line in _looked(other)), "its log tells it")  # noqa: B023


async def test_everybody_knows_who_is_there_and_who_leads_and_a_desk_that_leaves_is_gone(
    tmp_path: Path, mosquitto: Mosquitto, postgres_url: str
):
    first, second = (Desk(f"desk {n}", postgres_url, mosquitto.port) for n in (1, 2))
    with site(tmp_path, mosquitto.port, postgres_url) as here:
        async with desks(first, second):
            await until(lambda: len(first.core.parts.sharing.presences) == 2, "the first sees the second")
            told = await asyncio.to_thread(here.status)
            assert [(c["name"], c["operator"], c["role"]) for c in told["consoles"]] == [
                ("desk 1", "operator of desk 1", "leader"),
                ("desk 2", "operator of desk 2", "standby"),
            ]
            assert told["leader"] == "desk 1"
            await first.core.stop()
            await until(lambda: second.leads, "the second takes the lead")
            await until(lambda: len(second.core.parts.sharing.presences) == 1, "the first is gone")


async def test_a_desk_that_may_not_lead_shows_everything_and_leads_never(mosquitto: Mosquitto, postgres_url: str):
    laptop = Desk("laptop", postgres_url, mosquitto.port, **{"desk.core_eligible": False})
    first = Desk("desk 1", postgres_url, mosquitto.port)
    async with desks(laptop, first):
        await until(lambda: first.leads, "the desk leads")
        await first.core.stop()
        await until(lambda: laptop.core.parts.sharing.leader is None, "nobody leads")
        assert laptop.core.parts.sharing.role is Role.STANDBY


async def test_a_headless_core_goes_before_a_desk_when_the_leader_leaves(mosquitto: Mosquitto, postgres_url: str):
    first, second = (Desk(f"desk {n}", postgres_url, mosquitto.port) for n in (1, 2))
    headless = Desk("not asked", postgres_url, mosquitto.port, role="core")
    async with desks(first, second, headless):
        await until(lambda: len(second.core.parts.sharing.presences) == 3, "the second desk sees the core")
        await first.core.stop()
        await until(lambda: headless.leads or second.leads, "somebody takes the lead")
        assert headless.leads


async def test_a_lead_that_changes_three_times_in_five_minutes_is_told_on_every_desk(
    mosquitto: Mosquitto, postgres_url: str
):
    database = Database(postgres_url, SystemClock())
    restless = SqlLease(database, SystemClock())
    other = Console("restless".ljust(36), "restless", "nobody", "elsewhere", "1.0")
    for _ in range(2):
        assert await restless.acquire(other)
        await restless.release(other, "for the test")
    await restless.leave(other)
    await database.close()
    first, second = (Desk(f"desk {n}", postgres_url, mosquitto.port) for n in (1, 2))
    async with desks(first, second):
        for desk in (first, second):
            await until(lambda: "THE LEAD FLAPS" in str((h := desk.look().health) and h.warnings), "a banner stands")  # noqa: B023
        await until(lambda: any("changed 3 times" in line.text for line in _looked(first)), "the log tells it")


@pytest.mark.allow_log_errors
async def test_a_hole_in_the_journal_is_told_on_every_desk_and_everything_is_read_anew(
    mosquitto: Mosquitto, postgres_url: str
):
    first, second = (Desk(f"desk {n}", postgres_url, mosquitto.port) for n in (1, 2))
    async with desks(first, second):
        database = Database(postgres_url, SystemClock())
        await until(
            lambda: first.core.parts.follower.cursor == second.core.parts.follower.cursor, "both are at the end"
        )
        await database.write(lambda c: c.execute(text("UPDATE journal_head SET seq = seq + 5")))
        for desk in (first, second):
            await until(lambda: desk.look().reload >= {"alarms", "log"} or "journal" in str(desk.notices), "it is told")  # noqa: B023
            assert any("interrupted" in notice.text for notice in desk.notices)
        assert await second.core.gateway.outages.save(SmartSwitch("kiosk", "127.0.0.1:9", False), is_new=True) == ()
        await until(lambda: "kiosk" in _names(first), "what comes after it is heard")
        await database.close()


async def test_a_program_too_old_to_write_looks_on_and_says_so(mosquitto: Mosquitto, postgres_url: str):
    database = Database(postgres_url, SystemClock())
    await database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999_later'")))
    demands = text("UPDATE schema_info SET version = 9999, min_reader = 1, min_writer = 9999, min_core = 9999")
    await database.write(lambda c: c.execute(demands))
    old = Desk("old desk", postgres_url, mosquitto.port)
    old.core.start()
    try:
        health = await until(lambda: (h := old.look().health) and h.warnings and h, "a banner stands")
        assert "READ ONLY: The database has schema 9999_later" in health.warnings[0]
        await until(lambda: old.core.parts.sharing.role is Role.LOOKING_ON, "it looks on")
        with pytest.raises(ReadOnlyRecord, match="may read but not change"):
            await old.core.gateway.outages.save(SmartSwitch("kiosk", "127.0.0.1:9", False), is_new=True)
    finally:
        await old.core.stop()
        await database.close()


@pytest.mark.allow_log_errors
async def test_a_program_too_old_to_read_refuses_in_a_sentence(mosquitto: Mosquitto, postgres_url: str):
    database = Database(postgres_url, SystemClock())
    await database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999_later'")))
    old = Desk("old desk", postgres_url, mosquitto.port)
    old.core.start()
    try:
        health = await until(lambda: (h := old.look().health) and h.warnings and h, "a banner stands")
        assert "newer than this program's" in health.warnings[0]
        assert "Install the newer Linekeeper" in health.warnings[0]
        assert not old.core.is_open.is_set()
    finally:
        await old.core.stop()
        await database.close()


async def test_a_leader_that_does_not_reach_the_broker_gives_way_to_one_that_does(
    mosquitto: Mosquitto, postgres_url: str
):
    deaf = Desk("deaf desk", postgres_url, free_port())
    hearing = Desk("hearing desk", postgres_url, mosquitto.port)
    async with desks(deaf, hearing):
        assert deaf.leads
        await until(lambda: hearing.leads and not deaf.leads, "the one that hears the broker leads", 25.0)
        await until(lambda: hearing.core.parts.inlets.takes, "and takes in")


def _names(desk: Desk) -> set[str]:
    return {standing.switch.name for standing in desk.core.parts.outages.board().standings}


def _looked(desk: Desk) -> list:
    desk.look()
    return desk.log
