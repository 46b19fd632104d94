"""The current controller of a converter in the rotating frame, sampled as its processor does and stepped exactly."""

import cmath
from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True, slots=True)
class CurrentLoop:
    """A filter coil and the controller around it; complex numbers stand for d + jq.

    The controller follows the internal-model rule: kp = a L, ki = a R, which closes the loop to a / (s + a).
    """

    inductance_h: float
    resistance_ohm: float
    grid_rad_s: float
    bandwidth_rad_s: float = 1000.0
    sample_s: float = 20e-6
    decoupled: bool = True

    @property
    def proportional_ohm(self) -> float:
        return self.bandwidth_rad_s * self.inductance_h

    @property
    def integral_ohm_per_s(self) -> float:
        return self.bandwidth_rad_s * self.resistance_ohm


@dataclass(frozen=True, slots=True)
class LoopState:
    current_a: complex = 0j
    integral_as: complex = 0j


@dataclass(frozen=True, slots=True)
class _Sample:
    """One sample of the closed loop: the coil over a held voltage, solved exactly."""

    decay: complex
    gain_per_ohm: complex


@lru_cache(maxsize=64)
def _sample(loop: CurrentLoop) -> _Sample:
    impedance_ohm = loop.resistance_ohm + 1j * loop.grid_rad_s * loop.inductance_h
    decay = cmath.exp(-impedance_ohm / loop.inductance_h * loop.sample_s)
    return _Sample(decay, (1 - decay) / impedance_ohm)


@lru_cache(maxsize=256)
def _many_samples(loop: CurrentLoop, count: int) -> tuple[complex, ...]:
    """`count` samples of the unsaturated loop folded into one: a power of its matrix, so no step is skipped."""
    sample = _sample(loop)
    cross = 1j * loop.grid_rad_s * loop.inductance_h if loop.decoupled else 0j
    gain, kp, ki = sample.gain_per_ohm, loop.proportional_ohm, loop.integral_ohm_per_s
    one = np.array(
        [
            [sample.decay + gain * (cross - kp), gain * ki, gain * kp],
            [-loop.sample_s, 1.0, loop.sample_s],
            [0.0, 0.0, 1.0],
        ],
        dtype=np.complex128,
    )
    return tuple(complex(entry) for entry in np.linalg.matrix_power(one, count)[:2].ravel())


def commanded_voltage(loop: CurrentLoop, state: LoopState, reference_a: complex, grid_voltage_v: complex) -> complex:
    cross = 1j * loop.grid_rad_s * loop.inductance_h * state.current_a if loop.decoupled else 0j
    error_a = reference_a - state.current_a
    return loop.proportional_ohm * error_a + loop.integral_ohm_per_s * state.integral_as + cross + grid_voltage_v


def advance(
    loop: CurrentLoop, state: LoopState, reference_a: complex, grid_voltage_v: complex, *, limit_v: float, samples: int
) -> LoopState:
    """The loop `samples` later, reference and grid held: in one jump, or sample by sample while the voltage limits."""
    taken = 0
    while taken < samples and abs(commanded_voltage(loop, state, reference_a, grid_voltage_v)) > limit_v:
        state = _limited_sample(loop, state, reference_a, grid_voltage_v, limit_v)
        taken += 1
    if taken == samples:
        return state
    jump = _many_samples(loop, samples - taken)
    current_a, integral_as = state.current_a, state.integral_as
    return LoopState(
        jump[0] * current_a + jump[1] * integral_as + jump[2] * reference_a,
        jump[3] * current_a + jump[4] * integral_as + jump[5] * reference_a,
    )


def _limited_sample(
    loop: CurrentLoop, state: LoopState, reference_a: complex, grid_voltage_v: complex, limit_v: float
) -> LoopState:
    """One sample at the voltage limit; the integral is told what the bridge could not give, so it does not wind up."""
    wanted_v = commanded_voltage(loop, state, reference_a, grid_voltage_v)
    given_v = wanted_v * (limit_v / abs(wanted_v))
    sample = _sample(loop)
    error_a = reference_a - state.current_a + (given_v - wanted_v) / loop.proportional_ohm
    return LoopState(
        sample.decay * state.current_a + sample.gain_per_ohm * (given_v - grid_voltage_v),
        state.integral_as + loop.sample_s * error_a,
    )


def limit_magnitude(reference_a: complex, limit_a: float) -> complex:
    """The reference inside the current limit: active current first, what is left for reactive current."""
    active_a = max(-limit_a, min(limit_a, reference_a.real))
    room_a = max(limit_a**2 - active_a**2, 0.0) ** 0.5
    return complex(active_a, max(-room_a, min(room_a, reference_a.imag)))
