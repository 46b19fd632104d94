"""Publishing through a broker that comes late and goes away."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import aiomqtt
import pytest
import pytest_asyncio

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.supervision import Supervisor
from backend_core.virtual_grid import mqtt_outlet
from backend_core.virtual_grid.amqtt_broker import LOOPBACK, AmqttBroker
from backend_core.virtual_grid.mqtt_outlet import MqttOutlet, OutletAddress

pytestmark = pytest.mark.asyncio


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@pytest_asyncio.fixture
async def tasks() -> AsyncIterator[Supervisor]:
    made = Supervisor(SystemClock())
    yield made
    await made.stop()


async def arrived(port: int, count: int) -> list[bytes]:
    found: list[bytes] = []
    async with asyncio.timeout(15.0), aiomqtt.Client(LOOPBACK, port) as reader:
        await reader.subscribe("grid/#", qos=1)
        async for message in reader.messages:
            assert isinstance(message.payload, bytes)
            found.append(message.payload)
            if len(found) == count:
                return found
    raise AssertionError("unreachable")


async def test_what_was_published_before_the_broker_came_arrives_when_it_does(tasks: Supervisor) -> None:
    port = free_port()
    outlet = MqttOutlet(OutletAddress(LOOPBACK, port), SystemClock())
    for n in range(5):
        await outlet.publish(f"grid/switches/{n}", b"%d" % n, True)
    tasks.keep("outlet", outlet.run)
    broker = AmqttBroker(port)
    await broker.start()
    assert sorted(await arrived(port, 5)) == [b"0", b"1", b"2", b"3", b"4"]
    await outlet.flush()
    assert outlet.published == 5
    await tasks.stop()
    await broker.stop()


async def test_a_broker_that_goes_and_comes_back_is_found_again(tasks: Supervisor) -> None:
    first = AmqttBroker()
    await first.start()
    outlet = MqttOutlet(OutletAddress(LOOPBACK, first.port), SystemClock())
    tasks.keep("outlet", outlet.run)
    await outlet.publish("grid/points/a", b"before", False)
    await asyncio.wait_for(outlet.flush(), 10.0)
    await first.stop()
    await outlet.publish("grid/points/a", b"meanwhile", True)
    second = AmqttBroker(first.port)
    await second.start()
    assert await arrived(second.port, 1) == [b"meanwhile"]
    await tasks.stop()
    await second.stop()


async def test_a_way_blocked_for_too_long_costs_the_oldest_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_outlet, "BOUND", 3)
    outlet = MqttOutlet(OutletAddress(LOOPBACK, free_port()), SystemClock())
    for n in range(5):
        await outlet.publish("grid/points/a", b"%d" % n, False)
    assert outlet.dropped == 2


async def test_orders_that_come_in_are_heard(tasks: Supervisor) -> None:
    broker = AmqttBroker()
    await broker.start()
    outlet = MqttOutlet(OutletAddress(LOOPBACK, broker.port), SystemClock())
    heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    outlet.listen("grid/commands/+", lambda topic, payload: heard.put_nowait((topic, payload)))
    tasks.keep("outlet", outlet.run)
    async with aiomqtt.Client(LOOPBACK, broker.port) as desk:
        await outlet.publish("grid/points/a", b"subscribed before this", False)
        await outlet.flush()
        await desk.publish("grid/commands/CB-1", b"{}", qos=1)
        assert await asyncio.wait_for(heard.get(), 10.0) == ("grid/commands/CB-1", b"{}")
    await tasks.stop()
    await broker.stop()
