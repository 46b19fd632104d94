"""From what the loads ask, the story adds and the weather gives to the operating point that is solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend_core.grid.model import Network, SourceKind
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import Injection, OperatingPoint


@dataclass(frozen=True, slots=True)
class Conditions:
    """Everything that decides about injections at one moment, as shares of what the network file says."""

    demand: Mapping[str, float]
    kept: Mapping[str, float] = field(default_factory=dict)
    tripped: frozenset[str] = frozenset()
    solar_share: float = 0.5
    wind_share: float = 0.3


def operating_point(network: Network, positions: Mapping[str, Position], now: Conditions) -> OperatingPoint:
    """Loads follow their demand as far as it is kept, machines follow the total, small units their source."""
    loads = {}
    asked_mw = full_mw = 0.0
    for load in network.loads:
        share = now.demand.get(load.id, 1.0)
        asked_mw += load.active_power_mw * share
        full_mw += load.active_power_mw
        drawn = share * now.kept.get(load.id, 1.0)
        loads[load.id] = Injection(load.active_power_mw * drawn, load.reactive_power_mvar * drawn)
    dispatch = asked_mw / full_mw if full_mw > 0.0 else 1.0
    generation = {g.id: Injection(g.active_power_mw * dispatch, 0.0) for g in network.generators}
    by_source = {SourceKind.SOLAR: now.solar_share, SourceKind.WIND: now.wind_share}
    for source in network.distributed_sources:
        share = by_source.get(source.kind, 1.0)
        generation[source.id] = Injection(source.active_power_mw * share, source.reactive_power_mvar * share)
    return OperatingPoint(positions, loads, generation, tripped=now.tripped)
