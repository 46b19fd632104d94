"""Smart switches as servers, asked over real sockets."""

import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from backend_core.outages.shelly_decoder import decode
from backend_core.virtual_grid.http_smart_switches import STATUS_PATH, Darkness, SmartSwitchServers

PATIENCE = aiohttp.ClientTimeout(total=30)
LITTLE_PATIENCE = aiohttp.ClientTimeout(total=0.3)


@pytest_asyncio.fixture
async def servers() -> AsyncIterator[SmartSwitchServers]:
    running = SmartSwitchServers({"telling": True, "mute": False})
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        yield session


@pytest.mark.asyncio
async def test_a_lit_smart_switch_answers(servers, client):
    async with client.get(servers.addresses["mute"]) as reply:
        assert reply.status == 200
    async with client.get(servers.addresses["mute"] + STATUS_PATH) as reply:
        assert reply.status == 404


@pytest.mark.asyncio
async def test_one_that_tells_gives_what_the_prober_reads(servers, client):
    shown = {"voltage": 229.4, "current": 0.6, "power": 130.0, "power_factor": 0.94, "frequency": 49.98}
    servers.show("telling", {**shown, "temperature": 31.5})
    async with client.get(servers.addresses["telling"] + STATUS_PATH) as reply:
        assert decode(await reply.read()) == {**shown, "temperature": 31.5}


@pytest.mark.asyncio
async def test_without_power_it_refuses(servers, client):
    await servers.set_powered("mute", False)
    assert not servers.is_powered("mute")
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.get(servers.addresses["mute"])


@pytest.mark.asyncio
async def test_or_it_swallows_every_question(servers, client):
    await servers.set_powered("mute", False, darkness=Darkness.SWALLOWS)
    with pytest.raises(TimeoutError):
        await client.get(servers.addresses["mute"], timeout=LITTLE_PATIENCE)


@pytest.mark.asyncio
async def test_a_connection_held_open_dies_with_the_power(servers, client):
    address = servers.addresses["telling"]
    async with client.get(address) as reply:
        await reply.read()
    await servers.set_powered("telling", False)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(address)


@pytest.mark.asyncio
@pytest.mark.parametrize("darkness", Darkness)
async def test_power_back_means_the_same_address_answers_again(servers, client, darkness):
    address = servers.addresses["mute"]
    for _ in range(3):
        await servers.set_powered("mute", False, darkness=darkness)
        await servers.set_powered("mute", True)
        async with client.get(address) as reply:
            assert reply.status == 200
    assert servers.addresses["mute"] == address


@pytest.mark.asyncio
async def test_the_others_do_not_notice(servers, client):
    await servers.set_powered("mute", False)
    async with client.get(servers.addresses["telling"]) as reply:
        assert reply.status == 200


@pytest.mark.asyncio
async def test_a_dark_port_cannot_be_taken_by_another(servers):
    await servers.set_powered("mute", False)
    port = int(servers.addresses["mute"].rpartition(":")[2])
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


@pytest.mark.asyncio
async def test_after_stop_every_port_is_free(servers):
    ports = [int(address.rpartition(":")[2]) for address in servers.addresses.values()]
    await servers.stop()
    for port in ports:
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", port))
