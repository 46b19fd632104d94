"""What a console may ask and order of the pretend plant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from backend_core.kernel.positions import Position
from backend_core.virtual_grid.model import PlantStatus


class Plant(Protocol):
    """The pretend plant, wherever it runs."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def status(self) -> PlantStatus: ...

    async def operate(self, switch_id: str, position: Position) -> str | None:
        """Move a switch; the reason when the plant refuses."""
        ...


class SimulatorDesk:
    """Start, stop, look, and move a switch of the plant by hand."""

    def __init__(self, plant: Plant, refusal: Callable[[], str | None] = lambda: None) -> None:
        """`refusal` says why nothing may be moved now: an order that no record keeps is not given."""
        self._plant = plant
        self._refusal = refusal

    async def start(self) -> None:
        """Let the plant run."""
        await self._plant.start()

    async def stop(self) -> None:
        """Let it stand; its values turn stale, as those of a real plant would."""
        await self._plant.stop()

    async def status(self) -> PlantStatus:
        """How it stands."""
        return self._plant.status()

    async def operate(self, switch_id: str, position: Position) -> str | None:
        """Move a switch; nothing on the screen changes before the switch itself says so. The reason when refused."""
        return self._refusal() or await self._plant.operate(switch_id, position)
