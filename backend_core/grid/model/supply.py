"""Where power reaches: the supply state of every part of a network, and the islands it falls into."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend_core.grid.model.network import ElementId


class SupplyState(StrEnum):
    """Partly known: it hangs on a switch whose position nobody knows. Earthed: dead, and made safe."""

    ENERGISED = "energised"
    DEAD = "dead"
    PARTLY_KNOWN = "partly_known"
    EARTHED = "earthed"

    @property
    def is_dark(self) -> bool:
        """Certainly without power."""
        return self in (SupplyState.DEAD, SupplyState.EARTHED)


@dataclass(frozen=True, slots=True)
class Island:
    """A piece that certainly hangs together; without a source it is dark, unless an unknown switch feeds it."""

    number: int
    source_ids: tuple[ElementId, ...]
    bus_ids: tuple[ElementId, ...]
    load_ids: tuple[ElementId, ...]
    full_load_mw: float
    customers: int


@dataclass(frozen=True, slots=True)
class Energisation:
    """The supply state of every bus, branch, injection and switch (a switch wears that of the bus beside it)."""

    states: Mapping[ElementId, SupplyState]
    islands: tuple[Island, ...]
    island_of: Mapping[ElementId, int]

    def state_of(self, element_id: ElementId) -> SupplyState:
        return self.states.get(element_id, SupplyState.PARTLY_KNOWN)

    @property
    def dead_load_ids(self) -> tuple[ElementId, ...]:
        """The loads that certainly have no power."""
        loads = (load_id for island in self.islands for load_id in island.load_ids)
        return tuple(load_id for load_id in loads if self.states[load_id].is_dark)
