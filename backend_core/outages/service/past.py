"""The board of smart switches and outages as it stood at a moment, and how it went on from there."""

from __future__ import annotations

from datetime import datetime

from backend_core.outages.live import KEPT, LiveStandings
from backend_core.outages.model import Board, Outage, WatchSettings
from backend_core.outages.ports import SmartSwitchStore
from backend_core.outages.rules.hindsight import board_then, outages_then, standing_then
from backend_core.outages.service.book import PAST_OUTAGES

CHECKS_READ = 200_000
"""About so many checks are read for a moment; with many smart switches the strips reach back less than a day."""


class PastBoards:
    """Only smart switches that are listed today are shown: the list keeps no past."""

    def __init__(self, store: SmartSwitchStore, settings: WatchSettings) -> None:
        self._store = store
        probing = settings.probing
        self._interval_s = probing.interval_s
        self._gap_s = 2.5 * probing.interval_s + 2 * probing.timeout_s
        self._standings = LiveStandings(self._gap_s)
        self._outages: tuple[Outage, ...] = ()
        self._at: datetime | None = None

    async def recall(self, at: datetime) -> Board:
        """The board of that moment."""
        switches = await self._store.switches()
        per_day = len(switches) * KEPT.total_seconds() / self._interval_s
        reach = KEPT * min(1.0, CHECKS_READ / per_day) if per_day else KEPT
        self._standings = LiveStandings(self._gap_s)
        self._standings.keep(switches)
        self._standings.load(await self._store.spans(at - reach, self._gap_s, at) if switches else {})
        await self._read_outages(at)
        return self._board(at)

    async def advance(self, until: datetime) -> Board | None:
        """The board that much later; nothing when no check and no outage has changed it."""
        checks = await self._store.checks_since(self._at or until, until)
        before = self._outages
        await self._read_outages(until)
        self._standings.take(checks)
        return self._board(until) if checks or self._outages != before else None

    async def _read_outages(self, at: datetime) -> None:
        self._outages = outages_then(await self._store.outages(PAST_OUTAGES, at), at)
        self._at = at

    def _board(self, at: datetime) -> Board:
        standings = [standing_then(standing, at, self._gap_s) for standing in self._standings.all()]
        return board_then(at, standings, self._outages, self._interval_s)
