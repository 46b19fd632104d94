"""What the grid needs from outside: somewhere a network comes from."""

from typing import Protocol

from backend_core.grid.model import Inspection


class GridSource(Protocol):
    """A place that holds one network as built; what is wrong with it comes back as findings, never as an exception."""

    def load(self) -> Inspection: ...
