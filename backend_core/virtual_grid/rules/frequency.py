"""The frequency of an island: inertia, self-regulation of loads, governors with droop, and the slow hand of AGC."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from backend_core.virtual_grid.rules.chance import wander

SUB_STEP_S = 0.02
SETTLED_AFTER_S = 60.0
"""In a longer step, as when the day before is computed, only this much of it swings."""
RESTLESSNESS_HZ, RESTLESSNESS_MEMORY_S = 0.006, 8.0


@dataclass(frozen=True, slots=True)
class FrequencyParameters:
    """Per unit on the capacity of the island's machines."""

    nominal_hz: float = 50.0
    inertia_s: float = 5.0
    damping: float = 1.0
    droop: float = 0.05
    governor_lag_s: float = 0.8
    agc_per_s: float = 0.3


@dataclass(frozen=True, slots=True)
class FrequencyState:
    """Deviation from nominal, what governors and AGC add to the schedule, and the unrest of a real system."""

    deviation_hz: float = 0.0
    governor_pu: float = 0.0
    agc_pu: float = 0.0
    unrest_hz: float = 0.0


def step(parameters: FrequencyParameters, state: FrequencyState, surplus_load_pu: float, dt_s: float) -> FrequencyState:
    """`dt_s` later, while the load exceeds what was scheduled by this share of the capacity."""
    p = parameters
    deviation, governor, agc = state.deviation_hz, state.governor_pu, state.agc_pu
    swinging_s = min(dt_s, SETTLED_AFTER_S)
    steps = max(1, round(swinging_s / SUB_STEP_S))
    h = swinging_s / steps
    for _ in range(steps):
        relative = deviation / p.nominal_hz
        acceleration = p.nominal_hz / (2.0 * p.inertia_s) * (governor - surplus_load_pu - p.damping * relative)
        wanted = agc - relative / p.droop
        deviation += h * acceleration
        governor += h * (wanted - governor) / p.governor_lag_s
        agc -= h * p.agc_per_s * relative
    return FrequencyState(deviation, governor, agc, state.unrest_hz)


def unrest(state: FrequencyState, dt_s: float, rng: Generator) -> FrequencyState:
    """The small wandering that every interconnected system shows."""
    moved = wander(state.unrest_hz, 0.0, RESTLESSNESS_HZ, RESTLESSNESS_MEMORY_S, dt_s, rng)
    return FrequencyState(state.deviation_hz, state.governor_pu, state.agc_pu, moved)


def frequency_hz(parameters: FrequencyParameters, state: FrequencyState) -> float:
    """What a meter would see without its own error; machines trip beyond 47 and 53 Hz, so it is held there."""
    seen = parameters.nominal_hz + state.deviation_hz + state.unrest_hz
    return min(max(seen, 0.94 * parameters.nominal_hz), 1.06 * parameters.nominal_hz)
