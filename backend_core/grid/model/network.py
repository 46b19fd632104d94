"""The nouns of a grid as it is built: what there is, how it is joined, what it may carry."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

ElementId: TypeAlias = str
"""The name of one thing in a network file; also that of the device that measures it, unless the bindings differ."""


class Side(StrEnum):
    """Which end of an element: branches have two, everything else hangs on its bus with one."""

    FROM = "from"
    TO = "to"
    HV = "hv"
    LV = "lv"
    BUS = "bus"


class SwitchKind(StrEnum):
    BREAKER = "breaker"
    DISCONNECTOR = "disconnector"
    LOAD_BREAK = "load_break"
    EARTHING = "earthing"


class BusKind(StrEnum):
    """A busbar is drawn and named; a node only joins conductors inside a bay."""

    BUSBAR = "busbar"
    NODE = "node"


class LineKind(StrEnum):
    OVERHEAD = "overhead"
    CABLE = "cable"


class SourceKind(StrEnum):
    """What drives a small unit that follows the grid and cannot carry it alone."""

    SOLAR = "solar"
    WIND = "wind"
    CHP = "chp"
    FUEL_CELL = "fuel_cell"


@dataclass(frozen=True, slots=True)
class Terminal:
    """One end of one element, and the bus to which that end is joined while its switches are closed."""

    element_id: ElementId
    side: Side
    bus_id: ElementId


@dataclass(frozen=True, slots=True)
class Substation:
    id: ElementId
    name: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class VoltageLevel:
    id: ElementId
    substation_id: ElementId
    nominal_kv: float


@dataclass(frozen=True, slots=True)
class Feeder:
    """A named way out of a substation; everything it supplies lies behind its head switch."""

    id: ElementId
    name: str
    head_switch_id: ElementId


@dataclass(frozen=True, slots=True)
class SupplyPoint:
    """A place behind a load whose power can be seen from outside, as a smart switch does."""

    name: str
    load_id: ElementId
    customers: int


@dataclass(frozen=True, slots=True)
class Binding:
    """This device speaks for that element, although it is called otherwise."""

    device_id: str
    element_id: ElementId


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a person put an element on the diagram: a busbar from its left end, everything else by its middle.

    `route` holds the corners of a line from its first bus to its second, both ends lying on the bars.
    """

    element_id: ElementId
    x: float
    y: float
    width: float = 0.0
    route: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Bus:
    id: ElementId
    nominal_kv: float
    name: str = ""
    kind: BusKind = BusKind.BUSBAR
    voltage_level_id: ElementId = ""
    low_low_voltage_pu: float = 0.90
    low_voltage_pu: float = 0.95
    high_voltage_pu: float = 1.05
    high_high_voltage_pu: float = 1.10


@dataclass(frozen=True, slots=True)
class Line:
    """A line or cable by its totals; `susceptance_us` is the charging of the whole length. Power counts from → to."""

    id: ElementId
    from_bus_id: ElementId
    to_bus_id: ElementId
    resistance_ohm: float
    reactance_ohm: float
    rating_ka: float
    susceptance_us: float = 0.0
    conductance_us: float = 0.0
    length_km: float = 1.0
    name: str = ""
    kind: LineKind = LineKind.OVERHEAD
    high_loading_percent: float = 90.0
    high_high_loading_percent: float = 100.0

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        return Terminal(self.id, Side.FROM, self.from_bus_id), Terminal(self.id, Side.TO, self.to_bus_id)


@dataclass(frozen=True, slots=True)
class TapChanger:
    side: Side
    position: int
    neutral_position: int
    lowest_position: int
    highest_position: int
    step_percent: float


@dataclass(frozen=True, slots=True)
class Transformer:
    """Two windings by their name plate. Power counts from the high to the low voltage side."""

    id: ElementId
    hv_bus_id: ElementId
    lv_bus_id: ElementId
    rated_mva: float
    hv_kv: float
    lv_kv: float
    short_circuit_voltage_percent: float
    copper_loss_percent: float
    iron_loss_kw: float = 0.0
    no_load_current_percent: float = 0.0
    phase_shift_deg: float = 0.0
    tap_changer: TapChanger | None = None
    name: str = ""
    high_loading_percent: float = 90.0
    high_high_loading_percent: float = 100.0
    high_temperature_c: float = 110.0
    high_high_temperature_c: float = 120.0

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        return Terminal(self.id, Side.HV, self.hv_bus_id), Terminal(self.id, Side.LV, self.lv_bus_id)


@dataclass(frozen=True, slots=True)
class Generator:
    """A machine that holds its voltage and can carry an island; the slack one balances the network."""

    id: ElementId
    bus_id: ElementId
    active_power_mw: float
    voltage_setpoint_pu: float
    max_active_power_mw: float
    min_active_power_mw: float = 0.0
    max_reactive_power_mvar: float | None = None
    min_reactive_power_mvar: float | None = None
    is_slack: bool = False
    name: str = ""

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        return (Terminal(self.id, Side.BUS, self.bus_id),)


