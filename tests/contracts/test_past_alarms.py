"""What every `PastAlarms` promises: the list at any moment is the one that stood, and nothing of what came later."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest
import pytest_asyncio

from backend_core.alarms.model import Alarm, Base, Breach, Happening, Level, Side, Step, Stimulus, alarm_id
from backend_core.alarms.ports import PastAlarms
from backend_core.alarms.rules import life
from backend_core.alarms.sql_past import SqlPastAlarms
from backend_core.alarms.sql_store import SqlAlarmStore
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.identities import PointId
from backend_core.storage.database import Database
from tests.backend_core.alarms.desk import START, alarm, breach
from tests.contracts.test_alarm_store import chain, save

pytestmark = pytest.mark.asyncio


@dataclass
class Journal:
    store: SqlAlarmStore
    past: PastAlarms


@pytest_asyncio.fixture
async def journal(database_url: str) -> AsyncIterator[Journal]:
    database = Database(database_url, FakeClock())
    database.epoch = 0
    yield Journal(SqlAlarmStore(database), SqlPastAlarms(database))
    await database.close()


def after(second: float):
    return START + timedelta(seconds=second)


def as_listed(one: Alarm) -> tuple[object, ...]:
    """What an operator sees of an alarm."""
    seen = one.acknowledgement if one.is_seen else None
    return (
        one.id, one.base, one.level, one.priority, one.occurrence, one.value, one.limit,
        one.raised_at, one.cleared_at, seen, one.changed_at, one.measured_at,
    )  # fmt: skip


def lives(seed: int, points: int = 5, seconds: int = 120) -> list[Step]:
    """Lawful lives of several alarms side by side, at most one step a second."""
    chance = Random(seed)
    names = [PointId(f"T{number}.loading_percent") for number in range(points)]
    now = {name: replace(alarm(), id=alarm_id(name, Side.HIGH), point=name) for name in names}
    steps: list[Step] = []
    for second in range(seconds):
        before = now[chance.choice(names)]
        kind = chance.choice(list(Happening))
        level = chance.choice([Level.HI, Level.HIHI])
        told: Breach | None = breach(level, latching=chance.random() < 0.3, value=100.0 + second)
        stimulus = Stimulus(kind, after(second), told, "amira", before.occurrence)
        outcome = life.meet(before, stimulus)
        if isinstance(outcome, Alarm) and outcome is not before:
            steps.append(Step(stimulus, before, outcome, "desk 1"))
            now[before.point] = outcome
    return steps


async def keep(journal: Journal, steps: Sequence[Step]) -> None:
    for step in steps:
        assert await save(journal.store, [step]) == ()


@pytest.mark.parametrize("seed", range(4))
async def test_the_list_of_every_second_is_the_one_that_stood_then(journal: Journal, seed: int):
    steps = lives(seed)
    await keep(journal, steps)
    stood: dict[str, Alarm] = {}
    waiting = list(steps)
    for second in range(-1, 121, 3):
        while waiting and waiting[0].stimulus.at <= after(second):
            step = waiting.pop(0)
            stood[step.after.id] = step.after
        listed = {as_listed(one) for one in stood.values() if one.is_listed}
        assert {as_listed(one) for one in await journal.past.standing(after(second))} == listed


async def test_before_the_first_line_nothing_stood(journal: Journal):
    await keep(journal, chain(Happening.COND_TRUE))
    assert await journal.past.standing(after(-1)) == ()


async def test_an_acknowledgement_is_known_only_from_its_moment_on(journal: Journal):
    await keep(journal, chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE))
    (before,), (then,) = await journal.past.standing(after(0.5)), await journal.past.standing(after(1))
    assert (before.base, before.is_seen) == (Base.UNACKNOWLEDGED, False)
    assert then.base is Base.ACKNOWLEDGED
    assert then.acknowledgement is not None
    assert then.acknowledgement.by == "amira"


async def test_lines_of_one_moment_written_out_of_order_of_time_are_folded_in_the_order_of_writing(journal: Journal):
    steps = chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE)
    late = replace(steps[1], stimulus=replace(steps[1].stimulus, at=after(-0.5)))
    await keep(journal, [steps[0], late])
    assert [one.base for one in await journal.past.standing(after(0))] == [Base.ACKNOWLEDGED]


async def test_a_stretch_tells_its_lines_without_those_of_its_first_moment(journal: Journal):
    await keep(journal, chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE, Happening.COND_FALSE))
    told = await journal.past.changes(after(0), after(2))
    assert [line.kind for line in told] == [Happening.ACKNOWLEDGE, Happening.COND_FALSE]


async def test_the_journal_of_an_alarm_ends_with_the_moment(journal: Journal):
    steps = chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE, Happening.COND_FALSE)
    await keep(journal, steps)
    told = await journal.past.journal(steps[0].after.id, after(1), 10)
    assert [line.kind for line in told] == [Happening.ACKNOWLEDGE, Happening.COND_TRUE]


async def test_only_calls_of_an_operator_are_marks_and_steps(journal: Journal):
    await keep(journal, chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE, Happening.COND_FALSE, Happening.COND_TRUE))
    raised = await journal.past.raised(after(-1), after(10), 10)
    assert [line.at for line in raised] == [after(3), after(0)]
    assert len(await journal.past.raised(after(-1), after(10), 1)) == 1
    onward = await journal.past.next_raised(after(0), backwards=False)
    back = await journal.past.next_raised(after(3), backwards=True)
    assert [line and line.at for line in (onward, back)] == [after(3), after(0)]
    assert await journal.past.next_raised(after(3), backwards=False) is None
