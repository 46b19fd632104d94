"""A disk for messages that is only memory, and may be full."""

from __future__ import annotations

from collections.abc import Sequence

from backend_core.history.model import Injected, Kept, Spooled
from backend_core.kernel.errors import NoRoom
from backend_core.telemetry.model import Heard


class MemorySpool:
    """Keeps pieces up to so many bytes of payload."""

    is_open = True

    def __init__(self, room: int = 1 << 30) -> None:
        self.room = room
        self.pieces: list[Heard | Injected] = []
        self._given = 0
        self._gone = 0

    @property
    def state(self) -> Spooled:
        waiting = self.pieces[self._gone :]
        oldest_us = waiting[0].received_us if waiting and isinstance(waiting[0], Heard) else None
        return Spooled(len(waiting), self._bytes(waiting), oldest_us)

    async def keep(self, pieces: Sequence[Heard | Injected]) -> None:
        if self._bytes([*self.pieces[self._gone :], *pieces]) > self.room:
            raise NoRoom("The disk is full.")
        self.pieces += pieces

    async def next(self, at_most: int) -> Kept | None:
        given = self.pieces[self._given : self._given + at_most]
        self._given += len(given)
        return Kept(given, self._given) if given else None

    async def let_go(self, number: int) -> None:
        self._gone = number

    @staticmethod
    def _bytes(pieces: Sequence[Heard | Injected]) -> int:
        return sum(len(piece.message.payload) for piece in pieces if isinstance(piece, Heard))
