"""Every subscription of the core on one page, in the order of the data's walk."""

from __future__ import annotations

from collections.abc import Callable

from backend_core.alarms.events import AcknowledgementLapsed, AlarmChanged, AlarmsLoaded
from backend_core.gateway.frame import Notice
from backend_core.grid.events import EnergisationChanged
from backend_core.kernel.clock import to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.links import LinkChanged
from backend_core.kernel.quality import Mark, Quality
from backend_core.outages.events import BoardChanged, SmartSwitchReadingsTaken
from backend_core.runtime.parts import Parts
from backend_core.sharing.events import RoleChanged
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import DeviceKind, Reading


def wire(parts: Parts, on_role: Callable[[RoleChanged], None]) -> None:
    """Join the parts. Listeners for the leader alone look at the role themselves, for it may change at any time."""
    bus, frames = parts.bus, parts.frames

    # A reading, from the broker to the eye: limits, record, screen. The receipt waits for record and alarms.
    bus.on(BatchJudged, parts.alarms.hear)
    bus.on(BatchJudged, parts.history.keep)
    bus.on(BatchJudged, lambda batch: _show(parts, batch))
    bus.on(BatchJudged, lambda batch: parts.grid.note_readings((r.point, r.value, r.quality) for r in batch.readings))
    bus.on(EnergisationChanged, lambda changed: frames.newest(energisation=changed))
    parts.history.before_acknowledging(parts.alarms.saver.settled)

    # Smart switches tell their own supply: it takes the readings' way.
    bus.on(SmartSwitchReadingsTaken, lambda taken: _take_in(parts, taken))
    bus.on(BoardChanged, lambda changed: frames.newest(board=changed.board))

    # Alarms to the screen; every change, in order.
    bus.on(AlarmChanged, frames.alarm)
    bus.on(AlarmsLoaded, lambda _: frames.ask_again("alarms"))
    bus.on(AcknowledgementLapsed, lambda lapsed: frames.notice(_lapsed(parts, lapsed)))

    # Links and leadership.
    bus.on(LinkChanged, parts.alarms.on_link)
    bus.on(RoleChanged, on_role)


def _show(parts: Parts, batch: BatchJudged) -> None:
    values = parts.telemetry.live.values
    parts.frames.readings(batch.fresh, values)
    if len(batch.fresh) < len(batch.readings):
        fresh = {reading.point for reading in batch.fresh}
        parts.frames.values({r.point for r in batch.readings if r.point not in fresh and r.point in values}, values)


def _take_in(parts: Parts, taken: SmartSwitchReadingsTaken) -> None:
    received_us = parts.clock.now_us()
    readings = [
        Reading(PointId(r.point), to_us(r.measured_at), 0, r.value, Quality.GOOD, int(Mark.NONE), received_us, 0)
        for r in taken.readings
    ]
    parts.telemetry.inject(readings, DeviceKind.SMART_SWITCH)


def _lapsed(parts: Parts, lapsed: AcknowledgementLapsed) -> Notice:
    text = f"The acknowledgement of {lapsed.alarm_id} waited too long for the database and was not applied."
    return Notice("warning", text, parts.clock.now())
