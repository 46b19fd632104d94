"""A sensor at the far end of a low-voltage feeder, and the faults it is made to show so that they can be found."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from numpy.random import Generator

from backend_core.virtual_grid.rules.chance import wander

NOMINAL_V = 230.0
LEAST_INTERVAL_S, MOST_INTERVAL_S = 1.0, 3.0
# The substation's transformer holds the feeder's voltage in steps of 1.25 % within +-10 %, as slowly as real ones.
TAP_STEP, MOST_TAPS, TAP_DEADBAND, TAP_DELAY_S = 0.0125, 8, 0.010, 20.0


class Anomaly(Enum):
    SPIKE = "spike"
    DRIFT = "drift"
    STUCK = "stuck"
    GAP = "gap"


# (share of all anomalies, readings one lasts): long ones are rare, so each kind is seen about as often.
_ANOMALIES = {
    Anomaly.SPIKE: (0.55, 1),
    Anomaly.DRIFT: (0.15, 24),
    Anomaly.STUCK: (0.15, 12),
    Anomaly.GAP: (0.15, 8),
}
_QUANTITIES = ("voltage", "current", "temperature")
# A spike and a full drift are this many times the quantity's ordinary restlessness.
_RESTLESSNESS = {"voltage": 1.0, "current": 0.15, "temperature": 0.8}


@dataclass(frozen=True, slots=True)
class SensorParameters:
    """`load_a` flows at full daily load; `feeder_ohm` lies between the substation and the sensor."""

    bus: str
    load_a: float = 5.0
    feeder_ohm: float = 0.35
    warm_above_air_k: float = 14.0
    anomaly_share: float = 0.01


@dataclass(frozen=True, slots=True)
class SensorInputs:
    """`load_share` is the daily curve of the grid's loads, near 1 at the peak."""

    bus_voltage_pu: float
    load_share: float = 0.8
    ambient_c: float = 22.0
    silenced: bool = False


@dataclass(frozen=True, slots=True)
class InjectedAnomaly:
    """Ground truth: from this reading on, for so many, this quantity (a gap: all) is not what it was."""

    kind: Anomaly
    quantity: str
    readings: int
    magnitude: float


@dataclass(frozen=True, slots=True)
class SensorOutput:
    """`quantities` is None while nothing is sent; `injected` stands at the first reading of an anomaly."""

    quantities: dict[str, float] | None
    injected: InjectedAnomaly | None = None


@dataclass(frozen=True, slots=True)
class SensorState:
    tap: int = 0
    off_target_s: float = 0.0
    load_unrest: float = 0.0
    ripple_v: float = 0.0
    temperature_c: float | None = None
    anomaly: InjectedAnomaly | None = None
    anomaly_age: int = 0
    stuck_at: float = 0.0


def start(parameters: SensorParameters, inputs: SensorInputs) -> SensorState:
    """With the tap where it would have come to."""
    wanted = round((1.0 / inputs.bus_voltage_pu - 1.0) / TAP_STEP) if inputs.bus_voltage_pu > 0.1 else 0
    return SensorState(tap=max(-MOST_TAPS, min(MOST_TAPS, wanted)))


def next_interval_s(rng: Generator) -> float:
    return float(rng.uniform(LEAST_INTERVAL_S, MOST_INTERVAL_S))


def step(
    parameters: SensorParameters, state: SensorState, inputs: SensorInputs, dt_s: float, rng: Generator
) -> tuple[SensorState, SensorOutput]:
    """The next reading. `dt_s` is the time since the last one."""
    state = _tapped(state, inputs.bus_voltage_pu, dt_s)
    state, truth = _measured(parameters, state, inputs, dt_s, rng)
    state, injected = _anomaly_of_now(parameters, state, truth, rng)
    if inputs.silenced or (state.anomaly is not None and state.anomaly.kind is Anomaly.GAP):
        return state, SensorOutput(None, injected)
    return state, SensorOutput({name: round(value, 3) for name, value in _shown(state, truth).items()}, injected)


def feeder_voltage_v(parameters: SensorParameters, tap: int, bus_voltage_pu: float, current_a: float) -> float:
    """At the feeder's end, never below nothing."""
    return max(0.0, NOMINAL_V * bus_voltage_pu * (1.0 + TAP_STEP * tap) - parameters.feeder_ohm * current_a)


def _tapped(state: SensorState, bus_voltage_pu: float, dt_s: float) -> SensorState:
    """One step of the tap changer after its delay; it rests over a dead bus, where there is nothing to hold."""
    error = bus_voltage_pu * (1.0 + TAP_STEP * state.tap) - 1.0
    if abs(error) <= TAP_DEADBAND or bus_voltage_pu < 0.5:
        return replace(state, off_target_s=0.0)
    if state.off_target_s + dt_s < TAP_DELAY_S:
        return replace(state, off_target_s=state.off_target_s + dt_s)
    wanted = state.tap - int(math.copysign(1, error))
    return replace(state, tap=max(-MOST_TAPS, min(MOST_TAPS, wanted)), off_target_s=0.0)


