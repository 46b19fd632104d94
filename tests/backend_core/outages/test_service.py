"""The watch over a street: what it calls an outage, what it does not, and what it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from backend_core.kernel.errors import DependencyAway
from backend_core.outages import events
from backend_core.outages.model import ProbeError, SmartSwitch, Verdict
from backend_core.outages.rules.status import status_of
from backend_core.storage.database import Database
from backend_core.storage.schema.record import event_log as log_table
from tests.backend_core.outages.switchyard import FakeWitness, PatientClock, Street

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url, PatientClock())
    database.epoch = 0
    yield database
    await database.close()


@pytest_asyncio.fixture
async def street(database: Database) -> Street:
    return Street(database, PatientClock())


async def log_kinds(database: Database) -> list[str]:
    rows = await database.read(lambda c: c.execute(log_table.select().order_by(log_table.c.id)).all())
    return [row.kind for row in rows]


async def test_a_lit_street_is_online(street: Street):
    await street.has(5)
    await street.round()
    board = street.service.board()
    assert (board.tally.online, board.tally.offline) == (5, 0)
    assert board.open_outage is None
    assert board.standings[0].response_ms == 12.0


async def test_sixty_percent_dark_is_an_outage_with_the_right_start(street: Street):
    names = await street.has(10)
    await street.round()
    street.yard.goes_dark(*names[:2])
    await street.round()
    first_failure = street.clock.now()
    street.yard.goes_dark(*names[:6])
    await street.round()
    outage = street.service.board().open_outage
    assert outage is not None
    assert outage.id > 0
    assert outage.started_at == first_failure
    assert set(outage.names) == set(names[:6])


async def test_the_failed_are_asked_again_before_an_outage_is_called(street: Street):
    names = await street.has(4)
    await street.round()
    street.yard.goes_dark(*names[:3])
    street.hear(events.OutageOpened)
    await street.round()
    assert [sorted(r) for r in street.yard.rounds[-2:]] == [sorted(names), sorted(names[:3])]
    assert len(street.told) == 1


async def test_a_blink_that_is_over_at_the_second_look_is_no_outage(street: Street):
    names = await street.has(4)
    street.yard.goes_dark(*names)
    probe = street.yard.probe

    async def blink(switches):
        answers = await probe(switches)
        street.yard.comes_back(*names)
        return answers

    street.yard.probe = blink  # type: ignore[method-assign]
    await street.round()
    assert street.service.board().open_outage is None
    assert street.service.board().tally.online == 4


async def test_the_return_ends_the_outage_with_its_duration(street: Street, database: Database):
    names = await street.has(4)
    await street.round()
    street.yard.goes_dark(*names)
    await street.round()
    opened = street.service.board().open_outage
    street.yard.comes_back(*names)
    await street.round(minutes=10)
    board = street.service.board()
    assert board.open_outage is None
    assert opened is not None
    ended = board.past_outages[0]
    assert ended.id == opened.id
    assert ended.duration(board.as_of) > timedelta(minutes=9)
    assert await street.store.outages(5) == (ended,)
    kinds = await log_kinds(database)
    assert kinds.count("outage_opened") == 1
    assert kinds.count("outage_ended") == 1
    assert kinds.count("smart_switch_offline") == 4


async def test_five_thousand_silent_ones_behind_a_dead_network_are_no_outage(database: Database):
    street = Street(database, PatientClock(), FakeWitness(well=False))
    rows = "name,address\n" + "".join(f"S-{i},10.0.{i // 250}.{i % 250}\n" for i in range(5_000))
    assert (await street.service.run_import(rows.encode(), "anna")).is_clean
    street.yard.goes_dark(*(f"S-{i}" for i in range(5_000)))
    street.hear(events.OutageOpened, events.ObserverHealthChanged)
    await street.round()
    await street.round()
    board = street.service.board()
    assert board.open_outage is None
    assert not board.observer_ok
    assert board.tally.unknown == 5_000
    assert len(street.told) == 1
    assert {s.error for s in board.standings} == {ProbeError.OBSERVER_BAD}
    assert (await log_kinds(database)).count("observer_bad") == 1


async def test_a_witness_on_this_computer_does_not_vouch_for_the_street(database: Database):
    street = Street(database, PatientClock(), FakeWitness(is_local=True))
    street.yard.goes_dark(*await street.has(4))
    await street.round()
    assert street.service.board().tally.unknown == 4


async def test_a_witness_on_this_computer_vouches_for_smart_switches_on_it(database: Database):
    street = Street(database, PatientClock(), FakeWitness(is_local=True))
    street.yard.goes_dark(*await street.has(4, host="127.0.0.{}"))
    await street.round()
    assert street.service.board().open_outage is not None


async def test_nothing_is_decided_in_a_round_in_which_part_of_the_street_cannot_be_heard(database: Database):
    street = Street(database, PatientClock(), FakeWitness(is_local=True))
    for i, host in enumerate(["127.0.0.1", "127.0.0.2", "127.0.0.3", "192.0.2.1"]):
        assert not await street.service.save(SmartSwitch(f"S-{i}", host), "anna", is_new=True)
    street.yard.goes_dark("S-0", "S-1", "S-2", "S-3")
    await street.round()
    assert street.service.board().open_outage is None
    assert not street.service.board().observer_ok
    street.yard.comes_back("S-3")
    await street.round()
    assert street.service.board().open_outage is not None


async def test_an_open_outage_survives_while_this_console_hears_badly(street: Street):
    names = await street.has(4)
    street.yard.goes_dark(*names)
    await street.round()
    street.witness.well = False  # type: ignore[attr-defined]
    await street.round()
    assert street.service.board().open_outage is not None


async def test_a_new_core_goes_on_with_the_open_outage(street: Street, database: Database):
    names = await street.has(4)
    await street.round()
    street.yard.goes_dark(*names[:3])
    await street.round()
    before = street.service.board()
    heir = Street(database, street.clock)
    await heir.service.load()
    after = heir.service.board()
    assert after.open_outage == before.open_outage
    assert [s.verdict for s in after.standings] == [s.verdict for s in before.standings]
    assert [s.spans for s in after.standings] == [s.spans for s in before.standings]
    heir.yard.goes_dark(*names[:3])
    heir.hear(events.OutageOpened, events.SmartSwitchTurned)
    await heir.round()
    assert heir.told == []


async def test_one_that_flaps_each_round_is_told_once_and_counts_for_nothing(street: Street, database: Database):
    await street.has(3)
    street.hear(events.SmartSwitchFlapping)
    for i in range(12):
        street.yard.goes_dark("S-1") if i % 2 else street.yard.comes_back("S-1")
        await street.round()
    assert [e.name for e in street.told] == ["S-1"]  # type: ignore[attr-defined]
    assert street.service.board().tally.unknown == 1
    assert (await log_kinds(database)).count("smart_switch_offline") <= 3


async def test_the_disabled_are_not_probed(street: Street):
    await street.has(3)
    assert not await street.service.save(SmartSwitch("S-2", "192.0.2.2", active=False), "anna", is_new=False)
    await street.round()
    assert sorted(street.yard.rounds[-1]) == ["S-1", "S-3"]
    assert street.service.board().tally.total == 2


async def test_adding_a_name_twice_is_refused(street: Street):
    await street.has(1)
    (finding,) = await street.service.save(SmartSwitch("S-1", "192.0.2.9"), "anna", is_new=True)
    assert "exists already" in finding.text


async def test_edits_are_in_the_event_log_with_their_author(street: Street, database: Database):
    await street.has(1)
    await street.service.save(SmartSwitch("S-1", "192.0.2.77"), "bert", is_new=False)
    await street.service.remove(["S-1"], "carl")
    rows = await database.read(lambda c: c.execute(log_table.select().order_by(log_table.c.id)).all())
    assert [(r.kind, r.who) for r in rows] == [
        ("smart_switch_added", "anna"),
        ("smart_switch_edited", "bert"),
        ("smart_switch_removed", "carl"),
    ]
    assert street.service.board().standings == ()


async def test_one_wrong_line_and_nothing_is_imported(street: Street):
    content = b"name,address\ngood,192.0.2.1\nbad;one,192.0.2.2\n"
    assert not (await street.service.run_import(content, "anna")).is_clean
    assert await street.store.switches() == ()


async def test_a_smart_switch_added_by_another_program_is_probed_in_the_next_round(street: Street, database: Database):
    await street.has(1)
    other = Street(database, street.clock)
    assert not await other.service.save(SmartSwitch("S-9", "192.0.2.9"), "cli", is_new=True)
    await street.round()
    assert "S-9" in street.yard.rounds[-1]


async def test_a_round_that_cannot_fit_says_so_once(street: Street, database: Database):
    await street.has(1)
    street.yard.worst_s = 61.0
    await street.round()
    await street.round()
    cycle = street.service.board().cycle
    assert cycle is not None
    assert not cycle.fits
    assert (await log_kinds(database)).count("probe_round_long") == 1


async def test_rounds_wait_for_a_database_that_is_away(street: Street, caplog: pytest.LogCaptureFixture):
    names = await street.has(4)
    save, away = street.store.save_round, DependencyAway("The database does not answer.")

    async def refuse(*args):
        raise away

    street.store.save_round = refuse  # type: ignore[method-assign]
    street.yard.goes_dark(*names)
    await street.round()
    await street.round()
    assert street.service.board().open_outage is not None
    assert [r.getMessage() for r in caplog.records if "wait" in r.getMessage()] == [
        f"Checks of smart switches wait here until they can be stored: {away}"
    ]
    street.store.save_round = save  # type: ignore[method-assign]
    await street.round()
    outage = street.service.board().open_outage
    assert outage is not None
    assert outage.id > 0
    assert len(await street.store.checks_since(street.clock.now() - timedelta(hours=1))) == 16


async def test_the_status_has_the_agreed_form(street: Street):
    names = await street.has(4)
    street.yard.goes_dark(*names[:3])
    await street.round()
    status = status_of(street.service.board())
    assert status["smart_switches"] == {"online": 1, "offline": 3, "unknown": 0}
    assert status["outage"].keys() == {"id", "started_at", "offline", "known", "smart_switches"}
    assert status["outage"]["started_at"].endswith("Z")


async def test_old_checks_go_in_pieces(street: Street):
    await street.has(2)
    for _ in range(3):
        await street.round()
    street.clock.advance(minutes=31 * 24 * 60)
    assert await street.service.drop_old_checks() == 6


async def test_a_stand_by_follows_what_the_leader_stored(street: Street, database: Database, sqlite_url: str):
    names = await street.has(4)
    street.yard.goes_dark(*names)
    await street.round()
    standby = Database(sqlite_url, street.clock)
    follower = Street(standby, street.clock)
    await follower.service.load()
    assert follower.service.board().open_outage == street.service.board().open_outage
    assert {s.verdict for s in follower.service.board().standings} == {Verdict.OFFLINE}
    assert follower.yard.rounds == []
    await standby.close()


async def run_until(street: Street, rounds: int) -> None:
    """Let the service run by itself until so many rounds have begun."""
    enough, probe = asyncio.Event(), street.yard.probe
    under_way = 0

    async def counted(switches):
        nonlocal under_way
        under_way += 1
        assert under_way == 1, "a round overlaps the one before"
        await asyncio.sleep(0)
        answers = await probe(switches)
        under_way -= 1
        if len(street.yard.rounds) >= rounds:
            enough.set()
        return answers

    street.yard.probe = counted  # type: ignore[method-assign]
    running = asyncio.create_task(street.service.run())  # noqa: TID251
    await asyncio.wait({running, asyncio.create_task(enough.wait())}, return_when=asyncio.FIRST_COMPLETED)  # noqa: TID251
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_rounds_follow_each_other_at_the_interval_and_never_overlap(street: Street):
    await street.has(2)
    started = street.clock.now()
    await run_until(street, rounds=4)
    assert 2.9 <= (street.clock.now() - started).total_seconds() / 60.0 <= 3.3


async def test_a_stand_by_does_not_probe_until_it_leads(street: Street, database: Database):
    await street.has(2)
    database.epoch = None
    follow = street.store.checks_since
    looks = 0

    async def counted(since):
        nonlocal looks
        looks += 1
        if looks == 4:
            database.epoch = 0
        assert street.yard.rounds == []
        return await follow(since)

    street.store.checks_since = counted  # type: ignore[method-assign]
    await run_until(street, rounds=1)
    assert looks == 4
    assert len(street.yard.rounds) == 1


async def test_a_lead_taken_from_another_calls_no_outage_by_its_first_round(street: Street):
    names = await street.has(10)
    await street.round()
    street.service.settle()
    street.yard.goes_dark(*names)
    await street.round(minutes=0.5)
    assert street.service.board().tally.offline == 10
    assert street.service.board().open_outage is None
    await street.round(minutes=0.6)
    assert street.service.board().open_outage is not None


async def test_an_outage_ends_while_a_new_lead_settles(street: Street):
    names = await street.has(10)
    street.yard.goes_dark(*names)
    await street.round()
    assert street.service.board().open_outage is not None
    street.service.settle()
    street.yard.comes_back(*names)
    await street.round(minutes=0.5)
    assert street.service.board().open_outage is None


async def test_an_edit_of_what_somebody_else_changed_is_refused_with_what_stands_there_now(street: Street):
    await street.has(1)
    seen = SmartSwitch("S-1", "192.0.2.1")
    assert not await street.service.save(replace(seen, address="192.0.2.8"), "bert", is_new=False, seen=seen)
    (finding,) = await street.service.save(replace(seen, address="192.0.2.9"), "anna", is_new=False, seen=seen)
    assert "changed by bert at" in finding.text
    assert "192.0.2.8" in finding.text
    assert street.service.board().standings[0].switch.address == "192.0.2.8"
