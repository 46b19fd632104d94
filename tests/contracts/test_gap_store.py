"""`GapStore`: what is incomplete stays told, in one piece with its line in the log, and only a leader may tell it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend_core.gaps.model import EVERYTHING, BrokerMemory, Cause, Gap, Incident
from backend_core.gaps.sql_store import SqlGapStore
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import NotLeading
from backend_core.sharing.model import Console
from backend_core.sharing.sql_lease import SqlLease
from backend_core.storage.database import Database
from backend_core.storage.event_log import LogFilter, read

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MEMORY = BrokerMemory("broker:1883", NOON, 7, NOON, "mosquitto 2")


def gap(first_minute: int, last_minute: int | None) -> Gap:
    end = None if last_minute is None else NOON + timedelta(minutes=last_minute)
    return Gap(NOON + timedelta(minutes=first_minute), end, Cause.SESSION_LOST, EVERYTHING, "")


@asynccontextmanager
async def store_on(url: str, *, leads: bool = True) -> AsyncIterator[tuple[SqlGapStore, Database]]:
    clock = FakeClock(NOON)
    database = Database(url, clock)
    try:
        if leads:
            console = Console("0" * 36, "here", "op", "host", "1")
            database.epoch = await SqlLease(database, clock).acquire(console)
        yield SqlGapStore(database, clock, "here"), database
    finally:
        await database.close()


@pytest.mark.asyncio
async def test_a_broker_is_remembered_as_it_was_last_and_others_are_not(database_url: str):
    async with store_on(database_url) as (store, _):
        assert await store.recall(MEMORY.broker) is None
        await store.save(Incident(MEMORY))
        later = replace(MEMORY, reached=NOON + timedelta(seconds=10), dropped=None, looked_at=None)
        await store.save(Incident(later))
        assert await store.recall(MEMORY.broker) == later
        assert await store.recall("another:1883") is None


@pytest.mark.asyncio
async def test_a_gap_that_lasts_is_found_until_it_ends_under_the_same_number(database_url: str):
    async with store_on(database_url) as (store, _):
        (begun,) = await store.save(Incident(MEMORY, (gap(0, None),)))
        assert list(await store.lasting()) == [begun]
        await store.save(Incident(MEMORY, (replace(begun, ended_at=NOON + timedelta(minutes=5)),)))
        assert not await store.lasting()
        (ended,) = await store.within(NOON, NOON + timedelta(hours=1))
        assert (ended.id, ended.ended_at) == (begun.id, NOON + timedelta(minutes=5))


@pytest.mark.asyncio
async def test_a_span_finds_the_gaps_that_reach_into_it_and_no_others(database_url: str):
    async with store_on(database_url) as (store, _):
        await store.save(Incident(MEMORY, (gap(0, 2), gap(4, 6), gap(8, None), gap(20, 21))))
        found = await store.within(NOON + timedelta(minutes=5), NOON + timedelta(minutes=15))
        assert [(one.started_at - NOON).seconds // 60 for one in found] == [4, 8]


@pytest.mark.asyncio
async def test_a_gap_stands_in_the_event_log_in_words(database_url: str):
    async with store_on(database_url) as (store, database):
        await store.save(Incident(MEMORY, (gap(0, 1),), ("The broker had forgotten our session.",)))
        (line,) = await database.read(lambda connection: read(connection, LogFilter(kinds=("gap",))))
        assert (line.text, line.object) == ("The broker had forgotten our session.", MEMORY.broker)


@pytest.mark.asyncio
async def test_a_stand_by_tells_no_gaps(database_url: str):
    async with store_on(database_url, leads=False) as (store, _):
        with pytest.raises(NotLeading):
            await store.save(Incident(MEMORY, (gap(0, 1),)))
