"""What a probe proves about power, and when a smart switch no longer proves anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from backend_core.outages.model import Check, ProbeAnswer, ProbeError, Standing, Tally, Verdict

FLAP_WINDOW = 8
FLAP_CHANGES = 5
STEADY_CHANGES = 2


def judge(answer: ProbeAnswer, *, refused_is_power: bool) -> Verdict:
    """Any HTTP answer is power; refused and silent are not; what cannot be told stays unknown.

    Bytes that are no HTTP, and a failed TLS handshake, come from something alive, but not surely from the switch.
    """
    if answer.status is not None:
        return Verdict.ONLINE
    if answer.error is ProbeError.REFUSED:
        return Verdict.ONLINE if refused_is_power else Verdict.OFFLINE
    return Verdict.OFFLINE if answer.error is ProbeError.TIMEOUT else Verdict.UNKNOWN


def without_observer(check: Check) -> Check:
    """The same check when this console's own network is in doubt: it counts for nothing."""
    if check.verdict is not Verdict.OFFLINE:
        return check
    return replace(check, verdict=Verdict.UNKNOWN, error=ProbeError.OBSERVER_BAD)


def is_flapping(recent: Sequence[Verdict], was_flapping: bool) -> bool:
    """Whether the last known verdicts change too often; once flapping, it takes calm to be believed again."""
    window = recent[-FLAP_WINDOW:]
    changes = sum(a is not b for a, b in pairwise(window))
    return changes > STEADY_CHANGES if was_flapping else changes >= FLAP_CHANGES


def tally(standings: Iterable[Standing]) -> Tally:
    """How many active smart switches stand where."""
    online = offline = unknown = 0
    for standing in standings:
        if not standing.switch.active:
            continue
        if standing.flapping or standing.verdict is Verdict.UNKNOWN:
            unknown += 1
        elif standing.verdict is Verdict.ONLINE:
            online += 1
        else:
            offline += 1
    return Tally(online, offline, unknown)
