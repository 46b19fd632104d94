"""A grid converter from its set-points to what its meters say: currents, link, powers, distortion and heat."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from numpy.random import Generator

from backend_core.virtual_grid.rules import converter_heat as heat
from backend_core.virtual_grid.rules import current_loop, dc_link, harmonics
from backend_core.virtual_grid.rules.bridge import Bridge
from backend_core.virtual_grid.rules.converter_heat import Duty, Foster, Switches
from backend_core.virtual_grid.rules.current_loop import CurrentLoop, LoopState
from backend_core.virtual_grid.rules.dc_link import DcLink, LinkState

SUB_STEP_S = 0.005
# A longer tick takes longer sub-steps, each still exact: the hours before the demo are filled in this way.
MOST_SUB_STEPS = 100
# Below this the phase lock is lost and the bridge blocks until the grid returns.
BLOCK_BELOW_PU = 0.3
# A failed fan leaves natural convection: a sink five times as resistive.
COOLING_LOST_FACTOR = 4.0
_STEPS_TO_SETTLE, _LONG_S = 3, 7200.0
_SOURCE_NOISE, _SOURCE_NOISE_S = 0.02, 8.0


@dataclass(frozen=True, slots=True)
class ConverterParameters:
    """Name plate, control and cooling of one converter; `voltage_v` is line to line, or the output of a BUCK."""

    kind: Bridge
    rated_kva: float
    voltage_v: float
    loop: CurrentLoop
    link: DcLink
    switches: Switches
    switching_hz: float
    sink: Foster
    junction: Foster
    limit_share: float = 1.2
    ramp_kw_per_s: float = 20.0

    @property
    def is_direct(self) -> bool:
        return self.kind is Bridge.BUCK

    @property
    def rated_current_a(self) -> float:
        """Peak phase current, or the coil's current of a BUCK."""
        return self.rated_kva * 1e3 / self.power_per_ampere(1.0)

    def power_per_ampere(self, voltage_pu: float) -> float:
        """Watts of active power for one ampere in the d axis: 1.5 v_d, or the output voltage."""
        return self.voltage_v if self.is_direct else 1.5 * voltage_pu * self.voltage_v * math.sqrt(2.0 / 3.0)


@dataclass(frozen=True, slots=True)
class ConverterInputs:
    active_power_kw: float
    reactive_power_kvar: float = 0.0
    bus_voltage_pu: float = 1.0
    ambient_c: float = 25.0
    background_thd_percent: float = 1.2
    cooling_fault: float = 0.0
    reset: bool = False


@dataclass(frozen=True, slots=True)
class ConverterState:
    loop: LoopState
    link: LinkState
    sink_k: tuple[float, ...]
    junction_k: tuple[float, ...]
    ordered_kw: float = 0.0
    source_noise: float = 0.0
    junction_c: float = 25.0
    loss_kw: float = 0.0
    tripped: bool = False


def start(parameters: ConverterParameters, ambient_c: float = 25.0) -> ConverterState:
    """Switched off and cold."""
    cold_sink = (0.0,) * len(parameters.sink.resistances_k_w)
    cold_junction = (0.0,) * len(parameters.junction.resistances_k_w)
    return ConverterState(LoopState(), LinkState(), cold_sink, cold_junction, junction_c=ambient_c)


def start_running(parameters: ConverterParameters, inputs: ConverterInputs) -> ConverterState:
    """At its set-point for hours already, and as warm as that makes it."""
    state = replace(start(parameters, inputs.ambient_c), ordered_kw=inputs.active_power_kw)
    for _ in range(_STEPS_TO_SETTLE):
        state = _thermal(parameters, _electrical(parameters, state, inputs, 0.5), inputs, _LONG_S)
    return state


