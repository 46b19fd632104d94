"""What a day's facts add up to: energy, extremes, uptime, coverage; every figure with the ground it stands on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from backend_core.grid.model import Bus, Injection, Network, PointKind
from backend_core.grid.rules.points import point_id_of
from backend_core.kernel.identities import PointId, split_point
from backend_core.reporting.model import HOURS_PER_SLOT, SLOT_MINUTES, SLOTS, DailyFacts, PointDay, Series

GAP_SLOTS = 2
"""Silent intervals in a row from which on a device's silence is listed as a gap."""
GAPS_LISTED = 12


@dataclass(frozen=True, slots=True)
class Curve:
    """A sum of points over the day; an interval in which one of them is missing is a gap, not a smaller sum."""

    title: str
    unit: str
    values: Series
    members: tuple[PointId, ...]
    silent: tuple[PointId, ...]
    """Members that said nothing all day and are left out of the sum."""
    coverage: float

    @property
    def energy(self) -> float | None:
        """The integral over what is covered, in unit hours."""
        covered = self.values[~np.isnan(self.values)]
        return float(covered.sum()) * HOURS_PER_SLOT if len(covered) else None

    @property
    def peak(self) -> tuple[float, int] | None:
        """The largest five-minute mean, and its interval."""
        if np.all(np.isnan(self.values)):
            return None
        slot = int(np.nanargmax(self.values))
        return float(self.values[slot]), slot

    @property
    def lowest(self) -> tuple[float, int] | None:
        """The smallest five-minute mean, and its interval."""
        if np.all(np.isnan(self.values)):
            return None
        slot = int(np.nanargmin(self.values))
        return float(self.values[slot]), slot


@dataclass(frozen=True, slots=True)
class Extremes:
    """One point's worst of the day beside its limits, and for how long a limit was passed."""

    point: PointId
    unit: str
    lowest: float
    lowest_slot: int
    highest: float
    highest_slot: int
    mean: float
    low: float | None
    high: float | None
    minutes_low: int
    minutes_high: int
    coverage: float

    @property
    def severity(self) -> float:
        """How far past its limits, relative to them; negative while within."""
        under = (self.low - self.lowest) / abs(self.low) if self.low else -1.0
        over = (self.highest - self.high) / abs(self.high) if self.high else -1.0
        return max(under, over)


