"""Where on this computer things wait while the database is away: opened with the core, closed with it."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import URL

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import NoRoom
from backend_core.kernel.settings import Settings
from backend_core.storage.segment_log import Budget
from backend_core.storage.spool import Spool

_log = logging.getLogger(__name__)


class WaitingRoom:
    """The spools of one core. A database that is a file on this computer needs none: it fails with the same disk."""

    def __init__(self, settings: Settings, address: URL, clock: Clock) -> None:
        limit_mb = int(settings.number("spool.limit_mb"))
        self._is_wanted = limit_mb > 0 and address.get_backend_name() == "postgresql"
        root, budget = folder_of(settings, address), Budget(limit_mb << 20, settings.number("spool.limit_hours"))
        self.readings = Spool(root, "readings", budget, clock)
        self.alarms = Spool(root, "alarms", budget, clock)
        self._notes: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether things can wait here."""
        return self.readings.is_open and self.alarms.is_open

    async def open(self) -> None:
        """Take the folders; without them the broker keeps what cannot be stored."""
        if not self._is_wanted or self.is_open:
            return
        try:
            await self.readings.open()
            await self.alarms.open()
        except NoRoom as refused:
            _log.error("%s", refused)
            self._notes.append(str(refused))

    async def take_notes(self) -> list[str]:
        """What went wrong here since the last call."""
        taken, self._notes = self._notes, []
        for spool in (self.readings, self.alarms):
            if spool.is_open:
                taken += await spool.take_notes()
        return taken

    def close(self) -> None:
        """Let the folders go; what waits in them is found by the next core."""
        self.readings.close()
        self.alarms.close()


def folder_of(settings: Settings, address: URL) -> Path:
    """The folder for this database: what waits for one must never go to another."""
    name = address.render_as_string(hide_password=True)
    given = settings.text("spool.folder")
    root = Path(given).expanduser() if given else user_data_path("linekeeper", appauthor=False) / "spool"
    return root / hashlib.sha256(name.encode()).hexdigest()[:12]