def step(
    parameters: ConverterParameters, state: ConverterState, inputs: ConverterInputs, dt_s: float, rng: Generator
) -> tuple[ConverterState, dict[str, float]]:
    """The converter `dt_s` later and its meters' readings."""
    state = _ordered(parameters, _protected(state, inputs), inputs, dt_s, rng)
    state = _electrical(parameters, state, inputs, dt_s)
    state = _thermal(parameters, state, inputs, dt_s)
    return state, _readings(parameters, state, inputs, rng)


def _protected(state: ConverterState, inputs: ConverterInputs) -> ConverterState:
    """Tripped by heat, and back only by a reset of a junction that has cooled."""
    if state.junction_c >= heat.TRIP_AT_C:
        return replace(state, tripped=True)
    if inputs.reset and state.junction_c < heat.DERATE_ABOVE_C:
        return replace(state, tripped=False)
    return state


def is_blocked(state: ConverterState, inputs: ConverterInputs) -> bool:
    return state.tripped or inputs.bus_voltage_pu < BLOCK_BELOW_PU


def _ordered(
    parameters: ConverterParameters, state: ConverterState, inputs: ConverterInputs, dt_s: float, rng: Generator
) -> ConverterState:
    """The set-point on its ramp, and the restlessness of the source behind it."""
    step_kw = parameters.ramp_kw_per_s * dt_s
    wanted_kw = 0.0 if is_blocked(state, inputs) else inputs.active_power_kw
    change_kw = max(-step_kw, min(step_kw, wanted_kw - state.ordered_kw))
    keep = math.exp(-dt_s / _SOURCE_NOISE_S)
    noise = keep * state.source_noise + _SOURCE_NOISE * math.sqrt(1.0 - keep**2) * float(rng.standard_normal())
    ordered_kw = 0.0 if is_blocked(state, inputs) else state.ordered_kw + change_kw
    return replace(state, ordered_kw=ordered_kw, source_noise=noise)


def _electrical(
    parameters: ConverterParameters, state: ConverterState, inputs: ConverterInputs, dt_s: float
) -> ConverterState:
    """Link and current loop in turn, each exact inside its sub-step."""
    if is_blocked(state, inputs):
        return replace(state, loop=LoopState(), link=LinkState())
    watts_per_a = parameters.power_per_ampere(inputs.bus_voltage_pu)
    limit_a = parameters.rated_current_a * parameters.limit_share * heat.derating(state.junction_c)
    # Heat or a low grid leaves less room: the source is held back, so the link need not carry the difference.
    room_w = limit_a * watts_per_a
    source_w = max(-room_w, min(room_w, state.ordered_kw * 1e3 * (1.0 + state.source_noise)))
    loop, link = state.loop, state.link
    sub_steps = max(1, min(round(dt_s / SUB_STEP_S), MOST_SUB_STEPS))
    samples = round(dt_s / sub_steps / parameters.loop.sample_s)
    for _ in range(sub_steps):
        link = dc_link.advance(parameters.link, link, source_w, room_w, dt_s / sub_steps)
        reference_a = current_loop.limit_magnitude(_reference(parameters, link, inputs, watts_per_a), limit_a)
        ceiling_v = _voltage_limit(parameters, dc_link.link_voltage(parameters.link, link))
        grid_v = complex(_grid_voltage(parameters, inputs))
        loop = current_loop.advance(parameters.loop, loop, reference_a, grid_v, limit_v=ceiling_v, samples=samples)
    return replace(state, loop=loop, link=link)


def _reference(
    parameters: ConverterParameters, link: LinkState, inputs: ConverterInputs, watts_per_a: float
) -> complex:
    # Q = -1.5 v_d i_q with the d axis on the grid voltage.
    reactive_a = 0.0 if parameters.is_direct else -inputs.reactive_power_kvar * 1e3 / watts_per_a
    return complex(dc_link.power_out(parameters.link, link) / watts_per_a, reactive_a)


def _grid_voltage(parameters: ConverterParameters, inputs: ConverterInputs) -> float:
    if parameters.is_direct:
        return parameters.voltage_v
    return inputs.bus_voltage_pu * parameters.voltage_v * math.sqrt(2.0 / 3.0)


