"""The one door as it was: values age as they did then, power reaches where it did, and no order gets through."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from backend_core.alarms.model import AlarmRule, Base, Happening, Level, RuleEdit
from backend_core.alarms.sql_store import SqlAlarmStore
from backend_core.gateway import past_desks
from backend_core.gateway.core import CoreGateway
from backend_core.gateway.frame import Frame
from backend_core.gateway.record import EventQuery
from backend_core.grid.model import SupplyState
from backend_core.history.model import Writing
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import FakeClock, to_us
from backend_core.kernel.errors import CoreError
from backend_core.kernel.identities import DeviceId, PointId
from backend_core.kernel.positions import Position
from backend_core.kernel.quality import Mark, Quality
from backend_core.kernel.settings import Settings
from backend_core.outages.model import Affected, Check, Edit, Outage, SmartSwitch, Verdict
from backend_core.outages.sql_store import SqlSmartSwitchStore
from backend_core.runtime.door import open_door
from backend_core.runtime.parts import Parts, build
from backend_core.runtime.vitals import Vitals
from backend_core.storage.event_log import LogEntry, record
from backend_core.telemetry.model import DeviceKind, Reading
from tests.contracts.test_alarm_store import chain

pytestmark = pytest.mark.asyncio
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BREAKER, FED = "CB-LD2", "LD2"


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class Core:
    """A core on a database that the test fills; nothing of it runs."""

    def __init__(self, url: str) -> None:
        self.clock = FakeClock(at(3600))
        self.parts: Parts = build(
            Settings({"database.url": url, "mqtt.url": "mqtt://127.0.0.1:1"}), self.clock, "console"
        )
        self.parts.database.epoch = 0
        self.door: CoreGateway = open_door(self.parts, Vitals(self.parts, self.clock), None)
        self._history = SqlHistoryStore(self.parts.database, "here")
        self.switches = SqlSmartSwitchStore(self.parts.database, "here")
        self.alarms = SqlAlarmStore(self.parts.database)

    async def hear(self, point: str, value: float, second: float, **more: Any) -> None:
        await self.hear_all((point, value, second), **more)

    async def hear_all(self, *told: tuple[str, float, float], marks: int = 0, received: float | None = None) -> None:
        readings = [
            Reading(
                PointId(point), to_us(at(second)), 0, value, Quality.GOOD, marks,
                to_us(at(second if received is None else received)), 0,
            )
            for point, value, second in told
        ]  # fmt: skip
        kinds = {DeviceId(point.rpartition(".")[0]): DeviceKind.SENSOR for point, _, _ in told}
        self.parts.telemetry.know(kinds)
        await self._history.write(Writing(readings, (), (), kinds, self.clock.now()))

    async def close_breakers_but(self, *opened: str, second: float = 0.0) -> None:
        switches = [switch.id for switch in self.parts.grid.network.switches]
        told = [(f"{s}.position", float(Position.OPEN if s in opened else Position.CLOSED), second) for s in switches]
        await self.hear_all(*told)

    async def snapshot(self, second: float) -> Frame:
        return await self.door.at(at(second)).snapshot()

    async def close(self) -> None:
        await self.parts.pool.stop()
        await self.parts.engine.stop()
        await self.parts.database.close()


@pytest_asyncio.fixture
async def core(database_url: str) -> AsyncIterator[Core]:
    made = Core(database_url)
    yield made
    await made.close()


# -- how everything stood ----------------------------------------------------------------------------------------------


async def test_a_value_is_shown_as_current_or_stale_as_it_stood_then(core: Core):
    await core.hear("S1.voltage", 230.0, 0)
    for second, quality in ((0, Quality.GOOD), (5, Quality.GOOD), (60, Quality.STALE)):
        live = (await core.snapshot(second)).values[PointId("S1.voltage")]
        assert (live.value, live.quality_at(at(second).timestamp())) == (230.0, quality)


async def test_what_was_measured_later_is_not_there_yet(core: Core):
    await core.hear_all(("S1.voltage", 230.0, 0), ("S1.voltage", 11.0, 10))
    assert (await core.snapshot(9)).values[PointId("S1.voltage")].value == 230.0
    assert (await core.snapshot(-1)).values == {}


async def test_a_reading_from_the_future_is_as_old_as_its_receipt(core: Core):
    await core.hear("S1.voltage", 230.0, 90, marks=int(Mark.TIME_FUTURE), received=0)
    live = (await core.snapshot(90)).values[PointId("S1.voltage")]
    assert live.quality_at(at(90).timestamp()) is Quality.STALE


async def test_a_day_that_was_computed_in_steps_is_not_stale_between_them(core: Core):
    await core.hear("S1.voltage", 230.0, 0, marks=int(Mark.DEMO_HISTORY))
    live = (await core.snapshot(110)).values[PointId("S1.voltage")]
    assert live.quality_at(at(110).timestamp()) is Quality.GOOD


async def test_power_reached_where_the_switches_of_that_moment_let_it(core: Core):
    await core.close_breakers_but("CB-C2", second=0)
    await core.close_breakers_but("CB-C2", BREAKER, second=20)
    before, since = core.door.at(at(10)), core.door.at(at(30))
    assert (await before.grid.energisation()).state_of(FED) is SupplyState.ENERGISED
    assert (await since.grid.energisation()).state_of(FED) is SupplyState.DEAD
    assert await before.grid.way_to_source(FED)
    assert await since.grid.way_to_source(FED) == ()
    assert FED in await before.grid.goes_dark_with(BREAKER)


async def test_alarms_stand_in_the_list_as_they_stood(core: Core):
    for step in chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE, Happening.COND_FALSE):
        await core.alarms.save([step], (), as_leader=True)
    listed = [await core.door.at(at(second)).alarms.standing() for second in (0, 1, 2)]
    assert [[alarm.base for alarm in alarms] for alarms in listed] == [[Base.UNACKNOWLEDGED], [Base.ACKNOWLEDGED], []]
    assert [change.alarm for change in (await core.snapshot(1)).alarms] == list(listed[1])


async def test_the_log_ends_with_the_moment(core: Core):
    def write(connection: Any) -> None:
        record(connection, *(LogEntry(at(s), "test", "omar", "", f"line {s}", "here") for s in (0, 10, 20)))

    await core.parts.database.write(write)
    lines = await core.door.at(at(10)).record.events(EventQuery())
    assert [line.text for line in lines] == ["line 10", "line 0"]
    every = [line.id for line in await core.door.record.events(EventQuery())]
    assert len(await core.door.at(at(10)).record.events_numbered(every)) == 2


async def test_an_outage_that_has_ended_since_was_open_then(core: Core):
    names = ("barn", "mill", "pump")
    await core.switches.save_edit(Edit(tuple(SmartSwitch(n, "192.0.2.1") for n in names), (), "omar", "here", at(-60)))
    checks = [
        Check(name, at(second), verdict, None, None, "here", 0)
        for second, verdict in ((0, Verdict.ONLINE), (30, Verdict.OFFLINE), (60, Verdict.OFFLINE), (90, Verdict.ONLINE))
        for name in names
    ]
    taken = tuple(Affected(name, at(30 if name != "pump" else 60), at(90)) for name in names)
    await core.switches.save_round(checks, (Outage(0, at(30), at(90), taken, 3, 3),), ())
    boards = [await core.door.at(at(second)).outages.board() for second in (10, 40, 95)]
    assert [board.tally.offline for board in boards] == [0, 3, 0]
    assert [board.open_outage is not None for board in boards] == [False, True, False]
    assert boards[1].open_outage is not None
    assert [(one.name, one.returned_at) for one in boards[1].open_outage.affected] == [("barn", None), ("mill", None)]


async def test_a_smart_switch_nobody_had_probed_for_long_was_not_known(core: Core):
    await core.switches.save_edit(Edit((SmartSwitch("barn", "192.0.2.1"),), (), "omar", "here", at(-60)))
    await core.switches.save_round([Check("barn", at(0), Verdict.ONLINE, None, None, "here", 0)], (), ())
    assert (await core.door.at(at(60)).outages.board()).tally.online == 1
    assert (await core.door.at(at(1800)).outages.board()).tally.unknown == 1


async def test_curves_end_at_the_moment(core: Core):
    point = PointId("S1.voltage")
    await core.hear_all(*((point, float(second), float(second)) for second in range(10)))
    history = await core.door.at(at(4)).readings.history([point], at(0), at(60), 100)
    assert history.points[point].values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    later = await core.door.at(at(4)).readings.history([point], at(6), at(60), 100)
    assert later.points[point].values.tolist() == []


async def test_a_study_begins_with_how_the_grid_stood(core: Core):
    await core.close_breakers_but("CB-C2", BREAKER)
    start = await core.door.at(at(1)).study.start_from_live()
    assert (start.taken_at, start.positions[BREAKER]) == (at(1), Position.OPEN)


# -- calling up and playing --------------------------------------------------------------------------------------------


async def test_a_moment_says_what_was_found(core: Core):
    await core.hear_all(("S1.voltage", 230.0, 0), ("S2.voltage", 230.0, 55))
    found = await core.door.rewind.call_up(at(60))
    assert (found.values, found.stale, found.alarms, found.newest_at) == (2, 1, 0, at(55))
    assert (await core.door.rewind.call_up(at(-60))).newest_at is None


async def test_a_moment_that_has_not_come_is_refused_in_words(core: Core):
    with pytest.raises(CoreError, match="has not come"):
        await core.door.rewind.call_up(at(7200))


async def test_playing_from_a_moment_leads_to_what_the_later_moment_shows(core: Core):
    await core.close_breakers_but("CB-C2", second=0)
    await core.hear_all(*(("S1.voltage", float(second), float(second)) for second in range(0, 40, 4)))
    await core.close_breakers_but("CB-C2", BREAKER, second=20)
    for step in chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE):
        late = replace(step, stimulus=replace(step.stimulus, at=step.stimulus.at + timedelta(seconds=15)))
        await core.alarms.save([late], (), as_leader=True)
    await core.door.rewind.call_up(at(10))
    frame = await core.door.rewind.play(at(10), at(30))
    assert frame.energisation is not None
    assert BREAKER in frame.energisation.cause
    assert [sample.value for sample in frame.samples[PointId("S1.voltage")].samples] == [12.0, 16.0, 20.0, 24.0, 28.0]
    assert len(frame.alarms) == 2
    played = await core.snapshot(30)
    await core.door.rewind.call_up(at(0))
    fresh = await core.snapshot(30)
    assert (played.values, played.energisation) == (fresh.values, fresh.energisation)
    assert [c.alarm.base for c in played.alarms] == [c.alarm.base for c in fresh.alarms] == [Base.ACKNOWLEDGED]


async def test_a_stretch_with_too_much_to_play_says_that_all_is_new(core: Core, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("backend_core.gateway.past.MOST_READINGS", 3)
    await core.hear_all(*(("S1.voltage", float(second), float(second)) for second in range(10)))
    frame = await core.door.rewind.play(at(0), at(9))
    assert "values" in frame.reload
    assert (await core.snapshot(9)).values[PointId("S1.voltage")].value == 9.0


async def test_the_slider_knows_extent_calls_and_silences(core: Core):
    await core.hear_all(*(("S1.voltage", 1.0, float(second)) for second in range(0, 600, 5) if not 200 <= second < 400))
    for step in chain(Happening.COND_TRUE, Happening.ACKNOWLEDGE):
        await core.alarms.save([step], (), as_leader=True)
    assert (await core.door.rewind.extent()).begins_at == at(0)
    marks = await core.door.rewind.marks(at(0), at(600), 12)
    assert [(mark.at, mark.priority, mark.title) for mark in marks.alarms] == [(at(0), 2, "T1.loading_percent HI")]
    assert [(silence.start, silence.end) for silence in marks.silences] == [(at(200), at(400))]
    assert await core.door.rewind.next_alarm(at(0), backwards=False) is None


# -- no order from here ------------------------------------------------------------------------------------------------

ORDERS: dict[str, Callable[[CoreGateway], Any]] = {
    "alarms.acknowledge": lambda core: core.alarms.acknowledge("a", 1),  # type: ignore[arg-type]
    "alarms.reset": lambda core: core.alarms.reset("a"),  # type: ignore[arg-type]
    "alarms.save_rules": lambda core: core.alarms.save_rules(RuleEdit()),
    "alarms.preview_rules": lambda core: core.alarms.preview_rules([AlarmRule("*", Level.HI, 1.0)]),
    "outages.save": lambda core: core.outages.save(SmartSwitch("a", "192.0.2.1"), is_new=True),
    "outages.remove": lambda core: core.outages.remove(["a"]),
    "outages.preview_import": lambda core: core.outages.preview_import(b""),
    "outages.run_import": lambda core: core.outages.run_import(b""),
    "grid.choose": lambda core: core.grid.choose("glover"),
    "setup.save": lambda core: core.setup.save({}),
}


@pytest.mark.parametrize("order", ORDERS)
async def test_no_order_gets_through_the_door_of_a_past_moment(core: Core, order: str):
    with pytest.raises(CoreError, match="picture of the past"):
        await ORDERS[order](core.door.at(at(0)))


async def test_a_plant_is_there_and_cannot_be_touched():
    plant = past_desks.PastSimulatorDesk()
    for touch in (plant.start(), plant.stop(), plant.operate("CB-LD2", Position.OPEN)):
        with pytest.raises(CoreError, match="picture of the past"):
            await touch


@pytest.mark.parametrize(
    "desk", [desk for _, desk in inspect.getmembers(past_desks, inspect.isclass) if desk.__name__.startswith("Past")]
)
async def test_a_desk_of_the_past_answers_or_refuses_everything_that_the_present_one_does(desk: type):
    for present in desk.__mro__[1:-1]:
        public = {name for name, member in vars(present).items() if inspect.iscoroutinefunction(member)}
        assert public <= vars(desk).keys(), f"{desk.__name__} leaves {public - vars(desk).keys()} to the present"
