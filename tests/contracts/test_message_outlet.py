"""What every MessageOutlet promises: over a real broker, as lines of text, and in memory."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import aiomqtt
import pytest
import pytest_asyncio

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.supervision import Supervisor
from backend_core.virtual_grid.amqtt_broker import LOOPBACK, AmqttBroker
from backend_core.virtual_grid.mqtt_outlet import MqttOutlet, OutletAddress
from backend_core.virtual_grid.ports import MessageOutlet
from backend_core.virtual_grid.stdout_outlet import StdoutOutlet
from tests.backend_core.virtual_grid.stand_ins import MemoryOutlet

pytestmark = pytest.mark.asyncio


@dataclass
class Way:
    """An outlet and what arrives at its far end."""

    outlet: MessageOutlet
    arrived: Callable[[int], Awaitable[list[tuple[str, bytes]]]]


@pytest_asyncio.fixture(params=["mqtt", "stdout", "memory"])
async def way(request: pytest.FixtureRequest) -> AsyncIterator[Way]:
    if request.param == "mqtt":
        async for one in _over_a_broker():
            yield one
    elif request.param == "stdout":
        stream = io.StringIO()

        async def lines(count: int) -> list[tuple[str, bytes]]:
            parts = [line.split(" ", 1) for line in stream.getvalue().splitlines()]
            return [(topic, payload.encode()) for topic, payload in parts]

        yield Way(StdoutOutlet(stream), lines)
    else:
        memory = MemoryOutlet()

        async def kept(count: int) -> list[tuple[str, bytes]]:
            return [(topic, payload) for topic, payload, _ in memory.published]

        yield Way(memory, kept)


async def _over_a_broker() -> AsyncIterator[Way]:
    broker, clock = AmqttBroker(), SystemClock()
    tasks = Supervisor(clock)
    await broker.start()
    outlet = MqttOutlet(OutletAddress(LOOPBACK, broker.port), clock)
    async with aiomqtt.Client(LOOPBACK, broker.port) as reader:
        await reader.subscribe("grid/#", qos=1)
        tasks.keep("outlet", outlet.run)

        async def read(count: int) -> list[tuple[str, bytes]]:
            found: list[tuple[str, bytes]] = []
            async with asyncio.timeout(10.0):
                async for message in reader.messages:
                    assert isinstance(message.payload, bytes)
                    found.append((str(message.topic), message.payload))
                    if len(found) == count:
                        break
            return found

        yield Way(outlet, read)
    await tasks.stop()
    await broker.stop()


async def test_messages_arrive_whole_and_in_order(way: Way) -> None:
    sent = [(f"grid/points/{n % 7}", b'{"n":%d}' % n) for n in range(1200)]
    for topic, payload in sent:
        await way.outlet.publish(topic, payload, False)
    assert await way.arrived(len(sent)) == sent


async def test_listening_before_publishing_is_allowed(way: Way) -> None:
    way.outlet.listen("grid/commands/+", lambda topic, payload: None)
    await way.outlet.publish("grid/switches/CB", b"{}", True)
    assert await way.arrived(1) == [("grid/switches/CB", b"{}")]
