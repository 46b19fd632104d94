"""What the converters panel knows: its units, their newest readings, and the last ten minutes of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame

WINDOW_S = 600.0
_MOST_SAMPLES = 1500
HISTORY_COLUMNS = 600
CURVE_CELLS = 120
# The worst that is still a number worth drawing: uncertain and stale values are, bad and missing ones are not.
_LAST_DRAWN_QUALITY = 2
_COOLER = ".cooler"

DERATES_C, TRIPS_C, THD_LIMIT_PERCENT = 125.0, 150.0, 8.0


class Family(StrEnum):
    CONVERTER = "converter"
    SOLAR = "solar"
    WIND = "wind"
    MAST = "mast"


class Reading(NamedTuple):
    """A value as it must be shown now."""

    value: float
    quality: int
    age_s: float


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit at one moment; `curve` is its active power or generation over the window, None in gaps."""

    id: str
    family: Family
    kind: str
    readings: Mapping[str, Reading]
    curve: tuple[float | None, ...]

    def value(self, quantity: str) -> float | None:
        """The number, if it is good enough to reckon with."""
        reading = self.readings.get(quantity)
        return reading.value if reading is not None and reading.quality <= 1 else None

    @property
    def age_s(self) -> float | None:
        """Of the newest reading."""
        return min((reading.age_s for reading in self.readings.values()), default=None)

    @property
    def is_current(self) -> bool:
        return any(reading.quality <= 1 for reading in self.readings.values())


class Curve(NamedTuple):
    """Seconds before now, growing towards zero, and values; None breaks the line."""

    ages_s: tuple[float, ...]
    values: tuple[float | None, ...]


class _Live(NamedTuple):
    value: float
    quality: int
    stale_after_s: float
    received_s: float


def family_of(quantities: Iterable[str]) -> Family | None:
    """What reports these quantities; None for a device that is not ours to show."""
    seen = set(quantities)
    if seen & {"current_d", "dc_voltage"}:
        return Family.CONVERTER
    if seen & {"generation", "capacity_factor"}:
        return Family.SOLAR if "irradiance" in seen else Family.WIND
    return Family.MAST if "ghi" in seen else None


def split(point: str) -> tuple[str, str]:
    device, _, quantity = point.rpartition(".")
    return device, quantity


