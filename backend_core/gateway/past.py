"""How everything stood at one moment of the record, and how it goes on from there when it is played."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend_core.alarms.events import AlarmChanged
from backend_core.alarms.model import Alarm, AlarmId
from backend_core.alarms.ports import PastAlarms
from backend_core.alarms.rules.folding import after
from backend_core.gaps.model import Gap
from backend_core.gateway.frame import CoreHealth, Frame, Sample, SampleRun
from backend_core.gateway.record import EventQuery, RecordDesk
from backend_core.grid.events import EnergisationChanged
from backend_core.grid.model import ElementId, Energisation
from backend_core.grid.service import GridService
from backend_core.history.ports import PastReadings
from backend_core.kernel.clock import to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.kernel.quality import Mark, Quality
from backend_core.outages.model import Board
from backend_core.outages.service.past import PastBoards
from backend_core.telemetry.model import LiveValue, Reading
from backend_core.telemetry.rules import freshness_of

REACH = timedelta(days=7)
"""A point of which nothing was measured for so long before a moment has no value there."""
MOST_READINGS = 50_000
"""More than this in one stretch are not played one by one: the panels are shown its end as a whole."""
ORIGIN = "record"
_ROLE = "history"


@dataclass(frozen=True, slots=True)
class PastSources:
    """What the past is told from; `period_s` says how often a reading of this point and kind is expected."""

    readings: PastReadings
    alarms: PastAlarms
    boards: PastBoards
    grid: GridService
    record: RecordDesk
    gaps: Callable[[datetime, datetime], Awaitable[Sequence[Gap]]]
    period_s: Callable[[Reading], float]


class Scene:
    """One moment. Time on its values is the record's own: a value grows old as the moment moves away from it."""

    def __init__(self, sources: PastSources, at: datetime) -> None:
        self._sources = sources
        self.at = at
        self.values: dict[PointId, LiveValue] = {}
        self.alarms: dict[AlarmId, Alarm] = {}
        self.positions: dict[ElementId, Position] = {}
        self.energisation: Energisation = sources.grid.energisation_with({})
        self.board = Board(at)

    @property
    def at_s(self) -> float:
        return self.at.timestamp()

    @property
    def newest_us(self) -> int | None:
        return max((value.ts_us for value in self.values.values()), default=None)

    @property
    def stale(self) -> int:
        """How many values nobody had renewed in time."""
        return sum(value.quality_at(self.at_s) >= Quality.STALE for value in self.values.values())

    async def recall(self) -> None:
        """Read everything anew."""
        sources = self._sources
        readings = await sources.readings.at(self.at, REACH)
        self.values = {reading.point: self._live(reading) for reading in readings}
        self.positions = sources.grid.positions_in((r.point, r.value, r.quality) for r in readings)
        self.energisation = sources.grid.energisation_with(self.positions)
        self.alarms = {alarm.id: alarm for alarm in await sources.alarms.standing(self.at)}
        self.board = await sources.boards.recall(self.at)

    async def advance(self, until: datetime, number: int) -> Frame:
        """Move on, and tell all that changed on the way; with too much to tell, that everything did."""
        sources, since = self._sources, self.at
        readings = await sources.readings.between(since, until, MOST_READINGS)
        if readings is None:
            self.at = until
            await self.recall()
            return Frame(number, self.at_s, reload=frozenset({"values", "alarms", "log"}))
        lines = await sources.alarms.changes(since, until)
        board = await sources.boards.advance(until)
        log = await sources.record.events(EventQuery(start=_next(since), end=_next(until)))
        self.at = until
        self.board = board or self.board
        for line in lines:
            self.alarms[line.alarm] = after(self.alarms.get(line.alarm), line)
        changed = tuple(AlarmChanged(self.alarms[line.alarm], ORIGIN) for line in lines)
        return Frame(
            number,
            self.at_s,
            values=self._take(readings),
            samples=_samples(readings),
            alarms=changed,
            log=tuple(reversed(log)),
            board=board,
            energisation=self._recoloured(readings),
            health=self.health(),
        )

    def frame(self, number: int) -> Frame:
        """The whole of it."""
        standing = sorted(self.alarms.values(), key=lambda alarm: alarm.id)
        return Frame(
            number,
            self.at_s,
            values=dict(self.values),
            alarms=tuple(AlarmChanged(alarm, ORIGIN) for alarm in standing if alarm.is_listed),
            board=self.board,
            energisation=EnergisationChanged(self.energisation, frozenset(), frozenset(), self.at),
            health=self.health(),
        )

    def health(self) -> CoreHealth:
        """What can be said today of how complete the picture was: ages and devices, nothing of the core itself."""
        freshness = freshness_of(self.values, self.at_s)
        return CoreHealth(
            at_us=to_us(self.at),
            monotonic_s=self.at_s,
            role=_ROLE,
            leads=False,
            leader=None,
            epoch=0,
            links={},
            data_age_p95_s=freshness.age_p95_s,
            devices_online=freshness.devices_online,
            devices_known=len({point.rpartition(".")[0] for point in self.values}),
            messages_per_s=0.0,
            readings_stored=0,
            rejected={},
            loop_lag_ms=0.0,
            depths={},
            dropped={},
        )

    def _live(self, reading: Reading) -> LiveValue:
        # A time from the future is shown as the time of receipt, in the present as here.
        shown_us = min(reading.ts_us, reading.received_us) if reading.marks & Mark.TIME_FUTURE else reading.ts_us
        period_s = self._sources.period_s(reading)
        return LiveValue(reading.value, reading.quality, reading.marks, shown_us, shown_us / 1e6, period_s)

    def _take(self, readings: Iterable[Reading]) -> dict[PointId, LiveValue]:
        newest = {reading.point: self._live(reading) for reading in readings}
        self.values |= newest
        return newest

    def _recoloured(self, readings: Sequence[Reading]) -> EnergisationChanged | None:
        moved = self._sources.grid.positions_in((r.point, r.value, r.quality) for r in readings)
        if all(self.positions.get(switch) is position for switch, position in moved.items()):
            return None
        before, self.positions = self.energisation, {**self.positions, **moved}
        self.energisation = self._sources.grid.energisation_with(self.positions)
        changed = frozenset(e for e, state in self.energisation.states.items() if state is not before.states.get(e))
        return EnergisationChanged(self.energisation, changed, frozenset(moved), self.at)


def _samples(readings: Iterable[Reading]) -> dict[PointId, SampleRun]:
    runs: dict[PointId, list[Sample]] = {}
    for reading in readings:
        runs.setdefault(reading.point, []).append(Sample(reading.ts_us, reading.value, reading.quality))
    return {point: SampleRun(tuple(run)) for point, run in runs.items()}


def _next(moment: datetime) -> datetime:
    """The log takes the start of a span in and leaves its end out; a stretch does it the other way round."""
    return moment + timedelta(microseconds=1)


def log_until(query: EventQuery, moment: datetime) -> EventQuery:
    """The same question without the lines that were written after a moment."""
    end = _next(moment) if query.end is None else min(query.end, _next(moment))
    return EventQuery(query.words, query.kinds, query.start, end, query.at_most)
