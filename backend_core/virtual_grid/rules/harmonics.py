"""How much ripple and distortion a converter's switching leaves in its current."""

import math

import numpy as np

from backend_core.virtual_grid.rules.bridge import Bridge

# Percent of rated current for 1 kHz and 1 pu of filter, over the modulation index; from full computed spectra of
# sine modulation with an inductive filter at 50 Hz and 2 to 10 kHz.
_MODULATION = (0.7, 0.8, 0.9, 1.0)
_COEFFICIENT = {
    Bridge.TWO_LEVEL: (2.64, 2.50, 2.43, 2.41),
    Bridge.NPC: (1.27, 1.12, 1.10, 1.18),
}
# Below this share of rated current a distortion in percent of the fundamental says nothing.
LEAST_CURRENT_SHARE = 0.02


def current_thd_percent(
    bridge: Bridge, modulation: float, filter_pu: float, switching_khz: float, current_share: float
) -> float:
    """Distortion of the current behind a coil of `filter_pu`, in percent of the current that flows."""
    coefficient = float(np.interp(modulation, _MODULATION, _COEFFICIENT[bridge]))
    return coefficient / (filter_pu * switching_khz) / max(current_share, LEAST_CURRENT_SHARE)


def in_quadrature(*parts_percent: float) -> float:
    """Distortions of different origin do not add up: their squares do."""
    return math.hypot(*parts_percent)


def buck_ripple_a(input_v: float, duty: float, inductance_h: float, switching_hz: float) -> float:
    return input_v * duty * (1.0 - duty) / (inductance_h * switching_hz)


def buck_ripple_v(ripple_a: float, capacitance_f: float, switching_hz: float) -> float:
    return ripple_a / (8.0 * capacitance_f * switching_hz)