def _voltage_limit(parameters: ConverterParameters, link_v: float) -> float:
    return link_v if parameters.is_direct else link_v / math.sqrt(3.0)


def _duty(parameters: ConverterParameters, state: ConverterState, inputs: ConverterInputs) -> Duty:
    current = state.loop.current_a
    link_v = max(dc_link.link_voltage(parameters.link, state.link), 1.0)
    grid_v = complex(_grid_voltage(parameters, inputs))
    bridge_v = abs(current_loop.commanded_voltage(parameters.loop, state.loop, current, grid_v))
    modulation = min(bridge_v / link_v if parameters.is_direct else 2.0 * bridge_v / link_v, 1.15)
    power_factor = abs(current.real) / abs(current) if abs(current) > 0.0 else 1.0
    return Duty(abs(current), modulation, power_factor, link_v, parameters.switching_hz)


def _thermal(
    parameters: ConverterParameters, state: ConverterState, inputs: ConverterInputs, dt_s: float
) -> ConverterState:
    duty = _duty(parameters, state, inputs)
    per_switch_w = 0.0
    if not is_blocked(state, inputs) and duty.peak_current_a > 0.0:
        per_switch_w = heat.loss_per_switch_w(parameters.kind, parameters.switches, duty)
    loss_w = per_switch_w * parameters.switches.count
    sink = _sink_with_fault(parameters.sink, inputs.cooling_fault)
    sink_k = heat.warm(sink, state.sink_k, loss_w, dt_s)
    junction_k = heat.warm(parameters.junction, state.junction_k, per_switch_w, dt_s)
    junction_c = inputs.ambient_c + sum(sink_k) + sum(junction_k)
    return replace(state, sink_k=sink_k, junction_k=junction_k, junction_c=junction_c, loss_kw=loss_w / 1e3)


def _sink_with_fault(sink: Foster, cooling_fault: float) -> Foster:
    """Less air: more resistance. The time constant stays, for a dead fan also strips the sink's cooled mass."""
    factor = 1.0 + COOLING_LOST_FACTOR * max(0.0, min(1.0, cooling_fault))
    return Foster(tuple(resistance * factor for resistance in sink.resistances_k_w), sink.time_constants_s)


def distortion_percent(parameters: ConverterParameters, state: ConverterState, inputs: ConverterInputs) -> float | None:
    """Current distortion, or the coil's ripple of a BUCK; None while no current flows."""
    duty = _duty(parameters, state, inputs)
    share = duty.peak_current_a / parameters.rated_current_a
    if share < harmonics.LEAST_CURRENT_SHARE:
        return None
    loop = parameters.loop
    if parameters.is_direct:
        on_share = min(duty.modulation, 1.0)
        ripple_a = harmonics.buck_ripple_a(duty.dc_voltage_v, on_share, loop.inductance_h, parameters.switching_hz)
        return 100.0 * ripple_a / duty.peak_current_a
    base_ohm = parameters.voltage_v**2 / (parameters.rated_kva * 1e3)
    filter_pu = loop.grid_rad_s * loop.inductance_h / base_ohm
    own = harmonics.current_thd_percent(
        parameters.kind, duty.modulation, filter_pu, parameters.switching_hz / 1e3, share
    )
    return harmonics.in_quadrature(own, inputs.background_thd_percent)


