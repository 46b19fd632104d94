"""A lock of PostgreSQL that lives as long as its connection: it is free some milliseconds after its holder has died.

It makes taking over fast, never safe: what keeps two leaders apart is the epoch.
"""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from sqlalchemy import URL

from backend_core.storage.engine import plain_arguments

_log = logging.getLogger(__name__)
_KEY = 4711


class LifeLock:
    """Held by the leader on a connection of its own; a stand-by that gets it knows that the leader's one is dead."""

    def __init__(self, url: URL) -> None:
        self._arguments = plain_arguments(url)
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._holds = False

    async def take(self) -> bool:
        """Whether we hold it now; false also when the database cannot be asked."""
        try:
            if self._connection is None:
                self._connection = await psycopg.AsyncConnection.connect(**self._arguments, autocommit=True)
            question = "SELECT true" if self._holds else f"SELECT pg_try_advisory_lock({_KEY})"
            row = await (await self._connection.execute(question.encode())).fetchone()
            self._holds = bool(row and row[0])
        except (psycopg.Error, OSError) as error:
            _log.debug("The lock of the lead cannot be asked for (%s); the lease decides alone", error)
            await self.close()
        except BaseException:
            await self.close()
            raise
        return self._holds

    async def let_go(self) -> None:
        """Leave it to others."""
        if self._holds and self._connection is not None:
            await self.close()

    async def close(self) -> None:
        """Close the connection, and the lock with it."""
        connection, self._connection, self._holds = self._connection, None, False
        if connection is not None:
            await connection.close()
