"""What every keeper of alarms must do, on SQLite in memory, SQLite in a file and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from backend_core.alarms.model import Alarm, AlarmId, Base, Happening, Level, Step, Stimulus, Timer
from backend_core.alarms.ports import AlarmStore
from backend_core.alarms.rules import life
from backend_core.alarms.sql_store import SqlAlarmStore
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import Fenced, NotLeading
from backend_core.storage.database import Database
from backend_core.storage.schema.alarms import alarm_journal, alarms
from backend_core.storage.schema.record import core_epoch, event_log
from tests.backend_core.alarms.desk import START, T1, alarm, breach

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, FakeClock())
    database.epoch = 0
    yield database
    await database.close()


@pytest_asyncio.fixture
async def store(database: Database) -> AlarmStore:
    return SqlAlarmStore(database)


def happen(before: Alarm, kind: Happening, level: Level = Level.HI, *, second: int = 0, by: str = "") -> Step:
    """One lawful step of an alarm."""
    at = START + timedelta(seconds=second)
    told = None if kind in (Happening.ACKNOWLEDGE, Happening.RESET) else breach(level)
    stimulus = Stimulus(kind, at, told, by, before.occurrence)
    after = life.meet(before, stimulus)
    assert isinstance(after, Alarm)
    return Step(stimulus, before, after, "desk 1")


def chain(*kinds: Happening) -> list[Step]:
    """A life from birth, a second a step."""
    steps: list[Step] = []
    for second, kind in enumerate(kinds):
        steps.append(happen(steps[-1].after if steps else alarm(), kind, second=second, by="amira"))
    return steps


async def save(store: AlarmStore, steps: Sequence[Step]) -> tuple[Alarm, ...]:
    return await store.save(steps, (), as_leader=True)


async def test_an_empty_store_holds_nothing(store: AlarmStore) -> None:
    kept = await store.load()
    assert (kept.alarms, kept.timers, kept.journal_seq) == ((), (), 0)


async def test_an_alarm_comes_back_exactly_as_it_was_saved(store: AlarmStore) -> None:
    steps = chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE)
    assert await save(store, steps) == ()
    assert (await store.load()).alarms == (steps[-1].after,)


async def test_the_journal_keeps_every_step_without_a_gap(store: AlarmStore) -> None:
    await save(store, chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE, Happening.COND_FALSE))
    lines = await store.journal(None, 10)
    assert [line.seq for line in lines] == [3, 2, 1]
    assert [(line.before.value, line.after.value) for line in reversed(lines)] == [("A", "B"), ("B", "C"), ("C", "A")]
    assert [line.who for line in reversed(lines)] == ["amira"] * 3


async def test_the_journal_of_one_alarm_is_its_own(store: AlarmStore) -> None:
    await save(store, chain(Happening.COND_TRUE))
    assert await store.journal(AlarmId("other/high"), 10) == ()


async def test_every_step_is_told_in_the_event_log(store: AlarmStore, database: Database) -> None:
    await save(store, chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE))
    rows = await database.read(lambda c: c.execute(select(event_log).order_by(event_log.c.id)).all())
    assert [(row.kind, row.object) for row in rows] == [("alarm", T1), ("alarm", T1)]
    assert "rose to 102.8, beyond HI 100" in rows[0].text
    assert "amira acknowledged HI" in rows[1].text


async def test_a_step_from_an_old_revision_is_not_written_and_the_present_alarm_is_answered(store: AlarmStore) -> None:
    raised, seen = chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE)
    await save(store, [raised])
    await save(store, [seen])
    elsewhere = await save(store, [happen(raised.after, Happening.COND_FALSE, second=2)])
    assert elsewhere == (seen.after,)
    kinds = [line.kind for line in await store.journal(None, 10)]
    assert kinds == [Happening.ACKNOWLEDGE, Happening.COND_TRUE]


async def test_an_alarm_that_two_consoles_raise_at_once_is_raised_once(store: AlarmStore) -> None:
    (raised,) = chain(Happening.COND_TRUE)
    await save(store, [raised])
    assert await save(store, [raised]) == (raised.after,)


async def test_an_acknowledgement_needs_no_leader_but_a_condition_does(store: AlarmStore, database: Database) -> None:
    raised, seen = chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE)
    await save(store, [raised])
    database.epoch = None
    assert await store.save([seen], (), as_leader=False) == ()
    with pytest.raises(NotLeading):
        await store.save([happen(seen.after, Happening.COND_FALSE)], (), as_leader=True)


async def test_a_leader_whose_epoch_is_over_writes_nothing(store: AlarmStore, database: Database) -> None:
    await database.write(lambda c: c.execute(core_epoch.update().values(epoch=7)))
    with pytest.raises(Fenced):
        await save(store, chain(Happening.COND_TRUE))
    assert (await store.load()).alarms == ()


async def test_what_others_did_is_found_by_the_number_of_the_journal(store: AlarmStore) -> None:
    raised, seen = chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE)
    await save(store, [raised])
    at_first = await store.changed_since(0)
    await save(store, [seen])
    later = await store.changed_since(at_first.journal_seq)
    assert later.alarms == (seen.after,)
    assert (await store.changed_since(later.journal_seq)).alarms == ()


async def test_a_running_delay_is_kept_until_it_ends(store: AlarmStore) -> None:
    running = Timer(T1, Level.HI, True, START)
    await store.save((), [running], as_leader=True)
    assert (await store.load()).timers == (running,)
    again = Timer(T1, Level.HI, True, START + timedelta(seconds=9))
    await store.save((), [again], as_leader=True)
    assert (await store.load()).timers == (again,)
    await store.save((), [Timer(T1, Level.HI, True, None)], as_leader=True)
    assert (await store.load()).timers == ()


async def test_history_takes_from_inclusive_and_until_exclusive(store: AlarmStore) -> None:
    (raised,) = chain(Happening.COND_TRUE)
    await save(store, [raised])
    assert await store.history(START, None) == (raised.after,)
    assert await store.history(None, START) == ()
    assert await store.history(START, START + timedelta(microseconds=1)) == (raised.after,)


async def test_folding_the_journal_gives_the_state(store: AlarmStore) -> None:
    steps = chain(
        Happening.COND_TRUE, Happening.COND_FALSE, Happening.COND_TRUE, Happening.ACKNOWLEDGE, Happening.COND_FALSE
    )
    for step in steps:
        await save(store, [step])
    base, occurrence = Base.NORMAL, 0
    for line in reversed(await store.journal(None, 100)):
        assert line.before is base
        base, occurrence = line.after, line.occurrence
    (stored,) = (await store.load()).alarms
    assert (stored.base, stored.occurrence) == (base, occurrence)


async def test_an_alarm_in_words_of_a_newer_program_is_read_and_spoils_nothing(store: AlarmStore, database: Database):
    await save(store, chain(Happening.COND_TRUE))
    newer = update(alarms).values(level="ROC", present="ROC", side="both", base="G", priority=7)
    await database.write(lambda connection: connection.execute(newer))
    await database.write(lambda connection: connection.execute(update(alarm_journal).values(kind="forecast")))
    (read,) = (await store.load()).alarms
    assert (read.level, read.side, read.base.value, read.priority) == ("ROC", "both", "G", 4)
    assert read.is_of_a_newer_kind
    assert read.is_listed
    assert [line.kind for line in await store.journal(None, 10)] == ["forecast"]
