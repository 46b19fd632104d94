"""A record shows its own damage, and damage to one costs no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend_core.storage import segments
from backend_core.storage.segments import Entry

FIRST = 0x0006_2000_0000_0000
entries = some.builds(
    Entry,
    received_ns=some.integers(-(2**63), 2**63 - 1),
    flags=some.integers(0, 255),
    topic=some.binary(max_size=40),
    payload=some.binary(max_size=80),
)
few = some.lists(entries, min_size=1, max_size=8)


def written(kept: list[Entry]) -> bytes:
    return b"".join(segments.pack(FIRST + place, entry) for place, entry in enumerate(kept))


@given(few)
def test_what_was_packed_is_read_back(kept: list[Entry]):
    records, end = segments.unpack_run(written(kept))
    assert [record.entry for record in records] == kept
    assert [record.seq for record in records] == list(range(FIRST, FIRST + len(kept)))
    assert end == len(written(kept))


@given(few, some.data())
def test_a_torn_tail_costs_only_the_record_that_it_tears(kept: list[Entry], dice: some.DataObject):
    data = written(kept)
    torn = data[: dice.draw(some.integers(0, len(data)))]
    found = segments.scan(torn, FIRST)
    whole = [place for place in range(len(kept)) if len(written(kept[: place + 1])) <= len(torn)]
    assert [record.seq - FIRST for record in found.records] == whole
    assert found.damaged_bytes == 0


@given(few, some.data())
def test_a_flipped_bit_anywhere_is_noticed_and_costs_only_its_own_record(kept: list[Entry], dice: some.DataObject):
    data = bytearray(written(kept))
    place = dice.draw(some.integers(0, len(data) - 1))
    data[place] ^= 1 << dice.draw(some.integers(0, 7))
    hit = next(n for n in range(len(kept)) if place < len(written(kept[: n + 1])))
    found = segments.scan(bytes(data), FIRST)
    assert [record.seq - FIRST for record in found.records] == [n for n in range(len(kept)) if n != hit]
    assert found.damaged_bytes + found.torn_bytes == len(segments.pack(FIRST, kept[hit]))


def test_every_flipped_byte_of_a_segment_of_readings_costs_one_record():
    kept = [Entry(n, 0, b"grid/sensors/s", b'{"device_id":"s","voltage":%d}' % n) for n in range(12)]
    data = written(kept)
    for place in range(len(data)):
        hurt = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        assert len(segments.scan(hurt, FIRST).records) == 11


def test_numbers_that_pass_into_the_next_block_are_found_behind_damage():
    edge = 0x0006_2000_00FF_FFFF
    data = b"".join(segments.pack(edge + n, Entry(0, 0, b"t", b"p")) for n in range(4))
    assert [record.seq - edge for record in segments.scan(b"\xff" + data[1:], edge).records] == [1, 2, 3]


@pytest.mark.parametrize("size", [1, 100, 8 << 20])
def test_a_file_that_grew_before_its_bytes_were_written_ends_where_they_do(size: int):
    data = written([Entry(1, 2, b"t", b"p")])
    found = segments.scan(data + bytes(size), FIRST)
    assert (len(found.records), found.damaged_bytes, found.torn_bytes) == (1, 0, size)


@given(some.binary(max_size=400))
def test_garbage_is_never_taken_for_a_record(data: bytes):
    assert segments.scan(data, FIRST).records == []
