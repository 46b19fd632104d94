"""Several consoles in one process: each a whole core with its own connections, all on one database and one broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from backend_core.alarms.model import Alarm, AlarmId
from backend_core.gateway.frame import Frame, LogLine, Notice
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core

LOOK_EVERY_S = 0.01


class Desk:
    """A console without its window: what its screen would be shown gathers here."""

    def __init__(
        self, name: str, database_url: str, broker_port: int, *, role: str = "console", **settings: Any
    ) -> None:
        values = {
            "database.url": database_url,
            "mqtt.url": f"mqtt://127.0.0.1:{broker_port}",
            "desk.name": name,
            "desk.operator": f"operator of {name}",
        }
        self.core = Core(Settings(values | settings), SystemClock(), role)
        self.core.gateway.frames.is_watched = True
        self.notices: list[Notice] = []
        self.log: list[LogLine] = []

    @property
    def leads(self) -> bool:
        return self.core.parts.sharing.leads

    def alarm(self, alarm: str) -> Alarm | None:
        """The alarm as this desk shows it."""
        return self.core.parts.alarms.ledger.get(AlarmId(alarm))

    def look(self) -> Frame:
        """Take what a screen would take."""
        frame = self.core.gateway.take_frame()
        self.notices += frame.notices
        self.log += frame.log
        return frame


@asynccontextmanager
async def desks(*wanted: Desk) -> AsyncIterator[None]:
    """Open them one after the other, so that the first leads if it may, and end them all."""
    try:
        for desk in wanted:
            desk.core.start()
            await until(lambda desk=desk: desk.core.parts.sharing.presences, "it knows who is there")  # type: ignore[misc]
        yield
    finally:
        for desk in wanted:
            await desk.core.stop()


async def until(condition: Callable[[], Any], what: str, within_s: float = 30.0) -> Any:
    """Wait for what must come, and answer it."""
    try:
        async with asyncio.timeout(within_s):
            while not (found := condition()):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY_S)
            return found
    except TimeoutError:
        raise AssertionError(f"{what}: not within {within_s:g} s") from None
