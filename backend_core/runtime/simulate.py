"""Runs the virtual grid alone: against a broker, or printed as fast as it can be computed."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import BadInput, DependencyAway
from backend_core.kernel.supervision import Supervisor
from backend_core.powerflow.service import WARM_UP
from backend_core.runtime import networks
from backend_core.runtime.engine_process import EngineProcess
from backend_core.storage.engine import mask
from backend_core.virtual_grid.model import PlantSetup
from backend_core.virtual_grid.mqtt_outlet import MqttOutlet, OutletAddress
from backend_core.virtual_grid.service import PlantPorts, VirtualGrid, begin_of_dry_run
from backend_core.virtual_grid.stdout_outlet import StdoutOutlet

DRY_RUN_SECONDS = 10.0
FLUSH_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class SimulateWish:
    """What `linekeeper simulate` was asked for."""

    broker: str
    network: str
    sensors: int
    seed: int
    seconds: float | None
    dry_run: bool


def run(wish: SimulateWish) -> int:
    """Run until the seconds are over or the program is told to end; the exit code."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(_print(wish) if wish.dry_run else _publish(wish))


async def _print(wish: SimulateWish) -> int:
    engine = EngineProcess(WARM_UP)
    plant = VirtualGrid(_setup(wish), PlantPorts(StdoutOutlet(sys.stdout), engine, SystemClock()))
    try:
        await plant.run_stepped(wish.seconds or DRY_RUN_SECONDS, begin_of_dry_run())
    finally:
        await engine.stop()
    return 0


async def _publish(wish: SimulateWish) -> int:
    clock, end = SystemClock(), asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(name, end.set)
    engine, outlet = EngineProcess(WARM_UP), MqttOutlet(outlet_address(wish.broker), clock)
    tasks = Supervisor(clock)
    plant = VirtualGrid(_setup(wish), PlantPorts(outlet, engine, clock))
    try:
        tasks.keep("publishing", outlet.run)
        await plant.start()
        with suppress(TimeoutError):
            await asyncio.wait_for(end.wait(), wish.seconds)
        await plant.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(outlet.flush(), FLUSH_WITHIN_S)
    finally:
        await tasks.stop()
        await engine.stop()
    if wish.seconds is not None and not outlet.published:
        raise DependencyAway(
            f"The broker at {outlet.address.host}:{outlet.address.port} took nothing in {wish.seconds:g} s.",
            "Check --broker and that it runs.",
        )
    return 0


def outlet_address(broker: str) -> OutletAddress:
    """Where to publish, from `mqtt://[user:password@]host[:port]`."""
    remedy = "Write it like mqtt://127.0.0.1:1883."
    try:
        url = urlsplit(broker)
        port = url.port or 1883
    except ValueError as error:
        raise BadInput(f"--broker '{mask(broker)}' has no lawful port.", remedy) from error
    if url.scheme != "mqtt" or not url.hostname:
        raise BadInput(f"--broker '{mask(broker)}' is no broker address.", remedy)
    return OutletAddress(url.hostname, port, url.username, url.password)


def _setup(wish: SimulateWish) -> PlantSetup:
    return PlantSetup(networks.load(wish.network), wish.seed, wish.sensors)
