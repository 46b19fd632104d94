"""What every store of smart switches promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import Fenced, NotLeading
from backend_core.outages.model import Affected, Edit, Note, Outage, ProbeError, SmartSwitch, Span, Verdict
from backend_core.outages.rules.timeline import extend
from backend_core.outages.sql_store import (
    DatabaseWitness,
    SqlSmartSwitchStore,
    check_rows,
    import_list,
    open_outage,
    outage_rows,
)
from backend_core.storage.database import Database
from backend_core.storage.schema.record import event_log
from tests.backend_core.outages.switchyard import a_check

pytestmark = pytest.mark.asyncio
T0 = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)
ON, OFF, DUNNO = Verdict.ONLINE, Verdict.OFFLINE, Verdict.UNKNOWN


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, SystemClock())
    database.epoch = 0
    yield database
    await database.close()


@pytest.fixture
def store(database: Database) -> SqlSmartSwitchStore:
    return SqlSmartSwitchStore(database, "core-1")


def edit(*kept: SmartSwitch, removed: tuple[str, ...] = ()) -> Edit:
    return Edit(kept, removed, "anna", "desk-1", T0)


async def test_smart_switches_are_kept_changed_and_removed(store: SqlSmartSwitchStore):
    mill, barn = SmartSwitch("mill", "192.0.2.1"), SmartSwitch("barn", "plug.local:81", active=False)
    await store.save_edit(edit(mill, barn))
    assert await store.switches() == (barn, mill)
    await store.save_edit(edit(replace(barn, active=True), removed=("mill",)))
    assert await store.switches() == (replace(barn, active=True),)


async def test_an_edit_leaves_a_line_in_the_event_log(store: SqlSmartSwitchStore, database: Database):
    await store.save_edit(edit(SmartSwitch("mill", "192.0.2.1")))
    await store.save_edit(edit(removed=("mill", "nobody")))
    rows = await database.read(lambda c: c.execute(event_log.select().order_by(event_log.c.id)).all())
    assert [(r.kind, r.who, r.object, r.origin) for r in rows] == [
        ("smart_switch_added", "anna", "mill", "desk-1"),
        ("smart_switch_removed", "anna", "mill", "desk-1"),
    ]


async def test_checks_come_back_as_they_were_and_only_once(store: SqlSmartSwitchStore):
    checks = (a_check("mill", at(0)), a_check("barn", at(0), OFF, ProbeError.REFUSED), a_check("mill", at(1)))
    await store.save_round(checks, (), ())
    await store.save_round(checks, (), ())
    assert set(await store.checks_since(at(-1))) == set(checks)
    assert await store.checks_since(at(0)) == (checks[2],)


async def test_stretches_from_the_store_equal_those_laid_out_live(store: SqlSmartSwitchStore):
    told = [(0, ON), (1, ON), (2, OFF), (3, OFF), (4, DUNNO), (5, ON), (60, ON), (61, ON), (62, OFF)]
    live: tuple[Span, ...] = ()
    for minutes, verdict in told:
        live = extend(live, verdict, at(minutes), 160.0)
    await store.save_round([a_check("mill", at(m), v) for m, v in told], (), ())
    await store.save_round([a_check("barn", at(9))], (), ())
    assert await store.spans(at(-1), 160.0) == {"mill": live, "barn": (Span(ON, at(9), at(9)),)}


async def test_an_outage_gets_its_number_and_keeps_it_to_its_end(store: SqlSmartSwitchStore):
    opened = Outage(0, at(0), None, (Affected("barn", at(0)), Affected("mill", at(1))), 2, 3)
    (saved,) = await store.save_round((), (opened,), (Note("outage_opened", "outage", "Dark.", at(0)),))
    assert saved == replace(opened, id=saved.id)
    assert saved.id > 0
    ended = replace(saved, ended_at=at(9), affected=(Affected("barn", at(0), at(9)), saved.affected[1]))
    await store.save_round((), (ended,), ())
    assert await store.outages(10) == (ended,)


async def test_the_newest_outages_come_first(store: SqlSmartSwitchStore):
    past = [Outage(0, at(i), at(i + 1), (Affected("mill", at(i)),), 1, 1) for i in range(3)]
    await store.save_round((), past, ())
    assert [o.started_at for o in await store.outages(2)] == [at(2), at(1)]


async def test_only_the_leader_writes_rounds(store: SqlSmartSwitchStore, database: Database):
    database.epoch = 7
    with pytest.raises(Fenced):
        await store.save_round((a_check("mill", at(0)),), (), ())
    database.epoch = None
    with pytest.raises(NotLeading):
        await store.save_round((a_check("mill", at(0)),), (), ())
    assert await store.checks_since(at(-1)) == ()


async def test_old_checks_go_oldest_first_and_no_more_than_asked(store: SqlSmartSwitchStore):
    await store.save_round([a_check("mill", at(i)) for i in range(5)], (), ())
    assert await store.drop_checks(at(3), 2) == 2
    assert [c.checked_at for c in await store.checks_since(at(-1))] == [at(2), at(3), at(4)]
    assert await store.drop_checks(at(3), 500) == 1
    assert await store.drop_checks(at(3), 500) == 0


async def test_exports_list_checks_and_outages_in_order_within_their_bounds(
    store: SqlSmartSwitchStore, database: Database
):
    outage = Outage(0, at(0), at(2), (Affected("barn", at(0)), Affected("mill", at(1))), 2, 2)
    open_one = Outage(0, at(5), None, (Affected("mill", at(5)),), 1, 1)
    checks = [a_check("mill", at(0), OFF, ProbeError.TIMEOUT), a_check("barn", at(0)), a_check("mill", at(5))]
    first, second = await store.save_round(checks, (outage, open_one), ())
    listed = await database.read(lambda c: list(check_rows(c, at(0), at(5))))
    assert listed == [
        (at(0), "barn", "online", 12.0, None, "core-1"),
        (at(0), "mill", "offline", None, "timeout", "core-1"),
    ]
    assert await database.read(open_outage) == second
    found = await database.read(lambda c: list(outage_rows(c, None, None)))
    assert found == [(first.id, at(0), at(2), 120.0, ("barn", "mill")), (second.id, at(5), None, None, ("mill",))]


async def test_a_database_that_answers_is_a_witness(database: Database):
    assert await DatabaseWitness(database).answers()


async def test_a_file_is_imported_whole_or_not_at_all(store: SqlSmartSwitchStore, database: Database):
    wrong = await database.write(lambda c: import_list(c, b"name,address\nmill,h1\nbad\tone,h2\n", "cli", "desk-1", T0))
    assert [f.line for f in wrong.findings] == [3]
    assert await store.switches() == ()
    right = await database.write(lambda c: import_list(c, b"name,address\nmill,h1\nbarn,h2\n", "cli", "desk-1", T0))
    assert right.is_clean
    assert [s.name for s in await store.switches()] == ["barn", "mill"]


async def test_one_that_is_no_longer_as_it_was_seen_is_left_alone_with_the_name_of_who_changed_it(
    store: SqlSmartSwitchStore,
):
    seen, mine, theirs = (SmartSwitch("mill", f"192.0.2.{n}") for n in (1, 2, 3))
    await store.save_edit(edit(seen))
    first = replace(edit(theirs), who="bert", seen=(seen,))
    assert await store.save_edit(first) is None
    late = await store.save_edit(replace(edit(mine), seen=(seen,)))
    assert late is not None
    assert (late.now, late.by, late.at) == (theirs, "bert", first.at)
    assert await store.switches() == (theirs,)
    await store.save_edit(edit(removed=("mill",)))
    gone = await store.save_edit(replace(edit(mine), seen=(theirs,)))
    assert gone is not None
    assert gone.now is None
    assert await store.switches() == ()
