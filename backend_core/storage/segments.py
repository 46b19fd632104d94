"""The bytes of a spool's segment: records that show their own damage, and the search for what is whole behind it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

# len | crc | seq | received_ns | flags | topic_len, then topic and payload; `len` counts what follows the crc.
_FRAME = struct.Struct(">II")
_FIXED = struct.Struct(">QqBH")
_SEQ_AT = _FRAME.size
_SEQ_LOW_BYTES = 3


class Entry(NamedTuple):
    """What is to be kept: a topic with its payload, when it was received, and the keeper's own flags."""

    received_ns: int
    flags: int
    topic: bytes
    payload: bytes


class Record(NamedTuple):
    """An entry with its number; numbers are without a gap through all segments of a spool."""

    seq: int
    entry: Entry


class Scan(NamedTuple):
    """What a segment holds: its whole records, and the bytes in the middle and at the end that are none."""

    records: list[Record]
    damaged_bytes: int
    torn_bytes: int


def pack(seq: int, entry: Entry) -> bytes:
    """The bytes of a record."""
    received_ns, flags, topic, payload = entry
    body = _FIXED.pack(seq, received_ns, flags, len(topic)) + topic + payload
    size = len(body)
    return _FRAME.pack(size, _check(size, body)) + body


def unpack(data: bytes, at: int) -> tuple[Record, int] | None:
    """The record that begins here and where it ends; nothing when none that is whole begins here."""
    start = at + _FRAME.size
    if start + _FIXED.size > len(data):
        return None
    size, check = _FRAME.unpack_from(data, at)
    end = start + size
    if size < _FIXED.size or end > len(data):
        return None
    body = data[start:end]
    if _check(size, body) != check:
        return None
    seq, received_ns, flags, topic_len = _FIXED.unpack_from(body)
    topic_end = _FIXED.size + topic_len
    if topic_end > size:
        return None
    return Record(seq, Entry(received_ns, flags, body[_FIXED.size : topic_end], body[topic_end:])), end


def unpack_run(data: bytes, at: int = 0, at_most: int | None = None) -> tuple[list[Record], int]:
    """The whole records that follow one another from here, and where the first begins that is not whole."""
    found: list[Record] = []
    while at_most is None or len(found) < at_most:
        one = unpack(data, at)
        if one is None:
            break
        record, at = one
        found.append(record)
    return found, at


def size_of_next(data: bytes, at: int) -> int | None:
    """How many bytes the record that begins here says it has; nothing when not even that is there."""
    if at + _FRAME.size > len(data):
        return None
    size: int = _FRAME.unpack_from(data, at)[0]
    return _FRAME.size + size


def scan(data: bytes, first_seq: int) -> Scan:
    """Every whole record; after a damaged one the search goes on until the next that is whole."""
    records, at = unpack_run(data)
    damaged = 0
    while at < len(data):
        wanted = records[-1].seq + 1 if records else first_seq
        found = _next_whole(data, at + 1, wanted)
        if found is None:
            break
        damaged += found - at
        more, at = unpack_run(data, found)
        records += more
    return Scan(records, damaged, len(data) - at)


def _next_whole(data: bytes, start: int, wanted: int) -> int | None:
    """Where the next whole record begins whose number is not smaller than the one wanted."""
    if not data[start:].strip(b"\0"):
        return None  # a file that grew before its bytes were written
    for at in _candidates(data, start, wanted):
        one = unpack(data, at)
        if one is not None and one[0].seq >= wanted:
            return at
    return None


def _candidates(data: bytes, start: int, wanted: int) -> Iterator[int]:
    """Where a record may begin: the upper bytes of the numbers of one segment are the same, or one more."""
    upper = wanted >> (8 * _SEQ_LOW_BYTES)
    prefixes = [one.to_bytes(8 - _SEQ_LOW_BYTES, "big") for one in (upper, upper + 1)]
    here = start + _SEQ_AT
    while True:
        places = [place for prefix in prefixes if (place := data.find(prefix, here)) >= 0]
        if not places:
            return
        yield min(places) - _SEQ_AT
        here = min(places) + 1


def _check(size: int, body: bytes) -> int:
    # CRC-32 of zlib, which runs at gigabytes a second here; CRC-32C would need a wheel for the same protection.
    return zlib.crc32(body, size)
