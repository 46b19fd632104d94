"""What every keeper of alarm rules must do, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from backend_core.alarms.model import AlarmRule, Level, RuleEdit, RulesChangedMeanwhile
from backend_core.alarms.ports import AlarmRuleStore
from backend_core.alarms.sql_rules import SqlAlarmRuleStore
from backend_core.alarms.sql_store import SqlAlarmStore
from backend_core.kernel.clock import FakeClock
from backend_core.storage.database import Database
from tests.backend_core.alarms.desk import START, rule

pytestmark = pytest.mark.asyncio
HI, HIHI = rule(Level.HI, 100.0), rule(Level.HIHI, 120.0)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, FakeClock())
    yield database
    await database.close()


@pytest_asyncio.fixture
async def store(database: Database) -> AlarmRuleStore:
    return SqlAlarmRuleStore(database)


async def save(store: AlarmRuleStore, edit: RuleEdit, by: str = "amira") -> tuple[AlarmRule, ...]:
    saved = await store.save_rules(edit, by, "desk 1", START)
    assert not isinstance(saved, RulesChangedMeanwhile)
    return saved


async def test_rules_come_back_as_they_were_saved(store: AlarmRuleStore) -> None:
    silent = rule(Level.OFFLINE, None, point="*.online")
    saved = await save(store, RuleEdit(added=(HI, HIHI, silent)))
    assert set(saved) == {HI, HIHI, silent}
    assert await store.rules() == saved


async def test_an_edit_changes_and_removes(store: AlarmRuleStore) -> None:
    hihi, hi = await save(store, RuleEdit(added=(HI, HIHI)))
    (left,) = await save(store, RuleEdit(changed=((hi, replace(hi, limit=90.0)),), removed=(hihi,)))
    assert (left.limit, left.revision) == (90.0, 2)


async def test_a_rule_changed_by_somebody_else_is_not_overwritten(store: AlarmRuleStore) -> None:
    (seen,) = await save(store, RuleEdit(added=(HI,)))
    await save(store, RuleEdit(changed=((seen, replace(seen, limit=95.0)),)), by="omar")
    late = await store.save_rules(
        RuleEdit(added=(HIHI,), changed=((seen, replace(seen, limit=80.0)),)), "amira", "desk 2", START
    )
    assert isinstance(late, RulesChangedMeanwhile)
    assert (late.by, late.at) == ("omar", START)
    assert late.rule is not None
    assert late.rule.limit == 95.0
    assert [kept.limit for kept in await store.rules()] == [95.0]


async def test_a_rule_that_somebody_else_added_first_is_not_overwritten(store: AlarmRuleStore) -> None:
    await save(store, RuleEdit(added=(HI,)), by="omar")
    late = await store.save_rules(RuleEdit(added=(replace(HI, limit=1.0),)), "amira", "desk 2", START)
    assert isinstance(late, RulesChangedMeanwhile)


async def test_a_rule_that_somebody_else_removed_is_told(store: AlarmRuleStore) -> None:
    (seen,) = await save(store, RuleEdit(added=(HI,)))
    await save(store, RuleEdit(removed=(seen,)), by="omar")
    late = await store.save_rules(RuleEdit(removed=(seen,)), "amira", "desk 2", START)
    assert isinstance(late, RulesChangedMeanwhile)
    assert late.rule is None


async def test_consoles_can_tell_that_the_rules_changed(store: AlarmRuleStore, database: Database) -> None:
    alarms = SqlAlarmStore(database)
    before = (await alarms.changed_since(0)).rules_revision
    await save(store, RuleEdit(added=(HI,)))
    assert (await alarms.changed_since(0)).rules_revision == before + 1
