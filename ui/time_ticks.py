"""Where ticks of time belong: at whole seconds, minutes, hours and days of the operator's clock, and what they say."""

from datetime import UTC, datetime, tzinfo

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
_STEPS = (
    *(0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30),
    *(MINUTE_S * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR_S * n for n in (1, 2, 3, 6, 12)),
    *(DAY_S * n for n in (1, 2, 7, 14, 28, 91, 182, 364)),
)
_LABEL_PX = 110.0


def tick_step(span_s: float, width_px: float) -> float:
    """The smallest natural step that leaves room for its labels."""
    wanted = span_s * _LABEL_PX / max(1.0, width_px)
    return next((step for step in _STEPS if step >= wanted), _STEPS[-1])


def tick_text(moment: float, step: float, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(moment, UTC).astimezone(zone)
    if step >= DAY_S or (step >= HOUR_S and at.hour == 0 and at.minute == 0):
        return f"{at:%d %b}"
    if step >= MINUTE_S:
        return f"{at:%H:%M}"
    return f"{at:%H:%M:%S}" if step >= 1 else f"{at:%H:%M:%S.%f}"[:-3]
