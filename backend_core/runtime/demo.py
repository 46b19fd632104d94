"""The demo: a core with everything it needs around it, on real sockets, in one process and for one sitting."""

from __future__ import annotations

import asyncio
import logging
import socket
import tempfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

from backend_core.gateway.core import CoreGateway
from backend_core.grid.model import Network
from backend_core.kernel.clock import Clock, SystemClock, from_us
from backend_core.kernel.identities import point_of
from backend_core.kernel.settings import Settings
from backend_core.kernel.supervision import Supervisor
from backend_core.kernel.workers import WorkerFailed
from backend_core.outages.model import Check, SmartSwitch, Verdict
from backend_core.outages.sql_store import SqlSmartSwitchStore
from backend_core.powerflow.service import WARM_UP
from backend_core.runtime import networks
from backend_core.runtime.core import Core
from backend_core.runtime.engine_process import EngineProcess
from backend_core.telemetry.events import BatchJudged
from backend_core.telemetry.model import Inlet, Receipt
from backend_core.virtual_grid.amqtt_broker import AmqttBroker
from backend_core.virtual_grid.http_smart_switches import SmartSwitchServers
from backend_core.virtual_grid.json_story import open_story
from backend_core.virtual_grid.model import DAY_BEFORE_STEP_S, DayOfHistory, PlantSetup
from backend_core.virtual_grid.mqtt_outlet import MqttOutlet, OutletAddress
from backend_core.virtual_grid.rules import smart_switch
from backend_core.virtual_grid.rules.history import readings_of
from backend_core.virtual_grid.service import PlantPorts, VirtualGrid, day_before

_log = logging.getLogger(__name__)
HISTORY_PIECE = 4000
HISTORY_PAUSE_S = 0.05
PAST_CHECK_EVERY_S = 15
LOOPBACK = "127.0.0.1"


class DemoCore:
    """Made, started and stopped on the core's loop like any other core; its files go when it ends."""

    def __init__(self, seed: int, start: tuple[int, int], network: str = networks.FIRST) -> None:
        self._clock: Clock = SystemClock()
        self._folder = tempfile.TemporaryDirectory(prefix="linekeeper-demo-", ignore_cleanup_errors=True)
        self._broker = AmqttBroker(_free_port())
        self._tasks = Supervisor(self._clock)
        self.has_past = asyncio.Event()
        self._engine = EngineProcess(WARM_UP)
        self._switches = SmartSwitchServers({name: p.tells_status for name, p in smart_switch.STANDARD.items()})
        self._outlet = MqttOutlet(OutletAddress(LOOPBACK, self._broker.wanted_port), self._clock)
        story = open_story(Path(str(files("sample_data").joinpath("scenarios/first_hour.json"))))
        self._setup = PlantSetup(networks.load(network), seed, story=story, start_hour=start[0] + start[1] / 60.0)
        ports = PlantPorts(self._outlet, self._engine, self._clock, supply=self._switches)
        self.plant = VirtualGrid(self._setup, ports)
        self.core = Core(self._settings(network), self._clock, "console", plant=self.plant)

    @property
    def gateway(self) -> CoreGateway:
        """The door for the console."""
        return self.core.gateway

    def guard(self, on_late: Callable[[], None]) -> None:
        """As the core's."""
        self.core.guard(on_late)

    def abandon(self) -> None:
        """As the core's."""
        self.core.abandon()

    def start(self) -> None:
        """Begin; values come as the parts come up, bus values with the first solution."""
        self._engine.start()
        self._tasks.spawn("demo", self._bring_up())

    async def stop(self) -> None:
        """End everything; nothing of the demo stays."""
        await self._tasks.stop()
        await self.plant.stop()
        await self.core.stop()
        await self._switches.stop()
        await self._broker.stop()
        await self._engine.stop()
        self._folder.cleanup()

    async def _bring_up(self) -> None:
        await self._broker.start()
        self._tasks.keep("publishing", self._outlet.run)
        await self.plant.start()
        self.core.start()
        self._tasks.keep("plant status", self._show_plant)
        await self.core.is_open.wait()
        await self._switches.start()
        await self._enrol_switches()
        # The engine's start and the first pictures go before the past.
        await self._until_solved()
        self._tasks.spawn("the day before", self._remember_day_before())

    async def _enrol_switches(self) -> None:
        for name, address in self._switches.addresses.items():
            await self.gateway.outages.save(SmartSwitch(name, address), is_new=True)

    async def _until_solved(self) -> None:
        while not self.plant.grid.is_solved:
            await self._clock.sleep(0.25)

    async def _show_plant(self) -> None:
        while True:
            self.core.parts.frames.newest(simulator=self.plant.status())
            await self._clock.sleep(1.0)

    async def _remember_day_before(self) -> None:
        """Solve the 24 hours before the start in the study worker, and store them marked as computed."""
        try:
            day = await day_before(self._setup, self.core.parts.study_pool, self._clock.now_us())
        except WorkerFailed as failed:
            _log.warning("The day before could not be computed: %s", failed)
            return
        for piece in readings_of(day, HISTORY_PIECE):
            done = asyncio.Event()
            batch = BatchJudged(piece, (), (), (), Inlet.DURABLE, Receipt(done.set))
            self.core.parts.history.keep(batch)
            await done.wait()
            await self._clock.sleep(HISTORY_PAUSE_S)
        await self._remember_checks(day)
        self.has_past.set()
        self.core.parts.frames.ask_again("history")

    async def _remember_checks(self, day: DayOfHistory) -> None:
        """What probes would have found in the day before: power wherever the solved load had any."""
        parts = self.core.parts
        store = SqlSmartSwitchStore(parts.database, parts.me.name)
        for checks in _past_checks(day, self._setup.network, parts.sharing.epoch or 0):
            await store.save_round(checks, (), ())
            await self._clock.sleep(HISTORY_PAUSE_S)
        await parts.outages.load()

    def _settings(self, network: str) -> Settings:
        return Settings(
            {
                "database.url": f"sqlite:///{self._folder.name}/demo.db",
                "mqtt.url": f"mqtt://{LOOPBACK}:{self._broker.wanted_port}",
                "mqtt.protocol": "3.1.1",
                "smart_switches.interval_s": 5.0,
                "smart_switches.timeout_s": 2.0,
                "grid.network": network,
            }
        )


def _past_checks(day: DayOfHistory, network: Network, epoch: int) -> Iterator[list[Check]]:
    """In pieces that hold the database only for a moment, one smart switch after the other."""
    for place in network.supply_points:
        load_mw = day.columns[point_of(place.load_id, "active_power")]
        checks = []
        for ts_us, power in zip(day.ts_us.tolist(), load_mw.tolist(), strict=True):
            verdict = Verdict.ONLINE if power > 0.0 else Verdict.OFFLINE
            for later_s in range(0, int(DAY_BEFORE_STEP_S), PAST_CHECK_EVERY_S):
                at = from_us(ts_us + later_s * 1_000_000)
                checks.append(Check(place.name, at, verdict, None, None, "computed", epoch))
        yield checks


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
