"""Every subscription of the core on one page, in the order of the data's walk."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend_core.alarms.events import AcknowledgementLapsed, AlarmChanged, AlarmRulesChanged, AlarmsLoaded
from backend_core.gaps.sql_store import KIND as GAP
from backend_core.gateway.frame import Notice
from backend_core.gateway.record import RecordDesk
from backend_core.grid.events import EnergisationChanged, NetworkChanged
from backend_core.kernel.clock import to_us
from backend_core.kernel.identities import PointId
from backend_core.kernel.links import LinkChanged
from backend_core.kernel.quality import Mark, Quality
from backend_core.outages.events import BoardChanged, SmartSwitchReadingsTaken
from backend_core.runtime import words
from backend_core.runtime.parts import Parts
from backend_core.sharing.events import JournalBroken, RoleChanged
from backend_core.sharing.model import JournalLine
from backend_core.storage.journal import Topic
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import DeviceKind, Reading

IDS_AT_ONCE = 500


def wire(parts: Parts, on_role: Callable[[RoleChanged], None]) -> None:
    """Join the parts. Listeners for the leader alone look at the role themselves, for it may change at any time."""
    bus, frames = parts.bus, parts.frames

    # A reading, from the broker to the eye: limits, record, screen. The receipt waits for record and alarms.
    bus.on(BatchJudged, parts.alarms.hear)
    bus.on(BatchJudged, parts.history.keep)
    bus.on(BatchJudged, parts.gaps.hear)
    bus.on(BatchJudged, lambda batch: _show(parts, batch))
    bus.on(BatchJudged, lambda batch: parts.grid.note_readings((r.point, r.value, r.quality) for r in batch.readings))
    bus.on(EnergisationChanged, lambda changed: frames.newest(energisation=changed))
    bus.on(NetworkChanged, lambda _: frames.ask_again("network"))
    parts.history.before_acknowledging(parts.alarms.saver.settled)

    # Smart switches tell their own supply: it takes the readings' way.
    bus.on(SmartSwitchReadingsTaken, lambda taken: _take_in(parts, taken))
    bus.on(BoardChanged, lambda changed: frames.newest(board=changed.board))

    # Alarms to the screen; every change, in order.
    bus.on(AlarmChanged, frames.alarm)
    bus.on(AlarmsLoaded, lambda _: frames.ask_again("alarms"))
    bus.on(AlarmRulesChanged, lambda _: frames.ask_again("alarm rules"))
    bus.on(AcknowledgementLapsed, lambda lapsed: frames.notice(_lapsed(parts, lapsed)))

    # Links and leadership, and what the broker lost or refused.
    parts.inlets.on_session, parts.inlets.on_tidings = parts.gaps.on_session, parts.gaps.on_tidings
    bus.on(LinkChanged, parts.alarms.on_link)
    bus.on(LinkChanged, parts.gaps.on_link)
    bus.on(RoleChanged, on_role)

    # What anybody changed, this console among them, from the journal.
    follower = parts.follower
    follower.on({Topic.ALARM, Topic.ALARM_RULES}, lambda _: parts.alarms.hear_others())
    follower.on({Topic.SMART_SWITCHES, Topic.CHECKS, Topic.OUTAGE}, lambda _: parts.outages.hear_others())
    follower.on({Topic.EVENTS}, lambda lines: _tell_events(parts, lines))
    follower.on_resync(parts.alarms.start)
    follower.on_resync(parts.outages.hear_others)
    bus.on(JournalBroken, lambda broken: _tell_broken(parts, broken))


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


async def _tell_events(parts: Parts, lines: Sequence[JournalLine]) -> None:
    """The new entries of the event log, to whoever looks."""
    if parts.frames.is_watched:
        ids = [number for line in lines for number in line.body.get("ids", ())]
        desk = RecordDesk(parts.database)
        for start in range(0, len(ids), IDS_AT_ONCE):
            for entry in await desk.events_numbered(ids[start : start + IDS_AT_ONCE]):
                parts.frames.log(entry)
                if entry.kind == GAP:
                    # Every console tells its operator, whichever core found it out.
                    parts.frames.notice(Notice("failure", entry.text, entry.at))


def _tell_broken(parts: Parts, broken: JournalBroken) -> None:
    parts.frames.ask_again("log")
    parts.frames.notice(Notice("warning", words.journal_broken(broken.trouble), parts.clock.now()))


def _lapsed(parts: Parts, lapsed: AcknowledgementLapsed) -> Notice:
    text = f"The acknowledgement of {lapsed.alarm_id} waited too long for the database and was not applied."
    return Notice("warning", text, parts.clock.now())
