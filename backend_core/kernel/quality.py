"""How far a value may be trusted, from the meter to the pixel."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class Quality(IntEnum):
    """The class of a value; a larger number is worse, so that combining is taking the maximum."""

    GOOD = 0
    UNCERTAIN = 1
    STALE = 2
    BAD = 3
    NEVER = 4


class Mark(IntFlag):
    """Why a value is not plainly good; several may stand together and all are stored."""

    NONE = 0
    TIME_RECEIVED = 1
    TIME_FUTURE = 2
    LATE = 4
    ZONE_ASSUMED = 8
    RANGE = 16
    RETAINED = 32
    DECLARED = 64
    MANUAL = 128
    ESTIMATED = 256
    DEMO_HISTORY = 512
    DERIVED = 1024
    REDELIVERED = 2048
    CONFLICT = 4096


def worst(*qualities: Quality) -> Quality:
    """The quality of a value made from several: the worst of them, good when there are none."""
    return max(qualities, default=Quality.GOOD)


WORDS = {
    Quality.GOOD: "good",
    Quality.UNCERTAIN: "uncertain",
    Quality.STALE: "stale",
    Quality.BAD: "bad",
    Quality.NEVER: "never",
}
"""The word of each quality as exports and payloads write it."""
