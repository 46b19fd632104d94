"""Opens the one door: every desk of the gateway, joined to the parts behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from backend_core.alarms.events import AlarmChanged
from backend_core.gateway.alarms import AlarmDesk
from backend_core.gateway.core import CoreGateway
from backend_core.gateway.diagnosis import DiagnosisDesk
from backend_core.gateway.frame import Frame
from backend_core.gateway.grid import GridDesk
from backend_core.gateway.outages import OutageDesk
from backend_core.gateway.readings import ReadingDesk
from backend_core.gateway.record import RecordDesk
from backend_core.gateway.reports import ReportDesk
from backend_core.gateway.setup import SetupDesk
from backend_core.gateway.simulator import Plant, SimulatorDesk
from backend_core.gateway.study import StudyDesk
from backend_core.grid.events import EnergisationChanged
from backend_core.runtime import networks, toml_config, words
from backend_core.runtime.parts import Parts
from backend_core.runtime.vitals import Vitals


def open_door(parts: Parts, vitals: Vitals, plant: Plant | None) -> CoreGateway:
    """The gateway of a core; with a plant, also its controls."""
    settings, telemetry, operator = parts.settings, parts.telemetry, parts.me.operator
    topics = settings.texts("mqtt.topics")
    known = networks.known(settings.text("grid.network"))
    return CoreGateway(
        readings=ReadingDesk(telemetry, parts.history, parts.gaps, lambda: parts.grid.expected_points),
        alarms=AlarmDesk(parts.alarms, operator),
        outages=OutageDesk(parts.outages, operator),
        grid=GridDesk(parts.grid, known, networks.load),
        record=RecordDesk(parts.database),
        diagnosis=DiagnosisDesk(telemetry, parts.history, vitals.links, topics, parts.clock),
        study=StudyDesk(parts.studies),
        reports=ReportDesk(parts.reports),
        setup=_setup(parts),
        simulator=SimulatorDesk(plant, lambda: _refusal(parts)) if plant is not None else None,
        frames=parts.frames,
        whole=_whole(parts, vitals, plant),
    )


def _whole(parts: Parts, vitals: Vitals, plant: Plant | None) -> Callable[[], Frame]:
    def whole() -> Frame:
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


def _setup(parts: Parts) -> SetupDesk:
    source = parts.settings.source
    if source == "defaults":
        return SetupDesk(parts.settings, None, "")
    return SetupDesk(parts.settings, lambda changes: toml_config.save(Path(source), changes), source)


def _refusal(parts: Parts) -> str | None:
    link = parts.database.link
    return None if link.ok else words.control_refused(link.detail)
