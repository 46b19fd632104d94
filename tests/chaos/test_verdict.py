"""The verdict tells lost from told, invented from corrupted, and lets nothing through."""

from __future__ import annotations

import random

import pytest

from tests.chaos.messages import Key, Message, Supply
from tests.chaos.schedule import Plan, schedule
from tests.chaos.verdict import Entry, Gap, Record, judge

START_US = 1_795_262_400_000_000


def ledger() -> list[Entry]:
    messages = [message for _ in range(40) for message in Supply(3).block(START_US)]
    return [Entry(message, START_US + at * 1000) for at, message in enumerate(messages)]


def kept(entries: list[Entry], **more: object) -> Record:
    rows = {key: value for entry in entries for key, value in entry.message.rows().items()}
    garbage = frozenset(entry.message.digest for entry in entries if not entry.message.rows())
    return Record(rows, len(rows), {}, garbage, **more)


def test_a_record_that_holds_the_whole_ledger_is_clean():
    verdict = judge(ledger(), kept(ledger()))
    assert verdict.is_clean
    assert verdict.messages == len(ledger())


def test_a_message_without_rows_is_lost_unless_a_gap_tells_of_its_time():
    entries = ledger()
    victim = entries[7]
    others = [entry for entry in entries if entry.message.number != victim.message.number]
    untold = judge(entries, kept(others))
    assert len(untold.lost) >= 4
    around = Gap(START_US - 1, None, "broker_session_lost")
    told = judge(entries, kept(others, gaps=(around,)))
    assert (told.lost, len(told.told)) == ([], len(untold.lost))
    long_before = Gap(START_US - 9_000_000, START_US - 8_000_000, "broker_session_lost")
    assert judge(entries, kept(others, gaps=(long_before,))).lost


def test_a_row_in_the_quarantine_is_not_lost():
    entries = ledger()
    record = kept(entries)
    key, value = next(iter(record.rows.items()))
    del record.rows[key]
    moved = Record(record.rows, record.row_count - 1, {key: value}, record.quarantined_payloads)
    assert judge(entries, moved).is_clean


def test_a_row_that_nobody_published_is_invented():
    record = kept(ledger())
    record.rows[("meter_1.voltage", 5)] = 1.0
    assert len(judge(ledger(), record).invented) == 1


def test_a_changed_value_is_corrupted():
    record = kept(ledger())
    key = next(iter(record.rows))
    record.rows[key] += 0.5
    assert judge(ledger(), record).corrupted


def test_a_row_that_stands_twice_is_a_duplicate():
    record = kept(ledger())
    doubled = Record(record.rows, record.row_count + 1, {}, record.quarantined_payloads)
    assert judge(ledger(), doubled).duplicates == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_schedule_and_another_another(seed: int):
    told = [str(stroke) for stroke in schedule(Plan(), seed)]
    assert told == [str(stroke) for stroke in schedule(Plan(), seed)]
    assert told != [str(stroke) for stroke in schedule(Plan(), seed + 1)]
    assert sum("core killed" in line for line in told) == 20


def test_the_supply_says_some_things_three_times_some_out_of_order_and_some_as_garbage():
    supply = Supply(random.Random(1).randrange(100))
    said: list[Message] = [message for at in range(200) for message in supply.block(START_US + at * 100_000)]
    numbers = [message.number for message in said]
    assert len(numbers) > len(set(numbers))
    assert numbers != sorted(numbers)
    assert any(not message.rows() for message in said)
    keys: list[Key] = [key for message in {m.number: m for m in said}.values() for key in message.rows()]
    assert len(keys) == len(set(keys))
