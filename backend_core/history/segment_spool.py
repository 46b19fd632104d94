"""Messages as the records of a spool: topic and payload as they came, with moment and flags of their receipt."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from backend_core.history.model import Injected, Kept, Spooled
from backend_core.storage.segments import Entry
from backend_core.storage.spool import Spool
from backend_core.telemetry.model import DeviceKind, Heard, RawMessage, Reading

_RETAINED, _REDELIVERED, _INJECTED = 1, 2, 4
MAX_TOPIC_BYTES = 65_535
_readings_from = msgspec.json.Decoder(list[Reading]).decode


class SegmentSpool:
    """What waits for the database, in segment files."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    @property
    def is_open(self) -> bool:
        return self._spool.is_open

    @property
    def state(self) -> Spooled:
        held = self._spool.state
        oldest_us = None if held.oldest_ns is None else held.oldest_ns // 1000
        return Spooled(held.records, held.bytes, oldest_us)

    async def keep(self, pieces: Sequence[Heard | Injected]) -> None:
        if pieces:
            await self._spool.keep([_entry(piece) for piece in pieces])

    async def next(self, at_most: int) -> Kept | None:
        records = await self._spool.read(at_most)
        return Kept([_piece(record.entry) for record in records], records[-1].seq) if records else None

    async def let_go(self, number: int) -> None:
        await self._spool.done_through(number)


def _entry(piece: Heard | Injected) -> Entry:
    if isinstance(piece, Injected):
        received_ns = piece.readings[0].received_us * 1000 if piece.readings else 0
        return Entry(received_ns, _INJECTED, piece.kind.encode(), msgspec.json.encode(piece.readings))
    topic, payload, is_retained, is_redelivered = piece.message
    flags = _RETAINED * is_retained | _REDELIVERED * is_redelivered
    # A topic that is no UTF-8 may be longer now than the broker allows; it is refused by any name.
    return Entry(piece.received_us * 1000, flags, topic.encode("utf-8", "replace")[:MAX_TOPIC_BYTES], payload)


def _piece(entry: Entry) -> Heard | Injected:
    if entry.flags & _INJECTED:
        return Injected(DeviceKind(entry.topic.decode()), _readings_from(entry.payload))
    topic = entry.topic.decode("utf-8", "replace")
    message = RawMessage(topic, entry.payload, bool(entry.flags & _RETAINED), bool(entry.flags & _REDELIVERED))
    return Heard(message, entry.received_ns // 1000)
