"""The network in charge and how it stands: hears switch positions, says when power reaches other parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from types import MappingProxyType

from backend_core.grid.events import EnergisationChanged, NetworkChanged
from backend_core.grid.layout.diagram import draw
from backend_core.grid.layout.drawing import Drawing
from backend_core.grid.model import ElementId, Energisation, ExpectedPoint, Network, PointKind
from backend_core.grid.rules.energisation import NOTHING, energise
from backend_core.grid.rules.points import expected_points, point_id_of
from backend_core.grid.rules.topology import topology_of
from backend_core.grid.rules.tracing import goes_dark_with, path_to_source
from backend_core.kernel.clock import Clock
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position, position_of
from backend_core.kernel.quality import Quality

PositionReading = tuple[PointId, float, Quality]


class GridService:
    """Lives on the core thread; wiring feeds it readings. Until a switch has spoken its position is unknown."""

    def __init__(self, network: Network, bus: EventBus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._positions: dict[ElementId, Position] = {}
        self._stopped: frozenset[ElementId] = NOTHING
        self._adopt(network)

    @property
    def network(self) -> Network:
        return self._network

    @property
    def drawing(self) -> Drawing:
        return self._drawing

    @property
    def positions(self) -> Mapping[ElementId, Position]:
        """The newest believed position of every switch that has one."""
        return MappingProxyType(self._positions)

    @property
    def energisation(self) -> Energisation:
        return self._energisation

    @property
    def expected_points(self) -> tuple[ExpectedPoint, ...]:
        return self._expected_points

    def replace_network(self, network: Network) -> None:
        """Take charge of another network; its switches are unknown until they speak."""
        self._adopt(network)
        self._bus.publish(NetworkChanged(network, self._clock.now()))

    def note_readings(self, readings: Iterable[PositionReading]) -> None:
        """Pick the positions of our switches out of a batch; a bad one makes its switch unknown."""
        self.note_positions(self.positions_in(readings))

    def positions_in(self, readings: Iterable[PositionReading]) -> dict[ElementId, Position]:
        """The positions of our switches among these readings."""
        return {
            switch_id: position_of(value) if quality < Quality.BAD else Position.UNKNOWN
            for point, value, quality in readings
            if (switch_id := self._switch_at.get(point)) is not None
        }

    def note_positions(self, positions: Mapping[ElementId, Position]) -> None:
        """Recolour once for all that moved together; nothing moved, nothing said."""
        moved = {
            switch_id: position
            for switch_id, position in positions.items()
            if self._positions.get(switch_id, Position.UNKNOWN) is not position
        }
        if moved:
            self._positions |= moved
            self._recolour(frozenset(moved))

    def note_stopped(self, stopped: Set[ElementId]) -> None:
        """Which sources are not running, so that nothing is alive through them."""
        if stopped != self._stopped:
            cause = frozenset(stopped ^ self._stopped)
            self._stopped = frozenset(stopped)
            self._recolour(cause)

    def energisation_with(self, positions: Mapping[ElementId, Position]) -> Energisation:
        """Where power would reach if the switches stood like this; nothing is noted."""
        return energise(self._topology, positions, self._stopped)

    def way_to_source(
        self, element_id: ElementId, positions: Mapping[ElementId, Position] | None = None
    ) -> tuple[ElementId, ...]:
        """As the switches stand now, or as these positions say."""
        stand = self._positions if positions is None else positions
        return path_to_source(self._topology, stand, element_id, self._stopped)

    def goes_dark_with(
        self, switch_id: ElementId, positions: Mapping[ElementId, Position] | None = None
    ) -> tuple[ElementId, ...]:
        """As the switches stand now, or as these positions say."""
        stand = self._positions if positions is None else positions
        return goes_dark_with(self._topology, stand, switch_id, self._stopped)

    def _adopt(self, network: Network) -> None:
        self._network = network
        self._topology = topology_of(network)
        self._drawing = draw(network)
        self._expected_points = expected_points(network)
        self._switch_at = {
            point_id_of(network, switch.id, PointKind.POSITION): switch.id for switch in network.switches
        }
        self._positions = {}
        self._stopped = NOTHING
        self._energisation = energise(self._topology, self._positions)

    def _recolour(self, cause: frozenset[ElementId]) -> None:
        before = self._energisation
        self._energisation = energise(self._topology, self._positions, self._stopped)
        changed = frozenset(
            element_id
            for element_id, state in self._energisation.states.items()
            if state is not before.states[element_id]
        )
        if changed or before.islands != self._energisation.islands:
            self._bus.publish(EnergisationChanged(self._energisation, changed, cause, self._clock.now()))
