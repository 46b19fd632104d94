"""What a console may ask of the record: the event log, and the devices that were ever seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend_core.gateway.frame import LogLine
from backend_core.storage.database import Database
from backend_core.storage.event_log import LogFilter, LogRow, numbered, read
from backend_core.storage.registry import DeviceRow, devices

PAGE = 2000


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which lines of the event log: words that all must occur, kinds, a span, and at most how many."""

    words: str = ""
    kinds: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    at_most: int = PAGE


class RecordDesk:
    """The event log and the registry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def events(self, query: EventQuery) -> tuple[LogLine, ...]:
        """Lines of the event log, newest first."""
        wanted = LogFilter(tuple(query.words.split()), query.kinds, query.start, query.end, query.at_most)
        return _lines(await self._database.read(lambda connection: read(connection, wanted)))

    async def events_numbered(self, ids: Sequence[int]) -> tuple[LogLine, ...]:
        """The lines of these numbers, oldest first."""
        return _lines(await self._database.read(lambda connection: numbered(connection, ids)))

    async def devices(self) -> tuple[DeviceRow, ...]:
        """Every device of the registry, by name."""
        return tuple(await self._database.read(devices))


def _lines(rows: Sequence[LogRow]) -> tuple[LogLine, ...]:
    return tuple(
        LogLine(row.id, row.at, row.kind, row.who, row.object, row.text, row.origin, row.count) for row in rows
    )
