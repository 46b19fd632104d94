"""Alarms on a desk: raised, seen, closed, kept through crashes, shared between consoles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from backend_core.alarms.model import (
    Acknowledged,
    AcknowledgePending,
    AlarmId,
    AlarmNotFound,
    AlreadyAcknowledged,
    Base,
    Level,
    NothingToAcknowledge,
    RuleEdit,
    RulesRefused,
    StaleOccurrence,
)
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import CoreError
from backend_core.kernel.identities import DeviceId
from backend_core.kernel.links import LinkChanged, LinkName, LinkState
from backend_core.kernel.strangers import read_word
from backend_core.storage.database import Database
from tests.backend_core.alarms.desk import batch, reading, rule
from tests.backend_core.alarms.room import T1_HIGH, Desk

pytestmark = pytest.mark.asyncio
HI, HIHI = rule(Level.HI, 100.0, deadband=2.0), rule(Level.HIHI, 120.0, deadband=2.0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture
async def database(sqlite_url: str, clock: FakeClock) -> AsyncIterator[Database]:
    database = Database(sqlite_url, clock)
    database.epoch = 0
    yield database
    await database.close()


@pytest_asyncio.fixture
async def desk(database: Database, clock: FakeClock) -> Desk:
    return await Desk(database, clock).lead(HI, HIHI)


async def test_a_broken_limit_raises_an_alarm_at_once(desk: Desk) -> None:
    await desk.see(102.8, 0, saved=False)
    (raised,) = desk.changes
    assert (raised.base, raised.level, raised.priority, raised.occurrence) == (Base.UNACKNOWLEDGED, Level.HI, 2, 1)


async def test_high_high_raises_the_priority_of_the_one_alarm_of_that_side(desk: Desk) -> None:
    await desk.see(102.8, 0)
    await desk.see(125.0, 1)
    assert len(desk.service.ledger.listed()) == 1
    assert (desk.t1.level, desk.t1.priority, desk.t1.occurrence) == (Level.HIHI, 1, 2)


async def test_an_acknowledged_alarm_closes_when_its_value_returns(desk: Desk) -> None:
    await desk.see(102.8, 0)
    assert isinstance(await desk.service.acknowledge(T1_HIGH, 1, "amira"), Acknowledged)
    await desk.see(90.0, 1)
    assert desk.t1.base is Base.NORMAL
    assert desk.service.ledger.counts().active == 0


async def test_acknowledging_twice_is_refused_with_the_first_name(desk: Desk) -> None:
    await desk.see(102.8, 0)
    await desk.service.acknowledge(T1_HIGH, 1, "amira")
    again = await desk.service.acknowledge(T1_HIGH, 1, "omar")
    assert isinstance(again, AlreadyAcknowledged)
    assert again.by == "amira"


async def test_what_came_again_since_it_was_shown_is_not_acknowledged(desk: Desk) -> None:
    await desk.see(102.8, 0)
    await desk.see(125.0, 1)
    assert await desk.service.acknowledge(T1_HIGH, 1, "amira") == StaleOccurrence(2)
    assert desk.t1.base is Base.UNACKNOWLEDGED


async def test_an_alarm_that_never_was_cannot_be_acknowledged(desk: Desk) -> None:
    assert await desk.service.acknowledge(AlarmId("no/high"), 1, "amira") == AlarmNotFound("no/high")


async def test_a_normal_alarm_has_nothing_to_acknowledge(desk: Desk) -> None:
    await desk.see(102.8, 0)
    await desk.service.acknowledge(T1_HIGH, 1, "amira")
    await desk.see(90.0, 1)
    assert await desk.service.acknowledge(T1_HIGH, 2, "omar") == NothingToAcknowledge()


async def test_once_the_worst_is_acknowledged_the_alarm_shows_what_is_broken_now(desk: Desk) -> None:
    await desk.see(125.0, 0)
    await desk.see(110.0, 1)
    assert (desk.t1.level, desk.t1.present) == (Level.HIHI, Level.HI)
    await desk.service.acknowledge(T1_HIGH, 1, "amira")
    assert (desk.t1.level, desk.t1.priority, desk.t1.limit) == (Level.HI, 2, 100.0)


async def test_a_restart_finds_the_same_alarms(desk: Desk, database: Database, clock: FakeClock) -> None:
    await desk.see(102.8, 0)
    await desk.service.acknowledge(T1_HIGH, 1, "amira")
    after = await Desk(database, clock).lead()
    assert after.t1 == desk.t1
    assert after.service.book.rules == desk.service.book.rules


async def test_after_a_restart_the_next_reading_closes_what_is_over(
    desk: Desk, database: Database, clock: FakeClock
) -> None:
    await desk.see(102.8, 0)
    after = await Desk(database, clock).lead()
    await after.see(90.0, 60)
    assert after.t1.base is Base.RETURNED


async def test_after_a_restart_a_value_still_broken_is_no_new_occurrence(
    desk: Desk, database: Database, clock: FakeClock
) -> None:
    await desk.see(102.8, 0)
    after = await Desk(database, clock).lead()
    await after.see(103.0, 60)
    assert (after.t1.base, after.t1.occurrence) == (Base.UNACKNOWLEDGED, 1)


async def test_readings_delivered_again_after_a_crash_do_not_raise_again(
    desk: Desk, database: Database, clock: FakeClock
) -> None:
    flood = batch([reading(102.8, 0), reading(90.0, 1)])
    desk.service.hear(flood)
    await desk.service.saver.save()
    after = await Desk(database, clock).lead()
    after.service.hear(flood)
    await after.service.saver.save()
    assert (after.t1.base, after.t1.occurrence) == (Base.RETURNED, 1)


async def test_an_alarm_lost_with_the_process_comes_back_with_its_readings(
    desk: Desk, database: Database, clock: FakeClock
) -> None:
    unsaved = batch([reading(102.8, 0), reading(90.0, 1)])
    desk.service.hear(unsaved)
    after = await Desk(database, clock).lead()
    after.service.hear(unsaved)
    assert (after.t1.base, after.t1.occurrence) == (Base.RETURNED, 1)


async def test_a_delay_that_ran_at_the_crash_runs_on(database: Database, clock: FakeClock) -> None:
    desk = await Desk(database, clock).lead(rule(Level.HI, 100.0, delays_s=(60.0, 0.0)))
    await desk.see(102.8, 0)
    await desk.see(102.8, 4)
    after = await Desk(database, clock).lead()
    await after.see(102.8, 60)
    assert after.t1.base is Base.UNACKNOWLEDGED


async def test_readings_are_held_back_until_their_alarms_are_saved(desk: Desk) -> None:
    await desk.see(102.8, 0, saved=False)
    assert not desk.service.saver.is_settled
    await desk.service.saver.save()
    assert desk.service.saver.is_settled


async def test_a_database_away_hides_no_alarm_and_loses_none(desk: Desk) -> None:
    desk.store.is_away = True
    await desk.see(102.8, 0, saved=False)
    await desk.see(90.0, 1, saved=False)
    assert [alarm.base for alarm in desk.changes] == [Base.UNACKNOWLEDGED, Base.RETURNED]
    desk.store.is_away = False
    await desk.service.saver.save()
    assert [line.after for line in await desk.service.journal(T1_HIGH)] == [Base.RETURNED, Base.UNACKNOWLEDGED]


async def test_a_commit_whose_answer_was_lost_is_not_told_twice(desk: Desk) -> None:
    await desk.see(102.8, 0, saved=False)
    await desk.see(90.0, 1, saved=False)
    desk.store.loses_answers = True
    with pytest.raises(Exception, match="broke during the commit"):
        await desk.service.saver.save()
    desk.store.loses_answers = False
    await desk.service.saver.save()
    assert (desk.t1.base, desk.t1.occurrence) == (Base.RETURNED, 1)
    assert len(await desk.service.journal(T1_HIGH)) == 2


async def test_an_acknowledgement_waits_for_the_database_and_then_applies(desk: Desk, clock: FakeClock) -> None:
    await desk.see(102.8, 0)
    desk.store.is_away = True
    assert isinstance(await desk.service.acknowledge(T1_HIGH, 1, "amira"), AcknowledgePending)
    assert desk.t1.base.is_unacknowledged
    clock.advance(minutes=14)
    desk.store.is_away = False
    await desk.service.catch_up()
    assert desk.t1.base is Base.ACKNOWLEDGED


async def test_an_acknowledgement_that_waited_too_long_is_not_applied(desk: Desk, clock: FakeClock) -> None:
    await desk.see(102.8, 0)
    desk.store.is_away = True
    await desk.service.acknowledge(T1_HIGH, 1, "amira")
    clock.advance(minutes=16)
    desk.store.is_away = False
    await desk.service.catch_up()
    assert desk.t1.base is Base.UNACKNOWLEDGED
    assert [lapsed.by for lapsed in desk.lapsed] == ["amira"]


async def test_a_waiting_acknowledgement_is_not_applied_to_a_later_occurrence(desk: Desk) -> None:
    await desk.see(102.8, 0)
    desk.store.is_away = True
    await desk.service.acknowledge(T1_HIGH, 1, "amira")
    await desk.see(125.0, 1, saved=False)
    desk.store.is_away = False
    await desk.service.catch_up()
    assert (desk.t1.base, desk.t1.occurrence) == (Base.UNACKNOWLEDGED, 2)
    assert len(desk.lapsed) == 1


async def test_a_stand_by_evaluates_nothing_but_acknowledges(desk: Desk, database: Database, clock: FakeClock) -> None:
    second = Desk(database, clock, "desk 2")
    await second.service.start()
    await second.see(102.8, 0, saved=False)
    assert second.changes == []
    await desk.see(102.8, 0)
    await second.service.follow()
    assert second.t1.base is Base.UNACKNOWLEDGED
    assert isinstance(await second.service.acknowledge(T1_HIGH, 1, "omar"), Acknowledged)
    await desk.service.follow()
    assert desk.t1.base is Base.ACKNOWLEDGED
    assert desk.origins[-1] == "remote"


async def test_two_consoles_acknowledging_at_once_leave_one_name(
    desk: Desk, database: Database, clock: FakeClock
) -> None:
    await desk.see(102.8, 0)
    second = Desk(database, clock, "desk 2")
    await second.service.start()
    await desk.service.acknowledge(T1_HIGH, 1, "amira")
    late = await second.service.acknowledge(T1_HIGH, 1, "omar")
    assert isinstance(late, AlreadyAcknowledged)
    assert late.by == "amira"
    assert [line.who for line in await desk.service.journal(T1_HIGH)] == ["amira", "core"]


async def test_a_value_that_returns_while_another_console_acknowledges_loses_neither(
    desk: Desk, database: Database, clock: FakeClock
) -> None:
    await desk.see(102.8, 0)
    second = Desk(database, clock, "desk 2")
    await second.service.start()
    await desk.see(90.0, 1, saved=False)
    await second.service.acknowledge(T1_HIGH, 1, "omar")
    await desk.service.saver.save()
    assert desk.t1.base is Base.NORMAL
    assert desk.t1.acknowledgement is not None
    assert [(line.before, line.after) for line in reversed(await desk.service.journal(T1_HIGH))] == [
        (Base.NORMAL, Base.UNACKNOWLEDGED),
        (Base.UNACKNOWLEDGED, Base.ACKNOWLEDGED),
        (Base.ACKNOWLEDGED, Base.NORMAL),
    ]


async def test_a_fenced_leader_forgets_what_it_could_not_save(desk: Desk, database: Database) -> None:
    database.epoch = 5
    await desk.see(102.8, 0)
    assert not desk.service.is_leading
    await desk.service.catch_up()
    assert desk.service.ledger.listed() == ()


async def test_late_and_retained_readings_raise_no_live_alarm(desk: Desk) -> None:
    desk.service.hear(batch([reading(102.8, 0)], fresh=[]))
    assert desk.changes == []


async def test_a_silent_device_raises_an_alarm_unless_it_is_we_who_cannot_hear(
    database: Database, clock: FakeClock
) -> None:
    desk = Desk(database, clock)
    await desk.service.lead([DeviceId("T1")], [rule(Level.OFFLINE, None, point="*.online")])
    desk.service.on_link(LinkChanged(LinkState(LinkName.BROKER, False, 0)))
    clock.advance(seconds=500)
    desk.service.tick()
    assert desk.changes == []
    desk.service.on_link(LinkChanged(LinkState(LinkName.BROKER, True, 0)))
    clock.advance(seconds=121)
    desk.service.tick()
    (silent,) = desk.changes
    assert (silent.point, silent.level) == ("T1.online", Level.OFFLINE)


async def test_a_silence_goes_on_over_a_restart_until_the_device_speaks(database: Database, clock: FakeClock) -> None:
    desk = Desk(database, clock)
    await desk.service.lead([DeviceId("T1")], [rule(Level.OFFLINE, None, point="*.online")])
    clock.advance(seconds=121)
    desk.service.tick()
    await desk.service.saver.save()
    after = await Desk(database, clock).lead()
    after.service.tick()
    assert after.changes == []
    await after.see(50.0, 130)
    after.service.tick()
    assert [alarm.base for alarm in after.changes] == [Base.RETURNED]


async def test_alarms_whose_rule_is_removed_are_retired_in_the_editors_name(desk: Desk) -> None:
    await desk.see(102.8, 0)
    await desk.service.book.save(RuleEdit(removed=desk.service.book.rules), "amira")
    await desk.service.saver.save()
    assert desk.t1.base is Base.NORMAL
    assert (await desk.service.journal(T1_HIGH))[0].who == "amira"


async def test_rules_out_of_order_are_refused_and_nothing_changes(desk: Desk) -> None:
    before = desk.service.book.rules
    refused = await desk.service.book.save(RuleEdit(added=(rule(Level.LO, 500.0),)), "amira")
    assert isinstance(refused, RulesRefused)
    assert desk.service.book.rules == before


async def test_rules_changed_elsewhere_hold_here_too(desk: Desk, database: Database, clock: FakeClock) -> None:
    second = Desk(database, clock, "desk 2")
    await second.service.start()
    hihi, hi = second.service.book.rules
    await second.service.book.save(RuleEdit(removed=(hi, hihi)), "omar")
    await desk.service.follow()
    await desk.see(130.0, 0)
    assert desk.changes == []


async def test_the_first_rules_are_laid_only_into_a_database_that_never_had_any(
    desk: Desk, database: Database, clock: FakeClock
) -> None:
    await desk.service.book.save(RuleEdit(removed=desk.service.book.rules), "amira")
    after = await Desk(database, clock).lead(HI)
    assert after.service.book.rules == ()


async def test_an_alarm_of_a_newer_kind_is_left_to_a_newer_console(desk: Desk) -> None:
    await desk.see(102.8, 0)
    desk.service.ledger.adopt(replace(desk.t1, level=read_word(Level, "ROC"), revision=desk.t1.revision + 1))
    with pytest.raises(CoreError, match="newer console"):
        await desk.service.acknowledge(T1_HIGH, 1, "amira")
