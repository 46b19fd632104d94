"""The frequencies of the islands as they are now: each swings around what its machines were scheduled for."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from backend_core.powerflow.model import Island, Solution
from backend_core.virtual_grid.rules import frequency


class Swing:
    """Kept by the live grid; islands are known by the machine that leads them."""

    def __init__(self, nominal_hz: float, bus_of_generator: Mapping[str, str], rng: Generator) -> None:
        self._parameters = frequency.FrequencyParameters(nominal_hz=nominal_hz)
        self._bus_of_generator = bus_of_generator
        self._rng = rng
        self._states: dict[str, frequency.FrequencyState] = {}
        self._scheduled_mw: dict[str, float] = {}
        self._slack_of: dict[str, str] = {}
        self._largest: str | None = None

    def settle(self, before: Solution | None, now: Solution | None) -> None:
        """A new island starts at nominal, scheduled for what its machines fed while they were part of another."""
        living = {i.slack: i for i in now.islands if i.slack is not None} if now is not None else {}
        self._states = {slack: self._states.get(slack, frequency.FrequencyState()) for slack in living}
        self._slack_of = {bus: slack for slack, island in living.items() for bus in island.buses}
        self._largest = max(living, key=lambda slack: living[slack].load_mw, default=None)
        self._scheduled_mw = {slack: mw for slack, mw in self._scheduled_mw.items() if slack in living}
        for slack, island in living.items():
            seen = before or now
            if slack not in self._scheduled_mw and seen is not None:
                self._scheduled_mw[slack] = self._fed_mw(seen, island)

    def step(self, solution: Solution, dt_s: float) -> None:
        """`dt_s` later."""
        for island in solution.islands:
            if island.slack in self._states:
                surplus_mw = self._fed_mw(solution, island) - self._scheduled_mw[island.slack]
                surplus_pu = surplus_mw / max(island.capacity_mw, 1e-9)
                swung = frequency.step(self._parameters, self._states[island.slack], surplus_pu, dt_s)
                self._states[island.slack] = frequency.unrest(swung, dt_s, self._rng)

    def at_bus_hz(self, bus: str) -> float | None:
        """The frequency of the island that a bus belongs to."""
        return self._hz(self._slack_of.get(bus, self._largest))

    def main_hz(self) -> float | None:
        """The frequency of the island with most load, none while all is dark."""
        return self._hz(self._largest)

    def _hz(self, slack: str | None) -> float | None:
        state = self._states.get(slack) if slack is not None else None
        return frequency.frequency_hz(self._parameters, state) if state is not None else None

    def _fed_mw(self, solution: Solution, island: Island) -> float:
        """What the generators on these buses feed."""
        buses = set(island.buses)
        return sum(fed.active_mw for name, fed in solution.generators.items() if self._bus_of_generator[name] in buses)
