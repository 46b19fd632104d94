"""Turns what is heard of the broker into gaps of the record, and keeps in mind how far the record reaches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend_core.gaps import rules
from backend_core.gaps.model import EVERYTHING, BrokerMemory, Cause, Gap, Incident
from backend_core.gaps.ports import GapStore
from backend_core.kernel.clock import Clock, from_us
from backend_core.kernel.errors import DependencyAway, Fenced, NotLeading
from backend_core.kernel.links import LinkChanged, LinkName
from backend_core.telemetry.events import BatchJudged, SessionDoubted, SessionOpened
from backend_core.telemetry.model import BrokerTidings, Inlet, Receipt

REMEMBER_EVERY_S = 10.0
RETRY_S = 1.0
SILENCE = timedelta(seconds=30)
"""A connection that brings nothing is known to be dead only after its keepalive: so far back nothing is certain."""
TELLS_WITHIN = timedelta(seconds=30)
"""A broker that tells when it began does so every ten seconds."""
_OLDEST = timedelta(minutes=5)
_News = SessionOpened | SessionDoubted | BrokerTidings


@dataclass(frozen=True, slots=True)
class _Opening:
    """How far the record reached when the session was opened, and whether nobody saw how the broker fared before."""

    at: datetime
    reached: datetime
    is_unseen: bool


class GapService:
    """The leader writes; everyone may ask. What cannot be written waits, for it must not be forgotten."""

    def __init__(self, store: GapStore, clock: Clock, broker: str) -> None:
        self._store = store
        self._clock = clock
        self._broker = broker
        self._news: deque[_News] = deque()
        self._arrived = asyncio.Event()
        self._under_way: deque[tuple[int, Receipt]] = deque()
        self._memory: BrokerMemory | None = None
        self._lasting: list[Gap] = []
        self._last_drop: Gap | None = None
        self._reached_us = 0
        self._has_session = False
        self._at_opening: _Opening | None = None
        self._early: BrokerTidings | None = None

    async def within(self, start: datetime, end: datetime) -> Sequence[Gap]:
        """The gaps that reach into a span."""
        return await self._store.within(start, end)

    def on_session(self, told: SessionOpened | SessionDoubted) -> None:
        """The durable session stands, or does not go on where it stood."""
        self._has_session = True
        self._take(told)

    def on_tidings(self, told: BrokerTidings) -> None:
        """The broker has told of itself."""
        self._take(told)

    def on_link(self, changed: LinkChanged) -> None:
        """Without the broker the record reaches no further."""
        if changed.state.name is LinkName.BROKER and not changed.state.ok:
            self._has_session = False

    def hear(self, batch: BatchJudged) -> None:
        """Note how far a durable batch reaches; that counts once its receipt has ended."""
        if batch.inlet is not Inlet.DURABLE:
            return
        self._committed()
        if batch.readings:
            received_us = min(reading.received_us for reading in batch.readings)
            measured_us = min(reading.ts_us for reading in batch.readings)
            oldest_us = received_us - int(_OLDEST.total_seconds() * 1e6)
            self._under_way.append((max(min(received_us, measured_us), oldest_us), batch.receipt))

    def stand_by(self) -> None:
        """Another core leads: what was heard is now its business."""
        self._news.clear()
        self._under_way.clear()
        self._memory = self._last_drop = self._at_opening = None
        self._has_session = False
        self._reached_us = 0

    async def run(self) -> None:
        """Record what is heard, at once and in order, for ever."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._news:
                try:
                    await self._record(self._news[0])
                except DependencyAway:
                    await self._clock.sleep(RETRY_S)
                except (Fenced, NotLeading):
                    self._news.clear()
                else:
                    if self._news:
                        self._news.popleft()

    async def remember(self) -> None:
        """Write down every few seconds how far the record reaches, for whoever leads next; for ever."""
        while True:
            await self._clock.sleep(REMEMBER_EVERY_S)
            if self._memory is None or self._news:
                continue
            self._give_up_asking()
            now = self._as_far_as_certain(self._memory, self._reached())
            if now == self._memory:
                continue
            try:
                await self._store.save(Incident(now))
                self._memory = now
            except (DependencyAway, Fenced, NotLeading):
                continue

    async def note_damage(self, started_at: datetime, ended_at: datetime, messages: int) -> None:
        """Messages that waited on this computer's disk cannot be read any more."""
        memory = self._memory or await self._store.recall(self._broker) or BrokerMemory(self._broker, ended_at)
        gap = Gap(started_at, max(started_at, ended_at), Cause.SPOOL_DAMAGED, EVERYTHING, str(messages))
        await self._store.save(Incident(memory, (gap,), (rules.spool_damaged(gap),)))

    def _take(self, news: _News) -> None:
        self._news.append(news)
        self._arrived.set()

    async def _record(self, news: _News) -> None:
        before = self._memory or await self._recall()
        if before is not None:
            before = self._as_far_as_certain(before, self._committed())
        if (incident := self._judge(before, news)) is None:
            return
        if incident.gaps or incident.memory != self._memory:
            self._learn(await self._store.save(incident))
        if isinstance(news, SessionOpened):
            # Whatever is found out about this session later concerns what came before it.
            is_unseen = news.is_kept and self._memory is None
            reached = before.reached if before else incident.memory.reached
            self._at_opening = _Opening(from_us(news.at_us), reached, is_unseen)
            if self._early is not None:
                self._take(self._early)
        self._memory = incident.memory

    def _judge(self, before: BrokerMemory | None, news: _News) -> Incident | None:
        if isinstance(news, SessionOpened):
            return rules.on_session(before, self._lasting, news)
        opening = self._at_opening
        if before is None or opening is None:
            self._early = news if isinstance(news, BrokerTidings) else None
            return None
        if isinstance(news, SessionDoubted):
            return rules.on_doubt(before, opening.reached, news)
        incident = rules.on_tidings(before, self._last_drop, news)
        if opening.is_unseen and news.started_us is not None:
            self._at_opening = replace(opening, is_unseen=False)
            unseen = rules.on_restart_unseen(incident.memory, opening.reached, opening.at, news)
            return Incident(unseen.memory, incident.gaps + unseen.gaps, incident.lines + unseen.lines)
        return incident

    async def _recall(self) -> BrokerMemory | None:
        self._lasting = list(await self._store.lasting())
        return await self._store.recall(self._broker)

    def _learn(self, gaps: Sequence[Gap]) -> None:
        for gap in gaps:
            self._lasting = [known for known in self._lasting if known.id != gap.id]
            if gap.ended_at is None:
                self._lasting.append(gap)
            if gap.cause is Cause.DROPPED:
                self._last_drop = gap

    def _as_far_as_certain(self, memory: BrokerMemory, reached: datetime) -> BrokerMemory:
        """What is remembered does not go on while it is open how the broker fared before us: it would be forgotten."""
        if self._at_opening is not None and self._at_opening.is_unseen:
            return memory
        return replace(memory, reached=max(memory.reached, reached))

    def _give_up_asking(self) -> None:
        """Some brokers never tell when they began."""
        opening = self._at_opening
        if opening is not None and opening.is_unseen and self._clock.now() - opening.at > TELLS_WITHIN:
            self._at_opening = replace(opening, is_unseen=False)

    def _committed(self) -> datetime:
        """How far the batches reach whose receipts have ended."""
        while self._under_way and self._under_way[0][1].has_ended:
            self._reached_us = max(self._reached_us, self._under_way.popleft()[0])
        return from_us(self._reached_us)

    def _reached(self) -> datetime:
        """How far the record reaches for certain: a whole connection that is silent had nothing to bring."""
        committed = self._committed()
        if self._has_session and not self._under_way:
            return max(committed, self._clock.now() - SILENCE)
        return committed