class UnitsState:
    """Takes frames, gives rows and curves; asks no clock and knows no widget."""

    def __init__(self) -> None:
        self._live: dict[str, dict[str, _Live]] = {}
        self._samples: dict[str, deque[tuple[int, float | None]]] = {}
        self._gap_after_s: dict[str, float] = {}
        self._bridges: dict[str, str] = {}

    def forget(self) -> None:
        """Another time is shown: nothing that was seen holds there."""
        self._live.clear()
        self._samples.clear()

    def apply(self, frame: Frame) -> set[str]:
        """Take in one frame; the units that changed."""
        changed: set[str] = set()
        for point, live in frame.values.items():
            device, quantity = split(point)
            newest = _Live(live.value, int(live.quality), max(2.0 * live.period_s, 5.0), live.received_monotonic_s)
            self._live.setdefault(device, {})[quantity] = newest
            changed.add(device.removesuffix(_COOLER))
        for point, run in frame.samples.items():
            self.add_samples(point, run.samples)
        return {unit for unit in changed if self.family(unit) is not None}

    def add_samples(self, point: str, samples: Iterable[tuple[int, float, int]]) -> None:
        """Time, value and quality of each; those from history are put before what is known already."""
        if self.family(split(point)[0]) is None:
            return
        kept = self._samples.setdefault(point, deque(maxlen=_MOST_SAMPLES))
        incoming = [(ts_us, value if quality <= _LAST_DRAWN_QUALITY else None) for ts_us, value, quality in samples]
        if kept and incoming and incoming[0][0] <= kept[-1][0]:
            merged = dict(incoming) | dict(kept)
            kept.clear()
            kept.extend(sorted(merged.items()))
        else:
            kept.extend(incoming)

    def know_bridge(self, unit: str, bridge: str) -> None:
        """Which kind of bridge a converter has, as the registry tells it."""
        self._bridges[unit] = bridge

    def bridge(self, unit: str) -> str | None:
        return self._bridges.get(unit)

    def family(self, unit: str) -> Family | None:
        return family_of(self._live.get(unit, ()))

    def units(self, *families: Family) -> list[str]:
        return sorted(unit for unit in self._live if self.family(unit) in families)

    def row(self, unit: str, monotonic_s: float, now_us: int) -> UnitRow | None:
        family = self.family(unit)
        if family is None:
            return None
        readings = {name: _at(live, monotonic_s) for name, live in self._live[unit].items()}
        for name, live in self._live.get(unit + _COOLER, {}).items():
            if name in ("heat", "efficiency"):
                readings[name] = _at(live, monotonic_s)
        kind = self._bridges.get(unit, family.value)
        curve = self.curve(f"{unit}.{_MAIN.get(family, '')}", now_us)
        return UnitRow(unit, family, kind, readings, thinned(curve, CURVE_CELLS))

    def is_current(self, unit: str, monotonic_s: float) -> bool:
        return any(_at(live, monotonic_s).quality <= 1 for live in self._live.get(unit, {}).values())

    def curve(self, point: str, now_us: int) -> Curve:
        """The window's samples; a pause longer than the pace of its neighbours is a gap."""
        live = self._live.get(split(point)[0], {}).get(split(point)[1])
        longest_us = 1e6 * max(1.5 * (live.stale_after_s if live else 10.0), self._gap_after_s.get(point, 0.0))
        first_us = now_us - 1e6 * WINDOW_S
        samples = [(ts_us, value) for ts_us, value in self._samples.get(point, ()) if ts_us >= first_us]
        pauses_us = [0, *(after - before for (before, _), (after, _) in pairwise(samples)), 0]
        ages: list[float] = []
        values: list[float | None] = []
        for i, (ts_us, value) in enumerate(samples):
            # As long as the one before or after it, a pause is the pace of a thin record.
            is_alone = pauses_us[i] > 1.5 * max(pauses_us[i - 1] if i else 0, pauses_us[i + 1])
            if pauses_us[i] > longest_us and is_alone:
                ages.append((now_us - ts_us) / 1e6)
                values.append(None)
            ages.append((now_us - ts_us) / 1e6)
            values.append(value)
        return Curve(tuple(ages), tuple(values))

    def know_rhythm(self, point: str, gap_after_s: float) -> None:
        """The record came at a slower pace than live readings do; what it calls no gap is none here."""
        self._gap_after_s[point] = gap_after_s

    def main_points(self) -> tuple[str, ...]:
        """The one curve of each unit that stands in the tables."""
        return tuple(f"{unit}.{_MAIN[family]}" for unit in self._live if (family := self.family(unit)) in _MAIN)

    def all_points_of(self, unit: str) -> tuple[str, ...]:
        return tuple(f"{unit}.{name}" for name in self._live.get(unit, {}))

    def points_of(self, unit: str) -> tuple[str, ...]:
        """What a trend of this unit shows first."""
        wanted = _TRENDED.get(self.family(unit) or Family.MAST, ())
        return tuple(f"{unit}.{name}" for name in wanted if name in self._live.get(unit, {}))

    def total_kw(self, *families: Family) -> float:
        """Of all that report now."""
        quantity = "active_power" if Family.CONVERTER in families else "generation"
        known = (self._live[unit].get(quantity) for unit in self.units(*families))
        return sum(live.value for live in known if live is not None and live.quality <= 1)


_MAIN = {Family.CONVERTER: "active_power", Family.SOLAR: "generation", Family.WIND: "generation"}
_TRENDED = {
    Family.CONVERTER: ("active_power", "reactive_power", "dc_voltage", "temperature"),
    Family.SOLAR: ("generation", "irradiance"),
    Family.WIND: ("generation", "wind_speed"),
    Family.MAST: ("ghi", "wind_speed", "air_temperature"),
}


def _at(live: _Live, monotonic_s: float) -> Reading:
    """Staleness is the screen's own business: a value nobody renews turns stale here, whoever fell silent."""
    age_s = max(0.0, monotonic_s - live.received_s)
    stale = live.quality < 2 and age_s > live.stale_after_s
    return Reading(live.value, 2 if stale else live.quality, age_s)


def thinned(curve: Curve, cells: int) -> tuple[float | None, ...]:
    """One value for each stretch of the window, held until the next reading and never across a gap."""
    held: list[float | None] = [None] * cells
    before: tuple[int, float] | None = None
    for age_s, value in zip(curve.ages_s, curve.values, strict=True):
        if value is None:
            before = None
            continue
        place = max(0, min(cells - 1, int((1.0 - age_s / WINDOW_S) * cells)))
        if before is not None:
            held[before[0] : place] = [before[1]] * (place - before[0])
        held[place] = value
        before = (place, value)
    return tuple(held)
