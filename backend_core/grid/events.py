"""What has happened to the grid: another network is in charge, or power reaches other parts of it."""

from dataclasses import dataclass
from datetime import datetime

from backend_core.grid.model import ElementId, Energisation, Network


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    network: Network
    at: datetime


@dataclass(frozen=True, slots=True)
class EnergisationChanged:
    """Power reaches other elements than before: `changed` have a new state, `cause` are the switches that moved."""

    energisation: Energisation
    changed: frozenset[ElementId]
    cause: frozenset[ElementId]
    at: datetime
