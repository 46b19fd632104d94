"""What the overview knows: which points of the network count, their newest values, alarms, board and health."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from backend_core.alarms.model import Alarm, Side
from backend_core.grid.model import BusKind, PointKind
from backend_core.kernel.identities import PointId, point_of
from backend_core.kernel.quality import Quality
from backend_core.outages.model import Verdict
from console.features.overview.curves import SLOTS, Curves, added, averaged, slot_of
from console.features.overview.sums_state import NOTHING, Limits, Reading, Sum, losses, strain, total

if TYPE_CHECKING:
    from backend_core.gateway.frame import CoreHealth, Frame
    from backend_core.grid.model import Energisation, Injection, Network
    from backend_core.history.model import PointHistory
    from backend_core.outages.model import Board
    from backend_core.telemetry.model import LiveValue

FREQUENCY, LOAD, GENERATION, LOSSES = "frequency", "load", "generation", "losses"
VOLTAGE, DEVICES, OUTAGE = "voltage", "devices", "outage"
# Below this a bus is dead rather than low: it is told as such, not as the worst voltage.
DEAD_BELOW_PU = 0.1
STEADY_OVER_S = 15.0
# Beyond this many points the past is not asked for: its curves grow by themselves within minutes.
MOST_RECALLED = 400


class Branch(NamedTuple):
    """A line or transformer: its points, and the loading at which it is full."""

    id: str
    name: str
    loading: str
    power: str
    full_percent: float


class WorstBus(NamedTuple):
    """The living bus nearest to its limits, or farthest beyond them."""

    bus: str
    name: str
    point: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Figures:
    """The grid in seven numbers at one moment."""

    frequency: Reading | None = None
    frequency_point: str = ""
    load: Sum = NOTHING
    generation: Sum = NOTHING
    losses: Sum = NOTHING
    worst_bus: WorstBus | None = None
    dead_buses: int = 0


@dataclass(frozen=True, slots=True)
class MeasuredGrid:
    """Which points of a network the figures are made of."""

    title: str = ""
    loads: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    voltages: tuple[tuple[str, str, str, Limits], ...] = ()  # bus, name, point, limits
    frequencies: tuple[str, ...] = ()  # the balancing bus first
    branches: tuple[Branch, ...] = ()

    @property
    def points(self) -> tuple[str, ...]:
        return (*self.loads, *self.sources, *self.watched, *self.frequencies)

    @property
    def watched(self) -> tuple[str, ...]:
        """The points of single elements that have a curve of their own."""
        return (*(point for _, _, point, _ in self.voltages), *(branch.loading for branch in self.branches))


def measured_in(network: Network) -> MeasuredGrid:
    """Loads count what they draw; generators, the neighbouring grid, small sources and storages what they feed."""

    def power(element_id: str) -> str:
        return point_of(network.device_of(element_id), PointKind.ACTIVE_POWER)

    generators, grids = network.generators, network.external_grids
    feeding: list[Injection] = [*generators, *grids, *network.distributed_sources, *network.storages]
    busbars = [bus for bus in network.buses if bus.kind is BusKind.BUSBAR]
    balancing = {g.bus_id for g in generators if g.is_slack} | {grid.bus_id for grid in grids}
    ordered = sorted(network.buses, key=lambda bus: bus.id not in balancing)
    return MeasuredGrid(
        title=network.title,
        loads=tuple(power(load.id) for load in network.loads),
        sources=tuple(power(source.id) for source in feeding),
        voltages=tuple(
            (
                bus.id,
                bus.name or bus.id,
                point_of(network.device_of(bus.id), PointKind.VOLTAGE),
                Limits(bus.low_voltage_pu, bus.high_voltage_pu),
            )
            for bus in busbars
        ),
        frequencies=tuple(point_of(network.device_of(bus.id), PointKind.FREQUENCY) for bus in ordered),
        branches=tuple(
            Branch(
                each.id,
                each.name or each.id,
                point_of(network.device_of(each.id), PointKind.LOADING),
                power(each.id),
                each.high_high_loading_percent,
            )
            for each in network.branches()
        ),
    )


class OverviewState:
    """Takes frames; gives figures and curves for a moment that the caller names."""

    def __init__(self) -> None:
        self.grid: MeasuredGrid | None = None
        self.board: Board | None = None
        self.health: CoreHealth | None = None
        self.energisation: Energisation | None = None
        self.alarms: dict[str, Alarm] = {}
        self.values: dict[PointId, LiveValue] = {}
        self.curves = Curves()
        self._switches_recalled = False
        self._recent_losses: deque[tuple[float, float]] = deque()

    @property
    def is_heard(self) -> bool:
        """Whether anything of this network has ever been measured."""
        return self.grid is not None and any(PointId(point) in self.values for point in self.grid.points)

    # --- taking in ------------------------------------------------------------------------------

    def know(self, network: Network) -> bool:
        """The network in charge; whether it is another one than before."""
        measured = measured_in(network)
        if measured == self.grid:
            return False
        self.grid = measured
        self.curves.clear()
        self._recent_losses.clear()
        return True

    def apply(self, frame: Frame) -> bool:
        """Take in one frame; whether something came that must be shown at once."""
        self.values.update(frame.values)
        for change in frame.alarms:
            self._note(change.alarm)
        self.health = frame.health or self.health
        self.board = frame.board or self.board
        if frame.energisation is not None:
            self.energisation = frame.energisation.energisation
        return bool(frame.alarms) or frame.board is not None

    def forget(self) -> None:
        """Another time is shown: nothing that was seen holds there."""
        self.board = self.health = self.energisation = None
        self.alarms.clear()
        self.values.clear()
        self.curves.clear()
        self._recent_losses.clear()
        self._switches_recalled = False

    def reset_alarms(self, alarms: Iterable[Alarm]) -> None:
        self.alarms.clear()
        for alarm in alarms:
            self._note(alarm)

    def recall(self, past: Mapping[PointId, PointHistory]) -> None:
        """Fill the curves with what the record knows of the time before."""
        grid = self.grid
        if grid is None:
            return
        slots: dict[str, dict[int, float]] = {
            point: averaged(zip(p.ts_us.tolist(), p.values.tolist(), p.quality.tolist(), strict=True), p.gap_after_s)
            for point, p in past.items()
        }
        load = added([slots.get(point, {}) for point in grid.loads])
        generation = added([slots.get(point, {}) for point in grid.sources])
        self.curves.fill(LOAD, load)
        self.curves.fill(GENERATION, generation)
        both = load.keys() & generation.keys()
        self.curves.fill(LOSSES, {slot: generation[slot] - load[slot] for slot in both})
        for point in (*grid.watched, *grid.frequencies[:1]):
            self.curves.fill(point, slots.get(point, {}))

    # --- telling ----------------------------------------------------------------------------------

    def reading(self, point: str, monotonic_s: float) -> Reading | None:
        live = self.values.get(PointId(point))
        if live is None:
            return None
        age_s = max(0.0, monotonic_s - live.received_monotonic_s)
        return Reading(live.value, live.quality_at(monotonic_s), age_s)

    def figures(self, monotonic_s: float) -> Figures:
        """The seven numbers as they stand at this moment."""
        grid = self.grid
        if grid is None:
            return Figures()
        load = total(self.reading(point, monotonic_s) for point in grid.loads)
        generation = total(self.reading(point, monotonic_s) for point in grid.sources)
        worst, dead = self._worst_bus(grid, monotonic_s)
        point, frequency = self._frequency(grid, monotonic_s)
        lost = self._steadied(losses(generation, load), monotonic_s)
        return Figures(frequency, point, load, generation, lost, worst, dead)

    def remember(self, figures: Figures, monotonic_s: float, now_us: int) -> None:
        """Let the curves grow by this moment; what cannot be believed leaves a gap."""
        put = self.curves.put
        for key, each in ((LOAD, figures.load), (GENERATION, figures.generation), (LOSSES, figures.losses)):
            put(key, now_us, each.value if each.trust <= Quality.UNCERTAIN else None)
        for point in self.grid.watched if self.grid else ():
            put(point, now_us, _believable(self.reading(point, monotonic_s)))
        if figures.frequency_point:
            put(figures.frequency_point, now_us, _believable(figures.frequency))
        if self.health is not None and now_us - self.health.at_us < 3_000_000:
            put(DEVICES, now_us, float(self.health.devices_online))
        self._remember_switches(now_us)

    def priority_of(self, points: Iterable[str]) -> tuple[int, bool]:
        """The most urgent active alarm at these points (0: none), and whether one is still unacknowledged."""
        wanted = set(points)
        standing = [alarm for alarm in self.alarms.values() if alarm.base.is_active and str(alarm.point) in wanted]
        urgent = min((int(alarm.priority) for alarm in standing), default=0)
        return urgent, any(alarm.base.is_unacknowledged for alarm in standing)

    def priority_of_silence(self) -> tuple[int, bool]:
        """The same over all alarms that say that a device is not heard."""
        return self.priority_of(str(alarm.point) for alarm in self.alarms.values() if alarm.side is Side.CONTACT)

    def _note(self, alarm: Alarm) -> None:
        if alarm.is_listed:
            self.alarms[alarm.id] = alarm
        else:
            self.alarms.pop(alarm.id, None)

    def _steadied(self, lost: Sum, monotonic_s: float) -> Sum:
        """The mean of the last seconds: a small difference of large measured sums jumps by more than it is worth."""
        recent = self._recent_losses
        while recent and monotonic_s - recent[0][0] > STEADY_OVER_S:
            recent.popleft()
        if lost.value is None or lost.trust >= Quality.STALE:
            return lost
        recent.append((monotonic_s, lost.value))
        return replace(lost, value=sum(value for _, value in recent) / len(recent))

    def _frequency(self, grid: MeasuredGrid, monotonic_s: float) -> tuple[str, Reading | None]:
        """That of the balancing bus while it is heard and lives, else of the first bus that does."""
        found = [(point, self.reading(point, monotonic_s)) for point in grid.frequencies]
        seen = [(point, reading) for point, reading in found if reading is not None and reading.trust <= Quality.STALE]
        return min(seen, key=lambda pair: pair[1].trust) if seen else ("", None)

    def _worst_bus(self, grid: MeasuredGrid, monotonic_s: float) -> tuple[WorstBus | None, int]:
        worst: tuple[tuple[bool, float], WorstBus] | None = None
        dead = 0
        for bus, name, point, limits in grid.voltages:
            reading = self.reading(point, monotonic_s)
            if reading is None or reading.trust > Quality.STALE:
                continue
            if reading.value < DEAD_BELOW_PU:
                dead += 1
                continue
            # A value that is still live goes before one that is not, however bad that one once was.
            rank = (reading.trust < Quality.STALE, strain(reading.value, limits))
            if worst is None or rank > worst[0]:
                worst = (rank, WorstBus(bus, name, point, reading))
        return (worst[1] if worst else None), dead

    def _remember_switches(self, now_us: int) -> None:
        """How many smart switches answered; the time before the screen comes from their own past, once."""
        board = self.board
        if board is None or not board.standings:
            return
        self.curves.put(OUTAGE, now_us, float(board.tally.online))
        if not self._switches_recalled:
            self._switches_recalled = True
            self.curves.fill(OUTAGE, lit_by_slot(board, slot_of(now_us)))


def lit_by_slot(board: Board, newest: int) -> dict[int, float]:
    """How many smart switches were lit in each slot of the window; what holds now holds since its last check."""
    lit: dict[int, float] = {}
    for standing in board.standings:
        for span in standing.spans:
            if span.verdict is not Verdict.ONLINE:
                continue
            start, end = (slot_of(round(at.timestamp() * 1e6)) for at in (span.started_at, span.ended_at))
            if span is standing.spans[-1]:
                end = newest
            for slot in range(max(start, newest - SLOTS), end + 1):
                lit[slot] = lit.get(slot, 0.0) + 1.0
    return lit


def _believable(reading: Reading | None) -> float | None:
    return reading.value if reading is not None and reading.trust <= Quality.UNCERTAIN else None
