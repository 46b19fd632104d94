"""The newest state of the solved grid: positions, demand, what was shed, the last solution, heat and frequency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from backend_core.grid.model import Network, Shunt, Transformer
from backend_core.grid.rules.topology import normal_positions
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import PowerFlowCase, Solution
from backend_core.powerflow.rules.case import case_of
from backend_core.telemetry.model import DeviceKind
from backend_core.virtual_grid.live.swing import Swing
from backend_core.virtual_grid.model import Incident, IncidentKind, Report, Survival
from backend_core.virtual_grid.rules import demand, measurement, transformer_heat
from backend_core.virtual_grid.rules.operating import Conditions, operating_point
from backend_core.virtual_grid.rules.story import Effects

RESTORE_STEP = 0.05
RESTORE_EVERY_S = 10.0
_HEAT = transformer_heat.HeatParameters()


class LiveGrid:
    """Kept by the service and by the job that computes the day before; steps forward only when told."""

    def __init__(self, network: Network, seed: int) -> None:
        self.network = network
        self.positions: dict[str, Position] = dict(normal_positions(network))
        self.revision = 0
        """Grows with every switch operation."""
        self.solution: Solution | None = None
        self.is_solved = False
        self.incidents: tuple[Incident, ...] = ()
        self.kept: dict[str, float] = {}
        self._demand_rng, self._meter_rng, unrest_rng = (np.random.default_rng([seed, n]) for n in range(3))
        self._demand = demand.start(len(network.loads), self._demand_rng)
        self._asked: dict[str, float] = {}
        self._black: frozenset[str] = frozenset()
        self._shed_at_revision = 0
        self._restore_in_s = RESTORE_EVERY_S
        self._heat: dict[str, transformer_heat.HeatState] = {}
        self._sources = (0.5, 0.3)
        bus_of_injection = {element.id: element.bus_id for element in network.injections()}
        self._swing = Swing(network.frequency_hz, bus_of_injection, unrest_rng)

    def operate(self, switch_id: str, position: Position) -> bool:
        """Move a switch; whether it was elsewhere before."""
        if self.positions[switch_id] is position:
            return False
        self.positions[switch_id] = position
        self.revision += 1
        return True

    def advance(self, simulated_at: datetime, dt_s: float, effects: Effects, sources: tuple[float, float]) -> None:
        """Let demand wander, frequency swing and, once the topology has changed, shed load return."""
        self._demand = demand.step(self._demand, dt_s, self._demand_rng)
        hour = simulated_at.hour + simulated_at.minute / 60.0 + simulated_at.second / 3600.0
        shares = demand.shares(self._demand, hour)
        self._asked = {
            load.id: float(share) * effects.load_factors.get(load.id, 1.0)
            for load, share in zip(self.network.loads, shares, strict=True)
        }
        self._sources = sources
        self._restore(dt_s)
        if self.solution is not None:
            self._swing.step(self.solution, dt_s)

    def case(self) -> PowerFlowCase:
        """What is to be solved now."""
        tripped = self._black if self.revision == self._shed_at_revision else frozenset()
        now = Conditions(self._asked, self.kept, tripped, *self._sources)
        return case_of(self.network, operating_point(self.network, self.positions, now))

    def accept(self, survival: Survival, revision: int) -> tuple[Incident, ...]:
        """Take over what is left of a case; the incidents that were not there before."""
        before = self.solution
        self.solution, self.is_solved = survival.solution, True
        if survival.kept or survival.black_generators:
            for load, share in survival.kept.items():
                self.kept[load] = self.kept.get(load, 1.0) * share
            self._black |= survival.black_generators
            self._shed_at_revision = revision
            self._restore_in_s = RESTORE_EVERY_S
        elif revision != self._shed_at_revision:
            self._black = frozenset()
        self._swing.settle(before, survival.solution)
        return self._note(survival.incidents)

    def _note(self, found: tuple[Incident, ...]) -> tuple[Incident, ...]:
        """Dead islands are found anew with each solution; what was shed stays noted until all of it is back."""
        known = {(incident.kind, incident.buses) for incident in self.incidents}
        new = tuple(i for i in found if i.kind is not IncidentKind.DEAD_ISLAND or (i.kind, i.buses) not in known)
        lasting = () if not self.kept and not self._black else self.incidents
        here = {(incident.kind, incident.buses) for incident in found}
        self.incidents = found + tuple(
            i for i in lasting if i.kind is not IncidentKind.DEAD_ISLAND and (i.kind, i.buses) not in here
        )
        return new

    @property
    def load_mw(self) -> float:
        """What is supplied."""
        return self.solution.load_mw if self.solution is not None else 0.0

    @property
    def shed_mw(self) -> float:
        """What is asked for and was given up."""
        return sum(
            load.active_power_mw * self._asked.get(load.id, 1.0) * (1.0 - self.kept[load.id])
            for load in self.network.loads
            if load.id in self.kept
        )

    def daily_share(self, simulated_at: datetime) -> float:
        """The curve without anybody's wandering."""
        return demand.daily_share(simulated_at.hour + simulated_at.minute / 60.0 + simulated_at.second / 3600.0)

    def voltage_pu(self, bus: str) -> float:
        """The true voltage of a bus, zero while it is dead."""
        if self.solution is None or bus not in self.solution.buses:
            return 0.0
        return self.solution.buses[bus].voltage_pu

    def frequency_hz(self) -> float | None:
        """The frequency of the island with most load."""
        return self._swing.main_hz()

    def is_supplied(self, load: str) -> bool:
        """Whether somebody behind this load would see light."""
        return self.solution is not None and load in self.solution.loads and self.kept.get(load, 1.0) > 0.0

    def reports(self, dt_s: float, ambient_c: float) -> Iterator[Report]:
        """What every meter of the grid reads now; nothing before the first solution."""
        if not self.is_solved:
            return
        yield from self._bus_reports()
        yield from self._branch_reports(dt_s, ambient_c)
        yield from self._injection_reports()

    def _bus_reports(self) -> Iterator[Report]:
        solved = self.solution.buses if self.solution is not None else {}
        for bus in self.network.buses:
            result = solved.get(bus.id, measurement.DEAD_BUS)
            readings = measurement.bus(result, self._swing.at_bus_hz(bus.id), self._meter_rng)
            yield Report(DeviceKind.BUS, self.network.device_of(bus.id), readings)

    def _branch_reports(self, dt_s: float, ambient_c: float) -> Iterator[Report]:
        solved = self.solution.branches if self.solution is not None else {}
        for branch in self.network.branches():
            result = solved.get(branch.id, measurement.DEAD_BRANCH)
            hot_c = None
            if isinstance(branch, Transformer):
                hot_c = self._warm(branch.id, (result.loading_percent or 0.0) / 100.0, ambient_c, dt_s)
            readings = measurement.branch(result, hot_c, self._meter_rng)
            yield Report(DeviceKind.ELEMENT, self.network.device_of(branch.id), readings)

    def _injection_reports(self) -> Iterator[Report]:
        found = self.solution
        solved = {**found.generators, **found.loads, **found.shunts} if found is not None else {}
        for element in self.network.injections():
            result = solved.get(element.id, measurement.NOTHING)
            active = not isinstance(element, Shunt)
            readings = measurement.injection(result, self._meter_rng, has_active_power=active)
            yield Report(DeviceKind.ELEMENT, self.network.device_of(element.id), readings)

    def _warm(self, transformer: str, load: float, ambient_c: float, dt_s: float) -> float:
        before = self._heat.get(transformer)
        now = (
            transformer_heat.settled(_HEAT, load, ambient_c)
            if before is None
            else transformer_heat.step(_HEAT, before, load, ambient_c, dt_s)
        )
        self._heat[transformer] = now
        return now.hot_spot_c

    def _restore(self, dt_s: float) -> None:
        """Shed load stays away until somebody has changed the grid; then it returns step by step."""
        if not self.kept or self.revision == self._shed_at_revision:
            return
        self._restore_in_s -= dt_s
        if self._restore_in_s > 0.0:
            return
        self._restore_in_s = RESTORE_EVERY_S
        raised = {load: share + RESTORE_STEP for load, share in self.kept.items()}
        self.kept = {load: share for load, share in raised.items() if share < 1.0}
