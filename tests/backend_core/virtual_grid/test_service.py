"""A run of the pretend plant: its rhythm, its orders, its story, and that the same seed gives the same run."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.positions import Position
from backend_core.virtual_grid.events import PlantChanged
from backend_core.virtual_grid.model import PlantSetup, Refusal, RunState, Story, StoryEvent, StoryKind
from backend_core.virtual_grid.service import PlantPorts, VirtualGrid, begin_of_dry_run
from tests.backend_core.virtual_grid.stand_ins import (
    InlineEngine,
    MemoryOutlet,
    RememberedSupply,
    RememberedTruth,
    network,
)

pytestmark = pytest.mark.asyncio
TRIP = Story("a trip", (StoryEvent(StoryKind.SWITCH, "CB-F12B", at_s=2.0, position=Position.OPEN, title="trips"),))


class Bench:
    """A plant with stand-ins all around."""

    def __init__(self, setup: PlantSetup) -> None:
        self.outlet, self.engine, self.clock = MemoryOutlet(), InlineEngine(), FakeClock()
        self.supply, self.truth_log, self.bus = RememberedSupply(), RememberedTruth(), EventBus()
        self.states: list[RunState] = []
        self.bus.on(PlantChanged, lambda changed: self.states.append(changed.status.state))
        ports = PlantPorts(self.outlet, self.engine, self.clock, self.bus, self.supply, self.truth_log)
        self.plant = VirtualGrid(setup, ports)

    async def live(self, seconds: float) -> None:
        """Let the clock run, giving every task its turn at each step."""
        for _ in range(round(seconds / 0.1)):
            self.clock.advance(seconds=0.1)
            for _ in range(10):
                await asyncio.sleep(0)

    def order(self, **changes: Any) -> bytes:
        whole = {
            "command_id": "c-1",
            "switch_id": "CB-L4-5-B4",
            "action": "open",
            "from": "closed",
            "expires_at": (self.clock.now() + timedelta(seconds=5)).isoformat(),
            "epoch": 1,
        }
        return json.dumps({**whole, **changes}).encode()


async def dry_run(seed: int, name: str = "glover5", seconds: float = 6.0, sensors: int = 10) -> list[tuple[str, bytes]]:
    bench = Bench(PlantSetup(network(name), seed=seed, sensors=sensors, story=TRIP))
    await bench.plant.run_stepped(seconds, begin_of_dry_run())
    return [(topic, payload) for topic, payload, _ in bench.outlet.published]


@pytest.mark.parametrize("name", ["glover5", "cigre_mv_der"])
async def test_the_same_seed_gives_the_same_run(name: str) -> None:
    assert await dry_run(4, name) == await dry_run(4, name)


async def test_another_seed_gives_another_run() -> None:
    assert await dry_run(4, seconds=1.0) != await dry_run(5, seconds=1.0)


async def test_more_sensors_change_nothing_for_the_others() -> None:
    few, many = await dry_run(4), await dry_run(4, sensors=20)
    assert [m for m in many if m in set(few)] == few


async def test_each_kind_of_device_keeps_its_rhythm() -> None:
    times = Counter(topic for topic, _ in await dry_run(4, seconds=12.0))
    assert times["grid/buses/BUS-002"] == 12
    assert times["grid/points/T1"] == 12
    assert times["grid/converters/CONV-001"] == 24
    assert times["grid/res/SOLAR-001"] == times["grid/weather/WEATHER-001"] == 6
    assert times["grid/switches/CB-T1-HV"] == 2
    assert 4 <= times["grid/sensors/sensor_0"] <= 12


async def test_every_message_names_its_device_as_its_topic_does() -> None:
    for topic, payload in await dry_run(4, seconds=3.0):
        body = json.loads(payload)
        names = {body.get(key) for key in ("device_id", "bus_id", "converter_id", "unit_id", "switch_id")}
        assert topic.rpartition("/")[2] in names


async def test_transformer_one_is_overloaded_on_the_evening_the_run_begins() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    await bench.plant.run_stepped(2.0, begin_of_dry_run())
    assert bench.outlet.bodies("grid/points/T1")[-1]["values"]["loading_percent"] > 100.0


async def test_a_started_plant_tells_positions_at_once_and_values_after_its_first_solution() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    await bench.plant.start()
    await bench.live(3.0)
    assert bench.states == [RunState.STARTING, RunState.RUNNING]
    assert bench.outlet.bodies("grid/switches/CB-T1-HV")[0]["position"] == "closed"
    assert bench.outlet.bodies("grid/buses/BUS-001")
    await bench.plant.stop()
    assert bench.plant.status().state is RunState.STOPPED


async def test_a_plant_whose_engine_fails_says_nothing_solved_and_goes_on() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    await bench.engine.stop()
    await bench.plant.start()
    await bench.live(3.0)
    assert bench.outlet.bodies("grid/buses/BUS-001") == []
    assert bench.outlet.bodies("grid/weather/WEATHER-001")
    assert bench.plant.status().failed_solutions > 0
    await bench.plant.stop()


async def test_switch_positions_are_retained_and_nothing_else_is() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    await bench.plant.run_stepped(1.0, begin_of_dry_run())
    retained = {topic.split("/")[1] for topic, _, retain in bench.outlet.published if retain}
    assert retained == {"switches"}


async def test_opening_a_breaker_changes_the_solved_network() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    await bench.plant.start()
    await bench.live(2.0)
    assert await bench.plant.operate("CB-L4-5-B4", Position.OPEN) is None
    await bench.live(2.0)
    assert bench.outlet.bodies("grid/switches/CB-L4-5-B4")[-1]["position"] == "open"
    assert bench.outlet.bodies("grid/points/L4-5")[-1]["values"]["current"] == 0.0
    await bench.plant.stop()


async def test_an_order_over_the_broker_is_obeyed_once_and_answered_each_time() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    await bench.plant.start()
    await bench.live(2.0)
    for _ in range(2):
        bench.outlet.hand_in("grid/commands/CB-L4-5-B4", bench.order())
    await bench.live(1.0)
    replies = bench.outlet.bodies("grid/commands/CB-L4-5-B4/reply")
    assert [(reply["result"], reply.get("reason")) for reply in replies] == [
        ("accepted", None),
        ("refused", "duplicate"),
    ]
    assert bench.plant.grid.positions["CB-L4-5-B4"] is Position.OPEN
    await bench.plant.stop()


async def test_an_order_without_an_id_is_passed_over_in_silence() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    assert await bench.plant.obey("grid/commands/CB-T1-HV", b"open sesame") is None
    assert bench.outlet.published == []


async def test_a_switch_that_does_not_exist_cannot_be_operated() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    assert await bench.plant.operate("CB-NOWHERE", Position.OPEN) is Refusal.UNKNOWN_SWITCH


async def test_a_tripped_feeder_darkens_its_supply_points_alone_and_the_truth_is_recorded() -> None:
    bench = Bench(PlantSetup(network(), seed=1, story=TRIP))
    await bench.plant.run_stepped(4.0, begin_of_dry_run())
    behind = {point.name for point in network().supply_points if point.load_id == "F-12B"}
    assert bench.supply.dark == behind
    assert ("story", "switch", "CB-F12B") in {(t.source, t.kind, t.target) for t in bench.truth_log.truths}


async def test_lost_load_stays_away_until_the_grid_is_changed_and_then_returns_step_by_step() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    plant = bench.plant
    await plant.start()
    await bench.live(2.0)
    await plant.operate("CB-T1-HV", Position.OPEN)
    await bench.live(15.0)
    assert plant.status().shed_mw > 10.0
    assert [incident.kind.value for incident in plant.status().incidents] == ["voltage_collapse"]
    lost = plant.grid.kept["LD2"]
    await bench.live(15.0)
    assert plant.grid.kept["LD2"] == lost
    assert [truth.kind for truth in plant.truths if truth.source == "physics"] == ["voltage_collapse"]
    await plant.operate("CB-T1-HV", Position.CLOSED)
    await bench.live(60.0)
    assert plant.grid.kept == {}
    assert plant.status().incidents == ()
    await plant.stop()


async def test_the_frequency_is_calm_in_a_sound_grid_and_falls_when_a_machine_is_lost() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    await bench.plant.start()
    await bench.live(5.0)
    assert bench.plant.status().frequency_hz == pytest.approx(50.0, abs=0.05)
    await bench.plant.operate("CB-T1-HV", Position.OPEN)
    await bench.live(3.0)
    assert (bench.plant.status().frequency_hz or 0.0) < 49.8
    await bench.plant.stop()


async def test_a_plant_that_has_slept_goes_on_from_now() -> None:
    bench = Bench(PlantSetup(network(), seed=1))
    await bench.plant.start()
    await bench.live(2.0)
    before = bench.plant.status().messages
    bench.clock.advance(minutes=10.0)
    await bench.live(1.0)
    assert bench.plant.status().messages - before < 200
    await bench.plant.stop()


async def test_the_seed_draws_the_day_and_the_hour_is_as_asked() -> None:
    setup = PlantSetup(network(), seed=1)
    assert (setup.simulated_start.hour, setup.simulated_start.minute) == (17, 30)
    assert replace(setup, seed=2).simulated_start.date() != setup.simulated_start.date()
