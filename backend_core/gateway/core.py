"""The one door: what a console may ask the core and what it may order, one desk a subject."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from backend_core.gateway.alarms import AlarmDesk
from backend_core.gateway.diagnosis import DiagnosisDesk
from backend_core.gateway.frame import Frame
from backend_core.gateway.frame_buffer import FrameBuffer
from backend_core.gateway.grid import GridDesk
from backend_core.gateway.outages import OutageDesk
from backend_core.gateway.readings import ReadingDesk
from backend_core.gateway.record import RecordDesk
from backend_core.gateway.reports import ReportDesk
from backend_core.gateway.rewind import RewindDesk
from backend_core.gateway.setup import SetupDesk
from backend_core.gateway.simulator import SimulatorDesk
from backend_core.gateway.study import StudyDesk


@dataclass(frozen=True, slots=True)
class CoreGateway:
    """Lives on the core thread; a console calls it through its core link, and takes frames from any thread.

    `simulator` is there only where this core runs the pretend plant itself.
    """

    readings: ReadingDesk
    alarms: AlarmDesk
    outages: OutageDesk
    grid: GridDesk
    record: RecordDesk
    diagnosis: DiagnosisDesk
    study: StudyDesk
    reports: ReportDesk
    setup: SetupDesk
    simulator: SimulatorDesk | None
    rewind: RewindDesk
    frames: FrameBuffer
    whole: Callable[[], Awaitable[Frame]]

    async def snapshot(self) -> Frame:
        """The whole truth as one frame, for a panel that has just become visible."""
        return await self.whole()

    def at(self, moment: datetime) -> CoreGateway:
        """The same door as it was at a moment of the record: every question is answered as of then, no order taken."""
        desks = self.rewind.desks(moment, self.simulator is not None)
        return CoreGateway(
            readings=desks.readings,
            alarms=desks.alarms,
            outages=desks.outages,
            grid=desks.grid,
            record=desks.record,
            diagnosis=self.diagnosis,
            study=desks.study,
            reports=self.reports,
            setup=desks.setup,
            simulator=desks.simulator,
            rewind=self.rewind,
            frames=self.frames,
            whole=desks.whole,
        )

    def take_frame(self) -> Frame:
        """What changed since the last frame; callable from the screen's thread."""
        return self.frames.take()