@dataclass(frozen=True, slots=True)
class KindCoverage:
    """How complete the record of one kind of device is, and how good."""

    kind: str
    devices: int
    silent: int
    points: int
    readings: int
    good: int
    uncertain: int
    bad: int
    coverage: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Intervals in a row in which a device that speaks otherwise said nothing."""

    device: str
    kind: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Digest:
    """A day in figures; `ground` says from which points load and generation were taken."""

    ground: str
    load: Curve | None
    generation: Curve | None
    losses: Curve | None
    parts: tuple[Curve, ...]
    renewables: tuple[Curve, ...]
    voltages: tuple[Extremes, ...]
    loadings: tuple[Extremes, ...]
    coverage: float
    kinds: tuple[KindCoverage, ...]
    gaps: tuple[Gap, ...]
    computed_share: float


def digest(facts: DailyFacts, network: Network) -> Digest:
    """Add the facts up."""
    points = {point.point: point for point in facts.points}
    slots = facts.slots
    ground, load, generation = _load_and_generation(points, network, slots)
    readings = sum(int(point.count.sum()) for point in facts.points)
    computed = sum(point.computed for point in facts.points)
    kinds = tuple(_kinds(facts, slots))
    return Digest(
        ground=ground,
        load=load,
        generation=generation,
        losses=_losses(load, generation),
        parts=tuple(_parts(points, network, slots)),
        renewables=tuple(_renewables(points, slots)),
        voltages=_worst(_extremes(points, network, PointKind.VOLTAGE, slots)),
        loadings=_worst(_extremes(points, network, PointKind.LOADING, slots)),
        coverage=_mean([_coverage(p.count > 0, slots) for p in facts.points if p.count.any()]) if readings else 0.0,
        kinds=kinds,
        gaps=_gaps(facts, slots),
        computed_share=computed / readings if readings else 0.0,
    )


def curve(title: str, unit: str, members: Sequence[PointDay], slots: int, missing: Collection[PointId] = ()) -> Curve:
    """The sum of some points; those that are silent all day are named and left out."""
    speaking = [member for member in members if not np.all(np.isnan(member.mean))]
    silent = (*missing, *(member.point for member in members if member not in speaking))
    values = np.sum([member.mean for member in speaking], axis=0) if speaking else np.full(SLOTS, np.nan)
    names = tuple(member.point for member in speaking)
    return Curve(title, unit, values, names, tuple(silent), _coverage(~np.isnan(values), slots))


def clock_of(slot: int) -> str:
    """The moment at which an interval begins, as on a clock."""
    minutes = slot * SLOT_MINUTES
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _load_and_generation(
    points: Mapping[PointId, PointDay], network: Network, slots: int
) -> tuple[str, Curve | None, Curve | None]:
    """From the meters of loads and generators; without those from what the buses report."""
    loads = [load.id for load in network.loads]
    sources = [
        s.id for group in (network.generators, network.external_grids, network.distributed_sources) for s in group
    ]
    load = _sum_of("Load", loads, points, network, slots)
    generation = _sum_of("Generation", sources, points, network, slots)
    if load is not None or generation is not None:
        return "the meters of loads and generators", load, generation
    buses = [p for p in points.values() if p.kind == "bus" and split_point(p.point)[1] == "active_power"]
    if not any(p.count.any() for p in buses):
        return "", None, None
    return (
        "the net injections that the buses report",
        _share("Load", buses, -1, slots),
        _share("Generation", buses, 1, slots),
    )


def _sum_of(
    title: str, elements: Sequence[str], points: Mapping[PointId, PointDay], network: Network, slots: int
) -> Curve | None:
    wanted = [point_id_of(network, element, PointKind.ACTIVE_POWER) for element in elements]
    there = [points[point] for point in wanted if point in points]
    if not any(point.count.any() for point in there):
        return None
    return curve(title, "MW", there, slots, [point for point in wanted if point not in points])


def _share(title: str, buses: Sequence[PointDay], sign: int, slots: int) -> Curve:
    """What the buses take (−1) or give (1) of their net injections."""
    speaking = [bus for bus in buses if bus.count.any()]
    values: Series = np.sum(
        [np.where(np.isnan(b.mean), np.nan, np.maximum(sign * b.mean, 0.0)) for b in speaking], axis=0
    )
    silent = tuple(bus.point for bus in buses if not bus.count.any())
    return Curve(title, "MW", values, tuple(b.point for b in speaking), silent, _coverage(~np.isnan(values), slots))


def _losses(load: Curve | None, generation: Curve | None) -> Curve | None:
    """The difference; not told when a meter is missing, for its load would pass as loss."""
    if load is None or generation is None or load.silent or generation.silent:
        return None
    values = generation.values - load.values
    coverage = min(load.coverage, generation.coverage)
    return Curve("Losses", "MW", values, (*generation.members, *load.members), (), coverage)


def _parts(points: Mapping[PointId, PointDay], network: Network, slots: int) -> Iterator[Curve]:
    elements: Iterator[Injection] = chain(
        network.loads, network.generators, network.external_grids, network.distributed_sources
    )
    for element in elements:
        point = points.get(point_id_of(network, element.id, PointKind.ACTIVE_POWER))
        if point is not None and point.count.any():
            yield curve(element.name or element.id, "MW", [point], slots)


def _renewables(points: Mapping[PointId, PointDay], slots: int) -> Iterator[Curve]:
    wanted = {"res": "generation", "converter": "active_power", "sensor": "power"}
    for kind, quantity in wanted.items():
        for point in points.values():
            device, name = split_point(point.point)
            if point.kind == kind and name == quantity and point.count.any():
                yield curve(str(device), "W" if kind == "sensor" else "kW", [point], slots)


def _extremes(points: Mapping[PointId, PointDay], network: Network, kind: PointKind, slots: int) -> Iterator[Extremes]:
    elements = network.buses if kind is PointKind.VOLTAGE else tuple(network.branches())
    for element in elements:
        point = points.get(point_id_of(network, element.id, kind))
        if point is None or np.all(np.isnan(point.mean)):
            continue
        if isinstance(element, Bus):
            yield _extreme(point, "pu", element.low_voltage_pu, element.high_voltage_pu, slots)
        else:
            yield _extreme(point, "%", None, element.high_high_loading_percent, slots)


def _extreme(point: PointDay, unit: str, low: float | None, high: float | None, slots: int) -> Extremes:
    lowest_slot, highest_slot = int(np.nanargmin(point.low)), int(np.nanargmax(point.high))
    return Extremes(
        point=point.point,
        unit=unit,
        lowest=float(point.low[lowest_slot]),
        lowest_slot=lowest_slot,
        highest=float(point.high[highest_slot]),
        highest_slot=highest_slot,
        mean=float(np.nanmean(point.mean)),
        low=low,
        high=high,
        minutes_low=_minutes(point.mean < low) if low is not None else 0,
        minutes_high=_minutes(point.mean > high) if high is not None else 0,
        coverage=_coverage(~np.isnan(point.mean), slots),
    )


def _worst(found: Iterator[Extremes]) -> tuple[Extremes, ...]:
    return tuple(sorted(found, key=lambda extremes: -extremes.severity))


def _kinds(facts: DailyFacts, slots: int) -> Iterator[KindCoverage]:
    """Positions and other points that speak on change count by their regular repeats, like all others."""
    by_kind: defaultdict[str, list[PointDay]] = defaultdict(list)
    for point in facts.points:
        by_kind[point.kind].append(point)
    for kind, members in sorted(by_kind.items()):
        devices = {split_point(member.point)[0] for member in members}
        speaking = {split_point(member.point)[0] for member in members if member.count.any()}
        yield KindCoverage(
            kind=kind,
            devices=len(devices),
            silent=len(devices - speaking),
            points=len(members),
            readings=sum(int(member.count.sum()) for member in members),
            good=sum(member.good for member in members),
            uncertain=sum(member.uncertain for member in members),
            bad=sum(member.bad for member in members),
            coverage=_mean([_coverage(member.count > 0, slots) for member in members]),
        )


def _gaps(facts: DailyFacts, slots: int) -> tuple[Gap, ...]:
    heard: dict[str, NDArray[np.bool_]] = {}
    kinds: dict[str, str] = {}
    for point in facts.points:
        device = str(split_point(point.point)[0])
        kinds[device] = point.kind
        heard[device] = heard.get(device, np.zeros(SLOTS, bool)) | (point.count > 0)
    found = [
        Gap(device, kinds[device], begin, end)
        for device, speaks in heard.items()
        if speaks.any()
        for begin, end in _runs(~speaks[:slots])
        if end - begin >= GAP_SLOTS
    ]
    return tuple(sorted(found, key=lambda gap: (gap.begin - gap.end, gap.begin, gap.device)))


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _coverage(covered: NDArray[np.bool_], slots: int) -> float:
    return float(covered[:slots].sum()) / slots if slots else 0.0


def _minutes(past: NDArray[np.bool_]) -> int:
    return int(past.sum()) * SLOT_MINUTES


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / len(shares) if shares else 0.0