def _readings(
    parameters: ConverterParameters, state: ConverterState, inputs: ConverterInputs, rng: Generator
) -> dict[str, float]:
    """True values with their meters' noise: 0.2 % on voltages, 0.3 % of rating on currents, 0.2 K."""
    noise = rng.standard_normal(7)
    voltage_pu = 1.0 if parameters.is_direct else inputs.bus_voltage_pu
    voltage_v = voltage_pu * parameters.voltage_v * (1.0 + 0.002 * float(noise[0]))
    link_v = dc_link.link_voltage(parameters.link, state.link) * (1.0 + 0.001 * float(noise[1]))
    seen_a = 0.0 if is_blocked(state, inputs) else 0.003 * parameters.rated_current_a
    current_d_a = state.loop.current_a.real + seen_a * float(noise[2])
    current_q_a = 0.0 if parameters.is_direct else state.loop.current_a.imag + seen_a * float(noise[3])
    watts_per_a = parameters.power_per_ampere(voltage_pu)
    readings = {
        "voltage": voltage_v,
        "dc_voltage": link_v,
        "current_d": current_d_a,
        "current_q": current_q_a,
        "active_power": watts_per_a * current_d_a / 1e3,
        "reactive_power": 0.0 if parameters.is_direct else -watts_per_a * current_q_a / 1e3,
        "temperature": state.junction_c + 0.2 * float(noise[4]),
    }
    distortion = distortion_percent(parameters, state, inputs)
    if distortion is not None:
        readings["thd"] = max(distortion * (1.0 + 0.02 * float(noise[5])), 0.0)
    return {quantity: round(value, 3) for quantity, value in readings.items()}


def cooler(parameters: ConverterParameters, state: ConverterState) -> dict[str, float]:
    """What the instruments at its heat sink say: the loss in kW, the sink in degC, and the efficiency in percent."""
    readings = {"heat": state.loss_kw, "temperature": state.junction_c - sum(state.junction_k)}
    given_kw = abs(state.loop.current_a.real) * parameters.power_per_ampere(1.0) / 1e3
    if given_kw > harmonics.LEAST_CURRENT_SHARE * parameters.rated_kva:
        readings["efficiency"] = 100.0 * given_kw / (given_kw + state.loss_kw)
    return {quantity: round(value, 3) for quantity, value in readings.items()}


_GRID_RAD_S = 2.0 * math.pi * 50.0

TWO_LEVEL_100_KVA = ConverterParameters(
    kind=Bridge.TWO_LEVEL,
    rated_kva=100.0,
    voltage_v=400.0,
    loop=CurrentLoop(0.5e-3, 0.025, _GRID_RAD_S),
    link=DcLink(4.7e-3, 800.0),
    switches=Switches(6, 0.80, 3.5e-3, 0.90, 4.0e-3, 40.3e-3, 300.0, 600.0),
    switching_hz=10e3,
    sink=Foster((0.040,), (90.0,)),
    junction=Foster((0.030, 0.067), (0.03, 0.6)),
)
NPC_250_KVA = ConverterParameters(
    kind=Bridge.NPC,
    rated_kva=250.0,
    voltage_v=690.0,
    loop=CurrentLoop(0.5e-3, 0.025, _GRID_RAD_S),
    link=DcLink(5.0e-3, 1250.0),
    switches=Switches(12, 0.85, 2.6e-3, 0.95, 2.9e-3, 90e-3, 450.0, 600.0),
    switching_hz=5e3,
    sink=Foster((0.018,), (120.0,)),
    junction=Foster((0.030, 0.080), (0.03, 0.6)),
    ramp_kw_per_s=40.0,
)
BUCK_60_KW = ConverterParameters(
    kind=Bridge.BUCK,
    rated_kva=60.0,
    voltage_v=400.0,
    loop=CurrentLoop(2.2e-3, 0.11, 0.0),
    link=DcLink(3.0e-3, 750.0),
    switches=Switches(2, 0.80, 3.5e-3, 0.90, 4.0e-3, 16e-3, 200.0, 600.0),
    switching_hz=16e3,
    sink=Foster((0.050,), (75.0,)),
    junction=Foster((0.02, 0.045), (0.03, 0.6)),
    ramp_kw_per_s=10.0,
)

STANDARD: Mapping[str, ConverterParameters] = MappingProxyType(
    {"CONV-001": TWO_LEVEL_100_KVA, "CONV-002": NPC_250_KVA, "CONV-003": BUCK_60_KW}
)