@dataclass(frozen=True, slots=True)
class ExternalGrid:
    """The neighbouring network, strong enough to hold its voltage and to balance ours."""

    id: ElementId
    bus_id: ElementId
    voltage_setpoint_pu: float
    angle_deg: float = 0.0
    short_circuit_mva: float = 0.0
    rx_ratio: float = 0.1
    name: str = ""

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        return (Terminal(self.id, Side.BUS, self.bus_id),)


@dataclass(frozen=True, slots=True)
class Load:
    """What is drawn at full scale (1.0); curves multiply it."""

    id: ElementId
    bus_id: ElementId
    active_power_mw: float
    reactive_power_mvar: float
    customers: int = 0
    feeder_id: ElementId = ""
    name: str = ""

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        return (Terminal(self.id, Side.BUS, self.bus_id),)


@dataclass(frozen=True, slots=True)
class Shunt:
    """A capacitor gives reactive power at nominal voltage (positive), a reactor takes it (negative)."""

    id: ElementId
    bus_id: ElementId
    supplied_reactive_power_mvar: float
    name: str = ""

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        return (Terminal(self.id, Side.BUS, self.bus_id),)


@dataclass(frozen=True, slots=True)
class DistributedSource:
    """A small unit at its present output, generation positive."""

    id: ElementId
    bus_id: ElementId
    kind: SourceKind
    active_power_mw: float
    rated_mva: float
    reactive_power_mvar: float = 0.0
    name: str = ""

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        return (Terminal(self.id, Side.BUS, self.bus_id),)


@dataclass(frozen=True, slots=True)
class Storage:
    id: ElementId
    bus_id: ElementId
    charging_power_mw: float
    max_charging_power_mw: float
    max_discharging_power_mw: float
    capacity_mwh: float | None = None
    name: str = ""

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        return (Terminal(self.id, Side.BUS, self.bus_id),)


@dataclass(frozen=True, slots=True)
class Switch:
    """A breaker or its kin, in one of three places.

    At an element's end (`element_id`, `side`), between two buses (`bus_id`, `other_bus_id`), or between a bus and earth
    (`bus_id` alone, earthing switches only). Several switches at one end stand in series.
    """

    id: ElementId
    kind: SwitchKind
    element_id: ElementId = ""
    side: Side | None = None
    bus_id: ElementId = ""
    other_bus_id: ElementId = ""
    normally_open: bool = False
    breaking_capacity_ka: float | None = None
    name: str = ""


Branch: TypeAlias = Line | Transformer
Injection: TypeAlias = Generator | ExternalGrid | Load | Shunt | DistributedSource | Storage
Element: TypeAlias = Bus | Branch | Injection | Switch


@dataclass(frozen=True, slots=True)
class Network:
    """One grid as built. Immutable and already checked: every id it names exists, exactly once."""

    name: str
    title: str
    base_mva: float
    frequency_hz: float
    buses: tuple[Bus, ...]
    lines: tuple[Line, ...] = ()
    transformers: tuple[Transformer, ...] = ()
    generators: tuple[Generator, ...] = ()
    external_grids: tuple[ExternalGrid, ...] = ()
    loads: tuple[Load, ...] = ()
    shunts: tuple[Shunt, ...] = ()
    distributed_sources: tuple[DistributedSource, ...] = ()
    storages: tuple[Storage, ...] = ()
    switches: tuple[Switch, ...] = ()
    substations: tuple[Substation, ...] = ()
    voltage_levels: tuple[VoltageLevel, ...] = ()
    feeders: tuple[Feeder, ...] = ()
    supply_points: tuple[SupplyPoint, ...] = ()
    bindings: tuple[Binding, ...] = ()
    placements: tuple[Placement, ...] = ()
    _by_id: dict[ElementId, Element] = field(init=False, repr=False, compare=False)
    _device_of: dict[ElementId, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {element.id: element for element in self.elements()})
        object.__setattr__(self, "_device_of", {bound.element_id: bound.device_id for bound in self.bindings})

    def elements(self) -> Iterator[Element]:
        yield from self.buses
        yield from self.branches()
        yield from self.injections()
        yield from self.switches

    def branches(self) -> Iterator[Branch]:
        yield from self.lines
        yield from self.transformers

    def injections(self) -> Iterator[Injection]:
        yield from self.generators
        yield from self.external_grids
        yield from self.loads
        yield from self.shunts
        yield from self.distributed_sources
        yield from self.storages

    def terminals(self) -> Iterator[Terminal]:
        for branch in self.branches():
            yield from branch.terminals
        for injection in self.injections():
            yield from injection.terminals

    def element(self, element_id: ElementId) -> Element:
        return self._by_id[element_id]

    def has(self, element_id: ElementId) -> bool:
        return element_id in self._by_id

    def device_of(self, element_id: ElementId) -> str:
        """The device whose readings speak for this element."""
        return self._device_of.get(element_id, element_id)
