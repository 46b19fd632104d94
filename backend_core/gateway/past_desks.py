"""The desks of the one door as they were at a moment of the record: every question answered, every order refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from backend_core.alarms.model import (
    AcknowledgeOutcome,
    Alarm,
    AlarmId,
    AlarmRule,
    JournalEntry,
    RuleEdit,
    RulesOutcome,
)
from backend_core.alarms.ports import PastAlarms
from backend_core.gateway.alarms import JOURNAL_LINES, AlarmDesk
from backend_core.gateway.frame import Frame, LogLine
from backend_core.gateway.grid import GridDesk, NetworkInfo
from backend_core.gateway.outages import OutageDesk
from backend_core.gateway.past import Scene, log_until
from backend_core.gateway.readings import WORST_MATCHES, PointInfo, ReadingDesk
from backend_core.gateway.record import EventQuery, RecordDesk
from backend_core.gateway.setup import SetupDesk
from backend_core.gateway.simulator import SimulatorDesk
from backend_core.gateway.study import StudyDesk
from backend_core.grid.layout.drawing import Drawing
from backend_core.grid.model import ElementId, Energisation, Network
from backend_core.grid.service import GridService
from backend_core.history.model import History
from backend_core.kernel.errors import BadInput
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.kernel.settings import Settings, Value
from backend_core.kernel.workers import Progress
from backend_core.outages.model import Board, Finding, ImportPlan, SmartSwitch
from backend_core.simulation.model import StudyRequest, StudyResult, StudyStart
from backend_core.simulation.rules.start import start_of
from backend_core.storage.registry import DeviceRow
from backend_core.telemetry.model import LiveValue
from backend_core.virtual_grid.model import PlantStatus

_INSTANT = timedelta(microseconds=1)
Recall = Callable[[], Awaitable[Scene]]


@dataclass(frozen=True, slots=True)
class PastDesks:
    """What stands behind the door of a moment."""

    readings: ReadingDesk
    alarms: AlarmDesk
    outages: OutageDesk
    grid: GridDesk
    record: RecordDesk
    study: StudyDesk
    setup: SetupDesk
    simulator: SimulatorDesk | None
    whole: Callable[[], Awaitable[Frame]]


def refuse() -> NoReturn:
    """No order reaches the present from a picture of the past, whichever way it was given."""
    raise BadInput("Refused: this is a picture of the past.", "Go back to live, then order it again.")


class PastReadingDesk(ReadingDesk):
    """Values up to the moment."""

    def __init__(self, present: ReadingDesk, recall: Recall, at: datetime) -> None:
        self._present, self._recall, self._at = present, recall, at

    async def history(self, points: Sequence[PointId], start: datetime, end: datetime, columns: int) -> History:
        until = min(end, self._at + _INSTANT)
        # A span that lies wholly after the moment becomes one without length: of it nothing is known.
        return await self._present.history(points, min(start, until), until, columns)

    async def latest(self, points: Sequence[PointId]) -> dict[PointId, LiveValue]:
        values = (await self._recall()).values
        return {point: values[point] for point in points if point in values}

    async def points(self) -> tuple[PointInfo, ...]:
        return await self._present.points()

    async def search_points(self, text: str, at_most: int = WORST_MATCHES) -> tuple[PointInfo, ...]:
        return await self._present.search_points(text, at_most)


class PastAlarmDesk(AlarmDesk):
    """Alarms as they stood. The rules are today's: no record of the earlier ones is kept."""

    def __init__(self, present: AlarmDesk, journal: PastAlarms, recall: Recall, at: datetime) -> None:
        self._present, self._journal, self._recall, self._at = present, journal, recall, at

    async def standing(self) -> tuple[Alarm, ...]:
        return tuple(alarm for alarm in (await self._recall()).alarms.values() if alarm.is_listed)

    async def journal(self, alarm_id: AlarmId, limit: int = JOURNAL_LINES) -> tuple[JournalEntry, ...]:
        return await self._journal.journal(alarm_id, self._at, limit)

    async def rules(self) -> tuple[AlarmRule, ...]:
        return await self._present.rules()

    async def preview_rules(self, wanted: Sequence[AlarmRule]) -> NoReturn:
        refuse()

    async def acknowledge(self, alarm_id: AlarmId, occurrence: int) -> AcknowledgeOutcome:
        refuse()

    async def reset(self, alarm_id: AlarmId) -> AcknowledgeOutcome:
        refuse()

    async def save_rules(self, edit: RuleEdit) -> RulesOutcome:
        refuse()


