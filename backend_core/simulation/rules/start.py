"""Live values become the start of a study: each one taken, replaced or assumed, and counted accordingly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backend_core.grid.model import DistributedSource, ElementId, Generator, Load, Network, PointKind
from backend_core.grid.rules.energisation import energise
from backend_core.grid.rules.points import point_id_of
from backend_core.grid.rules.topology import topology_of
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position, position_of
from backend_core.kernel.quality import Quality
from backend_core.powerflow.model import Injection
from backend_core.simulation.model import StudyStart
from backend_core.telemetry.model import LiveValue


@dataclass(slots=True)
class _Look:
    """One pass over the live values at one moment, and the account of what was found."""

    network: Network
    values: Mapping[PointId, LiveValue]
    now_s: float
    wanted: int = 0
    ages_s: list[float] = field(default_factory=list)
    doubtful: list[PointId] = field(default_factory=list)

    def take(self, element_id: ElementId, kind: PointKind) -> float | None:
        """The believed value of a quantity; a bad one or none at all leaves it to the network file."""
        point = point_id_of(self.network, element_id, kind)
        self.wanted += 1
        live = self.values.get(point)
        quality = live.quality_at(self.now_s) if live is not None else Quality.NEVER
        if quality is not Quality.GOOD:
            self.doubtful.append(point)
        if live is None or quality >= Quality.BAD:
            return None
        self.ages_s.append(max(0.0, self.now_s - live.received_monotonic_s))
        return live.value

    def power(self, element_id: ElementId, file_mw: float, file_mvar: float) -> Injection:
        active_mw = self.take(element_id, PointKind.ACTIVE_POWER)
        reactive_mvar = self.take(element_id, PointKind.REACTIVE_POWER)
        return Injection(
            file_mw if active_mw is None else active_mw, file_mvar if reactive_mvar is None else reactive_mvar
        )


def start_of(network: Network, values: Mapping[PointId, LiveValue], now_s: float, taken_at: datetime) -> StudyStart:
    """The live state at this moment; what nobody measures is as the network file says."""
    look = _Look(network, values, now_s)
    positions = dict(_positions(look))
    loads = {load.id: look.power(load.id, load.active_power_mw, load.reactive_power_mvar) for load in network.loads}
    generation = dict(_generation(look))
    dark = _dark_loads(network, positions)
    return StudyStart(
        network=network.name,
        taken_at=taken_at,
        positions=positions,
        loads=loads | _assumed(network, loads, dark),
        generation=generation,
        good=look.wanted - len(look.doubtful),
        wanted=look.wanted,
        oldest_age_s=max(look.ages_s, default=None),
        doubtful=tuple(look.doubtful),
        assumed=dark,
    )


def _positions(look: _Look) -> Iterator[tuple[ElementId, Position]]:
    for switch in look.network.switches:
        value = look.take(switch.id, PointKind.POSITION)
        yield switch.id, Position.UNKNOWN if value is None else position_of(value)


def _generation(look: _Look) -> Iterator[tuple[ElementId, Injection]]:
    """Machines are asked for their active power alone: their reactive power follows from the voltage they hold."""
    machines: list[Generator] = list(look.network.generators)
    for machine in machines:
        active_mw = look.take(machine.id, PointKind.ACTIVE_POWER)
        yield machine.id, Injection(machine.active_power_mw if active_mw is None else active_mw, 0.0)
    sources: list[DistributedSource] = list(look.network.distributed_sources)
    for source in sources:
        yield source.id, look.power(source.id, source.active_power_mw, source.reactive_power_mvar)


def settled(network: Network, positions: Mapping[ElementId, Position]) -> dict[ElementId, Position]:
    """Every switch open or closed: a study takes an unknown one in its normal position, as the solver does."""
    normal = {s.id: Position.OPEN if s.normally_open else Position.CLOSED for s in network.switches}
    known = {s: p for s, p in positions.items() if p in (Position.OPEN, Position.CLOSED)}
    return normal | {s: Position.OPEN for s, p in positions.items() if p is Position.INTERMEDIATE} | known


def _dark_loads(network: Network, positions: Mapping[ElementId, Position]) -> frozenset[ElementId]:
    states = energise(topology_of(network), settled(network, positions)).states
    return frozenset(load.id for load in network.loads if states[load.id].is_dark)


def _assumed(
    network: Network, loads: Mapping[ElementId, Injection], dark: frozenset[ElementId]
) -> dict[ElementId, Injection]:
    """A dark load draws nothing now; switched on again it will draw as much of its full size as the others do."""
    supplied: list[Load] = [load for load in network.loads if load.id not in dark]
    full_mw = sum(load.active_power_mw for load in supplied)
    share = sum(loads[load.id].active_mw for load in supplied) / full_mw if full_mw else 1.0
    return {
        load.id: Injection(load.active_power_mw * share, load.reactive_power_mvar * share)
        for load in network.loads
        if load.id in dark
    }
