"""Losses of a converter's switches, and the heat they leave in junction and sink."""

import math
from dataclasses import dataclass

from backend_core.virtual_grid.rules.bridge import Bridge

DERATE_ABOVE_C = 125.0
TRIP_AT_C = 150.0


@dataclass(frozen=True, slots=True)
class Switches:
    """One switch with its diode as its data sheet gives it, and how many there are."""

    count: int
    threshold_v: float
    slope_ohm: float
    diode_threshold_v: float
    diode_slope_ohm: float
    switching_energy_j: float
    reference_current_a: float
    reference_voltage_v: float


@dataclass(frozen=True, slots=True)
class Duty:
    """What the bridge is doing: enough to say what it loses."""

    peak_current_a: float
    modulation: float
    power_factor: float
    dc_voltage_v: float
    switching_hz: float


@dataclass(frozen=True, slots=True)
class Foster:
    """A thermal path as stages of resistance and time constant."""

    resistances_k_w: tuple[float, ...]
    time_constants_s: tuple[float, ...]


def conduction_w(switches: Switches, duty: Duty) -> float:
    """Switch and its diode together, over one period of a sine."""
    peak_a, m_cos = duty.peak_current_a, duty.modulation * duty.power_factor
    switch_w = _conducting_w(switches.threshold_v, switches.slope_ohm, peak_a, m_cos)
    return switch_w + _conducting_w(switches.diode_threshold_v, switches.diode_slope_ohm, peak_a, -m_cos)


def _conducting_w(threshold_v: float, slope_ohm: float, peak_a: float, m_cos: float) -> float:
    average_a = peak_a * (1.0 / (2.0 * math.pi) + m_cos / 8.0)
    square_a2 = peak_a**2 * (1.0 / 8.0 + m_cos / (3.0 * math.pi))
    return threshold_v * max(average_a, 0.0) + slope_ohm * max(square_a2, 0.0)


def switching_w(switches: Switches, duty: Duty) -> float:
    current_share = duty.peak_current_a / switches.reference_current_a
    voltage_share = duty.dc_voltage_v / switches.reference_voltage_v
    return float(duty.switching_hz * switches.switching_energy_j / math.pi * current_share * voltage_share**1.3)


def loss_per_switch_w(bridge: Bridge, switches: Switches, duty: Duty) -> float:
    if bridge is Bridge.BUCK:
        return _buck_loss_w(switches, duty)
    if bridge is Bridge.NPC:
        # Two devices of four conduct in series and each switches half the link; the mean over the leg is taken.
        half = Duty(duty.peak_current_a, duty.modulation, duty.power_factor, duty.dc_voltage_v / 2, duty.switching_hz)
        return conduction_w(switches, duty) + 0.5 * switching_w(switches, half)
    return conduction_w(switches, duty) + switching_w(switches, duty)


def _buck_loss_w(switches: Switches, duty: Duty) -> float:
    """Direct current: the switch carries it for the duty cycle, the diode for the rest; every edge at full current."""
    current_a, on_share = duty.peak_current_a, duty.modulation
    on_w = switches.threshold_v * current_a + switches.slope_ohm * current_a**2
    off_w = switches.diode_threshold_v * current_a + switches.diode_slope_ohm * current_a**2
    return on_share * on_w + (1.0 - on_share) * off_w + math.pi * switching_w(switches, duty)


def warm(path: Foster, rises_k: tuple[float, ...], power_w: float, dt_s: float) -> tuple[float, ...]:
    """Temperature rise of each stage `dt_s` later at constant power, exactly."""
    return tuple(
        rise + (1.0 - math.exp(-dt_s / tau)) * (power_w * resistance - rise)
        for rise, resistance, tau in zip(rises_k, path.resistances_k_w, path.time_constants_s, strict=True)
    )


def derating(junction_c: float) -> float:
    """Share of the current limit that heat leaves: all of it up to 125 degC, nothing at 150."""
    return max(0.0, min(1.0, (TRIP_AT_C - junction_c) / (TRIP_AT_C - DERATE_ABOVE_C)))
