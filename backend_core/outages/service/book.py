"""The book of outages: the open one, those of the past, and what still waits to be stored."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from backend_core.kernel.errors import CoreError
from backend_core.outages.live import Backlog
from backend_core.outages.model import Check, Note, Outage, Standing, WatchSettings
from backend_core.outages.ports import SmartSwitchStore
from backend_core.outages.rules.outage import next_outage
from backend_core.outages.rules.verdict import tally

PAST_OUTAGES = 100

_log = logging.getLogger(__name__)


class OutageBook:
    """Decides by the rules and writes rounds down; while the database is away they wait here."""

    def __init__(self, store: SmartSwitchStore, settings: WatchSettings) -> None:
        self._store = store
        self._settings = settings
        self._waiting = Backlog()
        self._is_held_up = False
        self.open: Outage | None = None
        self.past: tuple[Outage, ...] = ()

    async def load(self) -> None:
        """Read what has been stored, by this core or another."""
        self.past = await self._store.outages(PAST_OUTAGES)
        self.open = next((outage for outage in self.past if outage.is_open), None)

    def decide(self, standings: Sequence[Standing], at: datetime) -> Outage | None:
        """The outage as it is after a round of checks."""
        interval_s = self._settings.probing.interval_s
        return next_outage(self.open, standings, tally(standings), self._settings.outage, at, interval_s)

    async def keep(self, checks: Sequence[Check], outage: Outage | None, notes: Sequence[Note]) -> Outage | None:
        """Store a round, and return its outage with the number that the store has given it."""
        self._waiting.add(checks, outage if outage != self.open else None, notes)
        saved = await self._save()
        if outage is not None:
            outage = next((stored for stored in saved if stored.started_at == outage.started_at), outage)
            self.past = _newest([outage, *saved, *self.past])
        self.open = outage if outage is not None and outage.is_open else None
        return outage

    def forget_waiting(self) -> None:
        """Another core leads: what could not be stored here is its business now."""
        self._waiting = Backlog()

    async def _save(self) -> tuple[Outage, ...]:
        waiting = self._waiting
        try:
            saved = await self._store.save_round(waiting.checks, waiting.outages, waiting.notes)
        except CoreError as error:
            if not self._is_held_up:
                _log.warning("Checks of smart switches wait here until they can be stored: %s", error)
            self._is_held_up = True
            return ()
        self._is_held_up = False
        self._waiting = Backlog(dropped=waiting.dropped)
        return saved


def _newest(outages: Iterable[Outage]) -> tuple[Outage, ...]:
    """The outages without repetition, the first of each kept, newest first."""
    by_start: dict[datetime, Outage] = {}
    for outage in outages:
        by_start.setdefault(outage.started_at, outage)
    return tuple(sorted(by_start.values(), key=lambda o: o.started_at, reverse=True))[:PAST_OUTAGES]
