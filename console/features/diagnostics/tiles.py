"""The core's and the screen's own figures, as a strip shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.features.diagnostics import words
from console.features.diagnostics.state import DiagnosticsState
from ui.figures import Figure
from ui.marks import Mark
from ui.values import NEVER_TEXT, Shown, format_number

if TYPE_CHECKING:
    from console.bridge.frame_pump import PumpFigures

# Beyond these an operator would feel it: the budgets of reliability.md 5.1 and the staleness of a 1 s value.
SLOW_LOOP_MS, SLOW_HAND_OUT_MS, OLD_DATA_S, LONG_QUEUE = 100.0, 50.0, 5.0, 10_000


def all_figures(state: DiagnosticsState, screen: PumpFigures | None) -> list[Figure]:
    """Eight figures; each call lets their curves grow by a second."""
    health = state.health
    waiting = sum(health.depths.values()) if health else None
    dropped = sum(health.dropped.values()) if health else None
    rejected = sum(health.rejected.values()) if health else None
    age_s, lag_ms = (health.data_age_p95_s, health.loop_lag_ms) if health else (None, None)
    took_ms = screen.last_ms if screen else None
    interval = words.frames_each(screen.interval_ms) if screen else words.NOT_YET
    return [
        _figure(state, words.MESSAGES, health.messages_per_s if health else None, 0, words.PER_SECOND),
        _figure(state, words.STORED, health.readings_stored if health else None, 0, words.READINGS),
        _figure(state, words.REJECTED, rejected, 0, words.SINCE_BEGINNING),
        _figure(state, words.DATA_AGE, age_s, 1, words.NINETY_FIVE, over=OLD_DATA_S),
        _figure(state, words.LOOP_LAG, lag_ms, 1, words.WORST_MS, over=SLOW_LOOP_MS),
        _figure(state, words.HAND_OUT, took_ms, 1, interval, over=SLOW_HAND_OUT_MS),
        _figure(state, words.WAITING, waiting, 0, words.IN_QUEUES, over=LONG_QUEUE),
        _figure(state, words.DROPPED, dropped, 0, words.AT_INLET, over=0),
    ]


def _figure(
    state: DiagnosticsState, name: str, value: float | None, decimals: int, unit: str, *, over: float | None = None
) -> Figure:
    is_abnormal = value is not None and over is not None and value > over
    text = NEVER_TEXT if value is None else _short(value, decimals)
    tone = "tertiary" if value is None else "medium" if is_abnormal else "normal"
    shown = Shown(text, tone, bold=is_abnormal)
    mark = Mark(3) if is_abnormal else None
    curve = state.note(name, value)
    return Figure(name, name, shown, unit, curve, mark, words.figure_tip(name, text, unit))


def _short(value: float, decimals: int) -> str:
    """Millions lose their last digits: nobody reads them."""
    if abs(value) >= 10_000_000:
        return f"{format_number(value / 1e6, 1)} M"
    return format_number(value, decimals)
