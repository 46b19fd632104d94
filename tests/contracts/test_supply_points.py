"""What every SupplyPoints promises: real servers on loopback, and the stand-in that remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from backend_core.virtual_grid.http_smart_switches import SmartSwitchServers
from backend_core.virtual_grid.ports import SupplyPoints
from tests.backend_core.virtual_grid.stand_ins import RememberedSupply

pytestmark = pytest.mark.asyncio
NAMES = {"Harbour": True, "Quarry": False}
IsPowered = Callable[[str], bool]


@pytest_asyncio.fixture(params=["servers", "remembered"])
async def points(request: pytest.FixtureRequest) -> AsyncIterator[tuple[SupplyPoints, IsPowered]]:
    if request.param == "servers":
        servers = SmartSwitchServers(NAMES)
        await servers.start()
        yield servers, servers.is_powered
        await servers.stop()
    else:
        remembered = RememberedSupply()
        yield remembered, lambda name: name not in remembered.dark


async def test_power_is_taken_from_one_and_given_back(points: tuple[SupplyPoints, IsPowered]) -> None:
    supply, is_powered = points
    await supply.set_powered("Harbour", False)
    assert (is_powered("Harbour"), is_powered("Quarry")) == (False, True)
    await supply.set_powered("Harbour", True)
    assert is_powered("Harbour")


async def test_taking_power_twice_is_as_taking_it_once(points: tuple[SupplyPoints, IsPowered]) -> None:
    supply, is_powered = points
    for _ in range(2):
        await supply.set_powered("Quarry", False)
    await supply.set_powered("Quarry", True)
    assert is_powered("Quarry")


async def test_a_dark_one_may_still_be_told_what_it_would_show(points: tuple[SupplyPoints, IsPowered]) -> None:
    supply, _ = points
    await supply.set_powered("Quarry", False)
    supply.show("Quarry", {"voltage": 230.0})
