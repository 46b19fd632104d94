"""Opens the one door: every desk of the gateway, joined to the parts behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from backend_core.alarms.events import AlarmChanged
from backend_core.alarms.sql_past import SqlPastAlarms
from backend_core.gateway.alarms import AlarmDesk
from backend_core.gateway.core import CoreGateway
from backend_core.gateway.diagnosis import DiagnosisDesk
from backend_core.gateway.frame import Frame
from backend_core.gateway.grid import GridDesk
from backend_core.gateway.outages import OutageDesk
from backend_core.gateway.past import PastSources
from backend_core.gateway.readings import ReadingDesk
from backend_core.gateway.record import RecordDesk
from backend_core.gateway.reports import ReportDesk
from backend_core.gateway.rewind import PresentDesks, RewindDesk
from backend_core.gateway.setup import SetupDesk
from backend_core.gateway.simulator import Plant, SimulatorDesk
from backend_core.gateway.study import StudyDesk
from backend_core.grid.events import EnergisationChanged
from backend_core.history.sql_past import SqlPastReadings
from backend_core.kernel.quality import Mark
from backend_core.outages.service.past import PastBoards
from backend_core.outages.sql_store import SqlSmartSwitchStore
from backend_core.runtime import networks, toml_config, words
from backend_core.runtime.parts import Parts, watch_settings
from backend_core.runtime.vitals import Vitals
from backend_core.telemetry.model import Reading
from backend_core.virtual_grid.model import DAY_BEFORE_STEP_S


def open_door(parts: Parts, vitals: Vitals, plant: Plant | None) -> CoreGateway:
    """The gateway of a core; with a plant, also its controls."""
    settings, telemetry, operator = parts.settings, parts.telemetry, parts.me.operator
    topics = settings.texts("mqtt.topics")
    known = networks.known(settings.text("grid.network"))
    present = PresentDesks(
        readings=ReadingDesk(telemetry, parts.history, parts.gaps, lambda: parts.grid.expected_points),
        alarms=AlarmDesk(parts.alarms, operator),
        grid=GridDesk(parts.grid, known, networks.load),
        record=RecordDesk(parts.database),
        study=StudyDesk(parts.studies),
        setup=_setup(parts),
    )
    return CoreGateway(
        readings=present.readings,
        alarms=present.alarms,
        outages=OutageDesk(parts.outages, operator),
        grid=present.grid,
        record=present.record,
        diagnosis=DiagnosisDesk(telemetry, parts.history, vitals.links, topics, parts.clock),
        study=present.study,
        reports=ReportDesk(parts.reports),
        setup=present.setup,
        simulator=SimulatorDesk(plant, lambda: _refusal(parts)) if plant is not None else None,
        rewind=RewindDesk(_past(parts, present), present, parts.clock),
        frames=parts.frames,
        whole=_whole(parts, vitals, plant),
    )


def _whole(parts: Parts, vitals: Vitals, plant: Plant | None) -> Callable[[], Awaitable[Frame]]:
    async def whole() -> Frame:
        supply = parts.grid.energisation
        return Frame(
            number=parts.frames.number,
            taken_monotonic_s=parts.clock.monotonic(),
            values=dict(parts.telemetry.live.values),
            alarms=tuple(AlarmChanged(alarm, "snapshot") for alarm in parts.alarms.ledger.listed()),
            board=parts.outages.board(),
            energisation=EnergisationChanged(supply, frozenset(), frozenset(), parts.clock.now()),
            simulator=plant.status() if plant is not None else None,
            health=vitals.health,
        )

    return whole


def _past(parts: Parts, present: PresentDesks) -> PastSources:
    def period_s(reading: Reading) -> float:
        expected_s = parts.telemetry.live.period_of(reading.point, parts.telemetry.kinds)
        # The demo's computed day comes in steps of its own; between two of them nothing is overdue.
        return max(expected_s, DAY_BEFORE_STEP_S) if reading.marks & Mark.DEMO_HISTORY else expected_s

    switches = SqlSmartSwitchStore(parts.database, parts.me.name)
    return PastSources(
        readings=SqlPastReadings(parts.database),
        alarms=SqlPastAlarms(parts.database),
        boards=PastBoards(switches, watch_settings(parts.me, parts.settings)),
        grid=parts.grid,
        record=present.record,
        gaps=parts.gaps.within,
        period_s=period_s,
    )


def _setup(parts: Parts) -> SetupDesk:
    source = parts.settings.source
    if source == "defaults":
        return SetupDesk(parts.settings, None, "")
    return SetupDesk(parts.settings, lambda changes: toml_config.save(Path(source), changes), source)


def _refusal(parts: Parts) -> str | None:
    link = parts.database.link
    return None if link.ok else words.control_refused(link.detail)
