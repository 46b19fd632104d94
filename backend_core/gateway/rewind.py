"""What a console may ask of any past second: the whole of it, how it went on, and where on a slider things happened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend_core.alarms.model import JournalEntry
from backend_core.gateway.alarms import AlarmDesk
from backend_core.gateway.frame import Frame
from backend_core.gateway.grid import GridDesk
from backend_core.gateway.past import PastSources, Scene
from backend_core.gateway.past_desks import (
    PastAlarmDesk,
    PastDesks,
    PastGridDesk,
    PastOutageDesk,
    PastReadingDesk,
    PastRecordDesk,
    PastSetupDesk,
    PastSimulatorDesk,
    PastStudyDesk,
)
from backend_core.gateway.readings import ReadingDesk
from backend_core.gateway.record import RecordDesk
from backend_core.gateway.setup import SetupDesk
from backend_core.gateway.study import StudyDesk
from backend_core.history.model import Silence
from backend_core.kernel.clock import Clock, from_us
from backend_core.kernel.errors import BadInput

LONGEST_STRETCH = timedelta(minutes=5)
MOST_MARKS = 5_000


@dataclass(frozen=True, slots=True)
class Moment:
    """What was found at a moment; `newest_at` is the time of the newest value, nothing when there is none."""

    at: datetime
    values: int
    stale: int
    alarms: int
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlarmMark:
    """A call of an operator: when, how urgent, and for what."""

    at: datetime
    priority: int
    title: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands on a slider: calls of an operator, newest first, and stretches not recorded, or not wholly."""

    alarms: tuple[AlarmMark, ...] = ()
    silences: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the record reaches; it has no beginning while it is empty."""

    begins_at: datetime | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PresentDesks:
    """Those of today, for what the past has no other answer to."""

    readings: ReadingDesk
    alarms: AlarmDesk
    grid: GridDesk
    record: RecordDesk
    study: StudyDesk
    setup: SetupDesk


class RewindDesk:
    """Keeps the scene that was asked for last: a screen's panels all ask about the same moment."""

    def __init__(self, sources: PastSources, present: PresentDesks, clock: Clock) -> None:
        self._sources = sources
        self._present = present
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._scene: Scene | None = None
        self._number = 0

    async def extent(self) -> Extent:
        """From the first reading to now."""
        return Extent(await self._sources.readings.begins_at(), self._clock.now())

    async def call_up(self, at: datetime) -> Moment:
        """Read a moment, so that everything asked of it afterwards is at hand."""
        if at > self._clock.now():
            raise BadInput("That moment has not come yet.", "Choose a time before now.")
        scene = await self._recalled(at)
        newest_us = scene.newest_us
        standing = sum(alarm.is_listed for alarm in scene.alarms.values())
        return Moment(at, len(scene.values), scene.stale, standing, None if newest_us is None else from_us(newest_us))

    async def play(self, since: datetime, until: datetime) -> Frame:
        """What changed from one moment to a later one; asked for too much at once it tells only the end."""
        scene = await self._recalled(since if until - since <= LONGEST_STRETCH else until)
        async with self._one_at_a_time:
            self._number += 1
            if scene.at >= until:
                return scene.frame(self._number)
            return await scene.advance(until, self._number)

    async def marks(self, start: datetime, end: datetime, columns: int) -> Marks:
        """What happened in a span, for a slider of so many columns."""
        raised = await self._sources.alarms.raised(start, end, MOST_MARKS)
        silences = await self._sources.readings.silences(start, min(end, self._clock.now()), columns)
        lost = [Silence(gap.started_at, gap.ended_at or end) for gap in await self._sources.gaps(start, end)]
        return Marks(tuple(_mark(line) for line in raised), (*silences, *lost))

    async def next_alarm(self, at: datetime, *, backwards: bool) -> AlarmMark | None:
        """The nearest call of an operator in one direction."""
        line = await self._sources.alarms.next_raised(at, backwards=backwards)
        return None if line is None else _mark(line)

    def desks(self, at: datetime, has_plant: bool) -> PastDesks:
        """The desks of a moment."""

        async def recall() -> Scene:
            return await self._recalled(at)

        async def whole() -> Frame:
            return (await recall()).frame(self._number)

        present, sources = self._present, self._sources
        return PastDesks(
            readings=PastReadingDesk(present.readings, recall, at),
            alarms=PastAlarmDesk(present.alarms, sources.alarms, recall, at),
            outages=PastOutageDesk(recall),
            grid=PastGridDesk(present.grid, sources.grid, recall),
            record=PastRecordDesk(present.record, at),
            study=PastStudyDesk(present.study, sources.grid, recall),
            setup=PastSetupDesk(present.setup),
            simulator=PastSimulatorDesk() if has_plant else None,
            whole=whole,
        )

    async def _recalled(self, at: datetime) -> Scene:
        async with self._one_at_a_time:
            if self._scene is None or self._scene.at != at:
                scene = Scene(self._sources, at)
                await scene.recall()
                self._scene = scene
            return self._scene


def _mark(line: JournalEntry) -> AlarmMark:
    point = line.alarm.rpartition("/")[0]
    return AlarmMark(line.at, int(line.priority), f"{point} {line.level}")
