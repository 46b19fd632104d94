"""When a limit counts as broken: the quality gate, the deadband, and the delays by the time of measurement."""

from __future__ import annotations

import math
from typing import NamedTuple

from backend_core.kernel.quality import Quality

SECOND_US = 1_000_000


class Threshold(NamedTuple):
    """One limit, ready for use: its sign is turned so that a larger number is always worse."""

    sign: float
    set_at: float
    clear_below: float
    on_delay_us: int
    off_delay_us: int


class Condition(NamedTuple):
    """Whether the limit counts as broken, and since when the opposite has been pressing for its delay to pass."""

    is_true: bool
    since_us: int | None = None


CALM = Condition(False)
BROKEN = Condition(True)


def threshold(*, is_high: bool, limit: float, deadband: float, on_delay_s: float, off_delay_s: float) -> Threshold:
    """Set at the limit itself, clear when further away from it than the deadband."""
    sign = 1.0 if is_high else -1.0
    clear_at = limit - deadband if is_high else limit + deadband
    return Threshold(sign, sign * limit, sign * clear_at, round(on_delay_s * SECOND_US), round(off_delay_s * SECOND_US))


def may_decide(value: float, quality: Quality) -> bool:
    """Whether a reading may raise or clear anything: bad, stale and missing ones may not."""
    return quality <= Quality.UNCERTAIN and math.isfinite(value)


def step(was: Condition, limit: Threshold, value: float, ts_us: int, continuous: bool) -> Condition:
    """The condition after a reading that may decide; `continuous` is false after a gap, which starts delays anew."""
    is_true, since_us = was
    signed = limit.sign * value
    presses = signed >= limit.clear_below if is_true else signed >= limit.set_at
    if presses == is_true:
        return was if since_us is None else (BROKEN if is_true else CALM)
    if since_us is None or not continuous:
        since_us = ts_us
    return _settle(was, limit, since_us, ts_us)


def let_pass(was: Condition, limit: Threshold, now_us: int) -> Condition:
    """The condition at a moment without a reading, while the last one still holds."""
    return was if was.since_us is None else _settle(was, limit, was.since_us, now_us)


def _settle(was: Condition, limit: Threshold, since_us: int, now_us: int) -> Condition:
    delay_us = limit.off_delay_us if was.is_true else limit.on_delay_us
    if now_us - since_us >= delay_us:
        return CALM if was.is_true else BROKEN
    return was if was.since_us == since_us else Condition(was.is_true, since_us)
