"""Keeping the record from the command line: what a core does at night, here and now and with its progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend_core.history.model import Progress
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.settings import Settings
from backend_core.runtime.parts import console_of, outage_service, record_keeping
from backend_core.storage.database import Database

Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was done: how many buckets were rolled up, how many pieces and checks were dropped."""

    rolled_up: int
    dropped: tuple[str, ...]
    checks: int


async def tidy(database: Database, settings: Settings, tell: Tell, *, only_roll_up: bool) -> Tidied:
    """Roll up everything, then drop what is old; ended at any moment it leaves a whole record."""
    keeping = record_keeping(database, SystemClock(), settings, as_leader=False)
    try:
        await keeping.inspect(tell)
        rolled_up = await keeping.roll_up(tell)
        if only_roll_up:
            return Tidied(rolled_up, (), 0)
        dropped = await keeping.clear_away(tell)
        outages = outage_service(database, SystemClock(), EventBus(), console_of(settings, "console"), settings)
        return Tidied(rolled_up, tuple(dropped), await outages.drop_old_checks())
    finally:
        await database.close()
