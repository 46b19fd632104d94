"""The plant obeys, unless the core says why it may not be moved now."""

from __future__ import annotations

from typing import Any, cast

import pytest

from backend_core.gateway.simulator import SimulatorDesk
from backend_core.kernel.positions import Position
from backend_core.runtime import words


class ObedientPlant:
    def __init__(self) -> None:
        self.moved: list[tuple[str, Position]] = []

    async def operate(self, switch_id: str, position: Position) -> str | None:
        self.moved.append((switch_id, position))
        return None


@pytest.mark.asyncio
async def test_an_order_that_no_record_keeps_is_refused_in_words_and_never_reaches_the_plant():
    plant, away = ObedientPlant(), words.control_refused("The database does not answer.")
    desk = SimulatorDesk(cast(Any, plant), lambda: away)
    assert await desk.operate("CB-1", Position.OPEN) == away
    assert "The database does not answer." in away
    assert plant.moved == []


@pytest.mark.asyncio
async def test_an_order_goes_to_the_plant_while_all_is_well():
    plant = ObedientPlant()
    assert await SimulatorDesk(cast(Any, plant)).operate("CB-1", Position.OPEN) is None
    assert plant.moved == [("CB-1", Position.OPEN)]