class PastOutageDesk(OutageDesk):
    """The board as it stood."""

    def __init__(self, recall: Recall) -> None:
        self._recall = recall

    async def board(self) -> Board:
        return (await self._recall()).board

    async def save(self, switch: SmartSwitch, *, is_new: bool, seen: SmartSwitch | None = None) -> tuple[Finding, ...]:
        refuse()

    async def remove(self, names: Sequence[str]) -> None:
        refuse()

    async def preview_import(self, content: bytes) -> ImportPlan:
        refuse()

    async def run_import(self, content: bytes) -> ImportPlan:
        refuse()


class PastGridDesk(GridDesk):
    """Today's network with the switches as they stood."""

    def __init__(self, present: GridDesk, grid: GridService, recall: Recall) -> None:
        self._present, self._grid, self._recall = present, grid, recall

    async def networks(self) -> tuple[NetworkInfo, ...]:
        return await self._present.networks()

    async def network(self) -> Network:
        return self._grid.network

    async def drawing(self) -> Drawing:
        return self._grid.drawing

    async def energisation(self) -> Energisation:
        return (await self._recall()).energisation

    async def way_to_source(self, element_id: ElementId) -> tuple[ElementId, ...]:
        return self._grid.way_to_source(element_id, (await self._recall()).positions)

    async def goes_dark_with(self, switch_id: ElementId) -> tuple[ElementId, ...]:
        return self._grid.goes_dark_with(switch_id, (await self._recall()).positions)

    async def choose(self, name: str) -> Network:
        refuse()


class PastRecordDesk(RecordDesk):
    """The event log up to the moment."""

    def __init__(self, present: RecordDesk, at: datetime) -> None:
        self._present, self._at = present, at

    async def events(self, query: EventQuery) -> tuple[LogLine, ...]:
        return await self._present.events(log_until(query, self._at))

    async def events_numbered(self, ids: Sequence[int]) -> tuple[LogLine, ...]:
        return tuple(line for line in await self._present.events_numbered(ids) if line.at <= self._at)

    async def devices(self) -> tuple[DeviceRow, ...]:
        return await self._present.devices()


class PastStudyDesk(StudyDesk):
    """A study may begin with how the grid stood then: it changes nothing, in any time."""

    def __init__(self, present: StudyDesk, grid: GridService, recall: Recall) -> None:
        self._present, self._grid, self._recall = present, grid, recall

    async def start_from_live(self) -> StudyStart:
        scene = await self._recall()
        return start_of(self._grid.network, scene.values, scene.at_s, scene.at)

    async def run(self, request: StudyRequest, progress: Progress | None = None) -> StudyResult:
        return await self._present.run(request, progress)


class PastSetupDesk(SetupDesk):
    """Settings can be read."""

    def __init__(self, present: SetupDesk) -> None:
        self._present = present
        self.place = present.place

    async def settings(self) -> Settings:
        return await self._present.settings()

    async def save(self, changes: Mapping[str, Value]) -> bool:
        refuse()


class PastSimulatorDesk(SimulatorDesk):
    """There is a plant, and from here nobody touches it."""

    def __init__(self) -> None:
        """Knows no plant: what it does not hold it cannot move."""

    async def start(self) -> None:
        refuse()

    async def stop(self) -> None:
        refuse()

    async def status(self) -> PlantStatus:
        refuse()

    async def operate(self, switch_id: str, position: Position) -> str | None:
        refuse()
