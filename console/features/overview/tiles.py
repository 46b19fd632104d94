"""The state in words and marks: which number is shown how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_core.kernel.quality import Quality
from console.features.overview import state as keys
from console.features.overview import words
from console.features.overview.state import Figures, OverviewState
from console.features.overview.sums_state import Reading, Sum, share_percent
from ui.figures import Figure
from ui.marks import Mark
from ui.tones import PRIORITY_TONES
from ui.values import NEVER_TEXT, Shown, show_value

if TYPE_CHECKING:
    from backend_core.outages.model import Board

_NEVER = Shown(NEVER_TEXT, "tertiary")


def all_figures(state: OverviewState, now: Figures, now_us: int) -> list[Figure]:
    """The seven figures in the order of the strip."""
    return [
        _frequency(state, now, now_us),
        _power(state, keys.LOAD, words.LOAD, now.load, now_us),
        _power(state, keys.GENERATION, words.GENERATION, now.generation, now_us),
        _losses(state, now, now_us),
        _voltage(state, now, now_us),
        _devices(state, now_us),
        _outage(state, now_us),
    ]


def points_of(key: str, state: OverviewState, now: Figures) -> tuple[str, ...]:
    """What a trend of this figure is made of."""
    grid = state.grid
    if grid is None:
        return ()
    match key:
        case keys.FREQUENCY:
            return (now.frequency_point,) if now.frequency_point else grid.frequencies[:1]
        case keys.LOAD:
            return grid.loads
        case keys.GENERATION:
            return grid.sources
        case keys.LOSSES:
            return (*grid.sources, *grid.loads)
        case keys.VOLTAGE:
            return tuple(point for _, _, point, _ in grid.voltages)
    return ()


def _frequency(state: OverviewState, now: Figures, now_us: int) -> Figure:
    priority, unseen = state.priority_of(state.grid.frequencies if state.grid else ())
    curve = state.curves.curve(now.frequency_point, now_us)
    value = _of_reading(now.frequency, 3, _tone(priority))
    unit = words.STARTING if now.frequency is None else _unit(words.HERTZ, now.frequency)
    return _figure(keys.FREQUENCY, words.FREQUENCY, value, unit, curve, _mark(priority, unseen))


def _power(state: OverviewState, key: str, name: str, power: Sum, now_us: int) -> Figure:
    unit = _sum_unit(words.MEGAWATT, power)
    return _figure(key, name, _of_sum(power), unit, state.curves.curve(key, now_us))


def _losses(state: OverviewState, now: Figures, now_us: int) -> Figure:
    power = now.losses
    unit = _sum_unit(words.losses_unit(share_percent(power, now.generation)), power)
    return _figure(keys.LOSSES, words.LOSSES, _of_sum(power), unit, state.curves.curve(keys.LOSSES, now_us))


def _voltage(state: OverviewState, now: Figures, now_us: int) -> Figure:
    worst = now.worst_bus
    if worst is None:
        unit = words.all_dead(now.dead_buses) if now.dead_buses else words.STARTING
        return _figure(keys.VOLTAGE, words.VOLTAGE, _NEVER, unit)
    priority, unseen = state.priority_of((worst.point,))
    unit = words.voltage_unit(worst.name, now.dead_buses)
    value = _of_reading(worst.reading, 3, _tone(priority))
    return _figure(
        keys.VOLTAGE,
        words.VOLTAGE,
        value,
        unit if worst.reading.trust < Quality.STALE else _unit(worst.name, worst.reading),
        state.curves.curve(worst.point, now_us),
        _mark(priority, unseen),
    )


def _devices(state: OverviewState, now_us: int) -> Figure:
    health = state.health
    if health is None:
        return _figure(keys.DEVICES, words.DEVICES, _NEVER, words.ONLINE)
    priority, unseen = state.priority_of_silence()
    value = Shown(words.of(health.devices_online, health.devices_known), _tone(priority), bold=bool(priority))
    curve = state.curves.curve(keys.DEVICES, now_us)
    return _figure(keys.DEVICES, words.DEVICES, value, words.ONLINE, curve, _mark(priority, unseen))


def _outage(state: OverviewState, now_us: int) -> Figure:
    value, unit, mark = _supply(state.board)
    return _figure(keys.OUTAGE, words.OUTAGE, value, unit, state.curves.curve(keys.OUTAGE, now_us), mark)


def _supply(board: Board | None) -> tuple[Shown, str, Mark | None]:
    if board is None or not board.tally.total:
        return _NEVER, words.NOT_PROBED, None
    if (outage := board.open_outage) is not None:
        value = Shown(words.dark(outage.offline, outage.known), "high", bold=True)
        return value, words.dark_since(outage.started_at), Mark(2)
    answering = words.answering(board.tally.online, board.tally.total)
    if not board.observer_ok:
        return Shown(f"{words.NO_OUTAGE} ?"), words.IN_DOUBT, None
    return Shown(words.NO_OUTAGE), answering, None


def _figure(
    key: str,
    name: str,
    value: Shown,
    unit: str,
    curve: tuple[float | None, ...] = (),
    mark: Mark | None = None,
) -> Figure:
    tip = words.figure_tip(name, value.text, unit)
    return Figure(key, name, value, unit, curve, mark, tip, words.BRIEF.get(name, ""))


def _of_reading(reading: Reading | None, decimals: int, tone: str) -> Shown:
    if reading is None:
        return _NEVER
    return show_value(reading.value, "", decimals, trust=reading.trust, tone=tone)


def _of_sum(power: Sum) -> Shown:
    if power.value is None:
        return show_value(0.0, trust=power.trust)
    return show_value(power.value, "", _decimals(power.value), trust=power.trust)


def _decimals(power_mw: float) -> int:
    """Four figures or so: a small grid shows kilowatts."""
    return 1 if abs(power_mw) >= 20 else 2 if abs(power_mw) >= 2 else 3


def _sum_unit(unit: str, power: Sum) -> str:
    if power.wanted == 0 or power.known == 0:
        return words.STARTING
    if power.trust is Quality.STALE:
        return words.aged(words.MEGAWATT, power.age_s)
    return unit if power.good == power.wanted else words.good_of(words.MEGAWATT, power.good, power.wanted)


def _unit(unit: str, reading: Reading) -> str:
    return words.aged(unit, reading.age_s) if reading.trust is Quality.STALE else unit


def _tone(priority: int) -> str:
    return PRIORITY_TONES.get(priority, "normal")


def _mark(priority: int, unseen: bool) -> Mark | None:
    return Mark(priority, pulsing=unseen) if priority else None
