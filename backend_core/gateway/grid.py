"""What a console may ask and order about the network that it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend_core.grid.layout.drawing import Drawing
from backend_core.grid.model import ElementId, Energisation, Network
from backend_core.grid.service import GridService
from backend_core.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """A network that can be shown: its short name, and its title."""

    name: str
    title: str


class GridDesk:
    """The network in charge, its drawing, and where power reaches."""

    def __init__(self, grid: GridService, known: Sequence[NetworkInfo], load: Callable[[str], Network]) -> None:
        self._grid = grid
        self._known = tuple(known)
        self._load = load

    async def networks(self) -> tuple[NetworkInfo, ...]:
        """The networks that can be chosen."""
        return self._known

    async def network(self) -> Network:
        """The network in charge."""
        return self._grid.network

    async def drawing(self) -> Drawing:
        """Its single-line diagram as plain geometry."""
        return self._grid.drawing

    async def energisation(self) -> Energisation:
        """Where power reaches, by the positions known now."""
        return self._grid.energisation

    async def way_to_source(self, element_id: ElementId) -> tuple[ElementId, ...]:
        """The elements through which this one is alive, the source last; nothing when it is dead."""
        return self._grid.way_to_source(element_id)

    async def goes_dark_with(self, switch_id: ElementId) -> tuple[ElementId, ...]:
        """What loses power when this switch opens."""
        return self._grid.goes_dark_with(switch_id)

    async def choose(self, name: str) -> Network:
        """Show another network."""
        if name not in {info.name for info in self._known}:
            raise BadInput(f"There is no network '{name}'.", "Choose one of the list.")
        self._grid.replace_network(self._load(name))
        return self._grid.network
