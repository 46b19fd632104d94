"""What is put to a power flow engine, and what it answers, in names of the grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from backend_core.kernel.positions import Position

BASE_MVA = 100.0
"""The common base of every per-unit impedance in a case."""


class BranchKind(Enum):
    """Lines are rated by their current, transformers by their apparent power; both are pi circuits."""

    LINE = "line"
    TRANSFORMER = "transformer"


@dataclass(frozen=True, slots=True)
class Bus:
    """A node of the network with the voltage its per-unit values refer to."""

    id: str
    nominal_kv: float


@dataclass(frozen=True, slots=True)
class Branch:
    """A pi circuit on `BASE_MVA`; ratio and shift sit at the from end, as in the MATPOWER format."""

    id: str
    kind: BranchKind
    from_bus: str
    to_bus: str
    resistance_pu: float
    reactance_pu: float
    charging_pu: float = 0.0
    ratio: float = 1.0
    shift_deg: float = 0.0
    rating_mva: float = 0.0


@dataclass(frozen=True, slots=True)
class Generator:
    """A machine, an infeed or an inverter; without a voltage set-point it feeds fixed powers."""

    id: str
    bus: str
    active_mw: float
    reactive_mvar: float = 0.0
    voltage_pu: float | None = None
    capacity_mw: float = 0.0
    is_slack: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """What is drawn at a bus, independent of its voltage."""

    id: str
    bus: str
    active_mw: float
    reactive_mvar: float


@dataclass(frozen=True, slots=True)
class Shunt:
    """An admittance to ground: a capacitor supplies `supplied_mvar` at nominal voltage."""

    id: str
    bus: str
    supplied_mvar: float
    drawn_mw: float = 0.0


@dataclass(frozen=True, slots=True)
class PowerFlowCase:
    """A network as switched at one moment: only what is in service and connected."""

    buses: tuple[Bus, ...]
    branches: tuple[Branch, ...]
    generators: tuple[Generator, ...]
    loads: tuple[Load, ...]
    shunts: tuple[Shunt, ...] = ()
    joined: tuple[tuple[str, str], ...] = ()
    """Buses that a closed coupler makes one with another bus, each beside the bus that stands for both."""

    @property
    def load_mw(self) -> float:
        """The active power all loads ask for."""
        return sum(load.active_mw for load in self.loads)


@dataclass(frozen=True, slots=True)
class Injection:
    """What one generator feeds, one load draws or one shunt supplies."""

    active_mw: float
    reactive_mvar: float


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """How a network stands at one moment; whatever is not named is as the network file says."""

    positions: Mapping[str, Position] = field(default_factory=dict)
    loads: Mapping[str, Injection] = field(default_factory=dict)
    generation: Mapping[str, Injection] = field(default_factory=dict)
    voltage_setpoints_pu: Mapping[str, float] = field(default_factory=dict)
    load_scale: float = 1.0
    tripped: frozenset[str] = frozenset()
    """Elements taken out of service whatever their switches say."""


@dataclass(frozen=True, slots=True)
class Island:
    """Buses joined by branches, with the generator that holds their angle; none when nothing can."""

    buses: tuple[str, ...]
    slack: str | None
    load_mw: float
    capacity_mw: float

    @property
    def is_dead(self) -> bool:
        """Whether no generator in it can hold a voltage."""
        return self.slack is None


@dataclass(frozen=True, slots=True)
class BusResult:
    """Voltage and net injection (generation positive) of a bus; a dead bus has zero voltage."""

    voltage_pu: float
    angle_deg: float
    active_mw: float
    reactive_mvar: float
    energised: bool = True


@dataclass(frozen=True, slots=True)
class BranchResult:
    """Flows into a branch at both ends."""

    from_active_mw: float
    from_reactive_mvar: float
    to_active_mw: float
    to_reactive_mvar: float
    from_ka: float
    to_ka: float
    loading_percent: float | None

    @property
    def loss_mw(self) -> float:
        """What goes in and does not come out."""
        return self.from_active_mw + self.to_active_mw


@dataclass(frozen=True, slots=True)
class Solution:
    """Voltages that satisfy Kirchhoff at every energised bus, and all that follows from them."""

    engine: str
    buses: Mapping[str, BusResult]
    branches: Mapping[str, BranchResult]
    generators: Mapping[str, Injection]
    loads: Mapping[str, Injection]
    islands: tuple[Island, ...]
    largest_mismatch_mva: float
    iterations: int = 0
    shunts: Mapping[str, Injection] = field(default_factory=dict)

    @property
    def losses_mw(self) -> float:
        """Active power fed but not supplied to loads: copper, iron and shunts."""
        return self.generation_mw - self.load_mw

    @property
    def load_mw(self) -> float:
        """Active power supplied to loads."""
        return sum(load.active_mw for load in self.loads.values())

    @property
    def generation_mw(self) -> float:
        """Active power fed by generators."""
        return sum(generator.active_mw for generator in self.generators.values())

    @property
    def slacks(self) -> tuple[str, ...]:
        """The generators that hold the angles, one per living island."""
        return tuple(island.slack for island in self.islands if island.slack is not None)

    @property
    def dead_buses(self) -> tuple[str, ...]:
        """Buses without voltage."""
        return tuple(bus for island in self.islands if island.is_dead for bus in island.buses)

    @property
    def lowest(self) -> tuple[str, float] | None:
        """The energised bus with the lowest voltage, and that voltage."""
        living = [(bus.voltage_pu, name) for name, bus in self.buses.items() if bus.energised]
        return (min(living)[1], min(living)[0]) if living else None


class Reason(Enum):
    """Why there is no solution."""

    DIVERGED = "diverged"
    NOTHING_ENERGISED = "nothing_energised"
    WRONG_ANSWER = "wrong_answer"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """No solution: why, and at which bus the last attempt was furthest from balance."""

    engine: str
    reason: Reason
    worst_bus: str | None = None
    worst_mismatch_mva: float = 0.0
    iterations: int = 0
    lowest_buses: tuple[str, ...] = ()
    """The buses of the last attempt, lowest voltage first."""
    solvable_share: float | None = None
    """The largest share of the load for which a solution exists, when it was looked for."""
    weakest_bus: str | None = None
    """The bus with the lowest voltage at that share."""


Outcome = Solution | Diagnosis


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """How far two engines agree on the same case; green below a millionth of nominal voltage and 0.1 kW."""

    first: str
    second: str
    largest_voltage_difference_pu: float
    worst_bus: str
    slack_difference_mw: float

    @property
    def agrees(self) -> bool:
        """Whether the two answers are the same for every practical purpose."""
        return self.largest_voltage_difference_pu < 1e-6 and self.slack_difference_mw < 1e-4
