"""Hears PostgreSQL's NOTIFY on a connection of its own: a wake-up and nothing more, its text is never looked at."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from sqlalchemy import URL

from backend_core.kernel.clock import Clock
from backend_core.storage.engine import plain_arguments
from backend_core.storage.journal import CHANNEL

_log = logging.getLogger(__name__)


class PostgresBell:
    """Rings at each commit that wrote the journal. While it is not connected it rings at the time-out only."""

    def __init__(self, url: URL, clock: Clock) -> None:
        self._arguments = plain_arguments(url)
        self._clock = clock
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def wait(self, timeout_s: float) -> None:
        """Until it rings, at most so long; at once after it has begun to listen, for something may have been missed."""
        try:
            if self._connection is None:
                self._connection = await self._listen()
                return
            async for _ in self._connection.notifies(timeout=timeout_s, stop_after=1):
                pass
        except (psycopg.Error, OSError) as error:
            _log.debug("No bell (%s); the journal is read every %.0f s all the same", error, timeout_s)
            await self.close()
            await self._clock.sleep(timeout_s)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _listen(self) -> psycopg.AsyncConnection[Any]:
        connection = await psycopg.AsyncConnection.connect(**self._arguments, autocommit=True)
        await connection.execute(f"LISTEN {CHANNEL}".encode())
        return connection


class QuietBell:
    """For a database that rings no bell: SQLite, where nobody else writes; it is looked at every second."""

    EVERY_S = 1.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def wait(self, timeout_s: float) -> None:
        await self._clock.sleep(min(timeout_s, self.EVERY_S))

    async def close(self) -> None:
        """There is nothing to close."""