def _measured(
    parameters: SensorParameters, state: SensorState, inputs: SensorInputs, dt_s: float, rng: Generator
) -> tuple[SensorState, dict[str, float]]:
    unrest = wander(state.load_unrest, 0.0, 0.07, 90.0, dt_s, rng)
    ripple_v = wander(state.ripple_v, 0.0, 0.7, 15.0, dt_s, rng)
    live = inputs.bus_voltage_pu > 0.0
    current_a = parameters.load_a * inputs.load_share * max(0.0, 1.0 + unrest) if live else 0.0
    voltage_v = feeder_voltage_v(parameters, state.tap, inputs.bus_voltage_pu, current_a)
    settled_c = inputs.ambient_c + parameters.warm_above_air_k * (current_a / parameters.load_a) ** 2
    before_c = settled_c if state.temperature_c is None else state.temperature_c
    temperature_c = settled_c + (before_c - settled_c) * math.exp(-dt_s / 600.0)
    state = replace(state, load_unrest=unrest, ripple_v=ripple_v, temperature_c=temperature_c)
    noise = rng.standard_normal(3)
    return state, {
        "voltage": voltage_v + ripple_v + 0.3 * float(noise[0]) if live else 0.0,
        "current": max(0.0, current_a + 0.03 * float(noise[1])) if live else 0.0,
        "temperature": temperature_c + 0.1 * float(noise[2]),
    }


def _anomaly_of_now(
    parameters: SensorParameters, state: SensorState, truth: dict[str, float], rng: Generator
) -> tuple[SensorState, InjectedAnomaly | None]:
    """Go on with the anomaly that runs, or perhaps begin one. The dice fall alike either way: same seed, same run."""
    begins, which, what, size = (float(number) for number in rng.random(4))
    if state.anomaly is not None and state.anomaly_age + 1 < state.anomaly.readings:
        return replace(state, anomaly_age=state.anomaly_age + 1), None
    if begins >= _begin_chance(parameters.anomaly_share):
        return replace(state, anomaly=None, anomaly_age=0), None
    anomaly = _drawn(which, what, size)
    stuck_at = truth.get(anomaly.quantity, 0.0)
    return replace(state, anomaly=anomaly, anomaly_age=0, stuck_at=stuck_at), anomaly


def _begin_chance(share: float) -> float:
    """Per healthy reading, so that `share` of all readings belong to an anomaly."""
    mean_readings = sum(part * readings for part, readings in _ANOMALIES.values())
    return share / (mean_readings * (1.0 - share)) if share < 1.0 else 1.0


def _drawn(which: float, what: float, size: float) -> InjectedAnomaly:
    passed, kind = 0.0, Anomaly.GAP
    for candidate, (part, _) in _ANOMALIES.items():
        passed += part
        if which < passed:
            kind = candidate
            break
    quantity = _QUANTITIES[int(what * len(_QUANTITIES))]
    if kind in (Anomaly.GAP, Anomaly.STUCK):
        magnitude = 0.0
    else:
        # Ten to thirty times the ordinary: 210 or 250 V are typical spikes.
        magnitude = math.copysign((10.0 + 40.0 * abs(size - 0.5)) * _RESTLESSNESS[quantity], size - 0.5)
    return InjectedAnomaly(kind, "all" if kind is Anomaly.GAP else quantity, _ANOMALIES[kind][1], round(magnitude, 3))


def _shown(state: SensorState, truth: dict[str, float]) -> dict[str, float]:
    anomaly = state.anomaly
    if anomaly is None or anomaly.quantity not in truth:
        return truth
    value = truth[anomaly.quantity]
    if anomaly.kind is Anomaly.SPIKE:
        value += anomaly.magnitude
    elif anomaly.kind is Anomaly.DRIFT:
        value += anomaly.magnitude * (state.anomaly_age + 1) / anomaly.readings
    elif anomaly.kind is Anomaly.STUCK:
        value = state.stuck_at
    return {**truth, anomaly.quantity: value}


def _standard() -> dict[str, SensorParameters]:
    """Ten feeders, two at each bus, no two alike."""
    return {
        f"sensor_{index}": SensorParameters(
            bus=f"BUS-{index % 5 + 1:03d}",
            load_a=4.2 + 0.23 * index,
            feeder_ohm=0.20 + 0.03 * index,
            warm_above_air_k=11.0 + 0.9 * index,
        )
        for index in range(10)
    }


STANDARD: Mapping[str, SensorParameters] = MappingProxyType(_standard())
