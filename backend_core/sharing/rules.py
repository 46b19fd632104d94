"""Who applies for the lead and when, and who gives it up: decided from what every console can see."""

from __future__ import annotations

from collections.abc import Sequence

from backend_core.sharing.model import APPLY_S, Console, Presence, Role

FLAPPING_CHANGES = 3
FLAPPING_WITHIN_S = 300.0
BEHIND_A_BETTER_S = 3.0
DEAF_S = 15.0
YIELD_AT_MOST_EVERY_S = 60.0
REST_AFTER_YIELD_S = 10.0


def patience_s(me: Console, present: Sequence[Presence]) -> float:
    """How long a lease must have lain unrenewed before this console takes it.

    One of higher priority that stands by goes first; whoever led until now does not count, for it may be gone.
    """
    better = (
        p.console.may_lead and p.console.priority > me.priority and p.role == Role.STANDBY and p.console.id != me.id
        for p in present
    )
    return BEHIND_A_BETTER_S if any(better) else 0.0


def is_flapping(changes: int) -> bool:
    """Whether the lead changed so often within five minutes that something is wrong."""
    return changes >= FLAPPING_CHANGES


def pause_s(changes: int) -> float:
    """How long a console waits between two applications; twice as long while the lead flaps."""
    return APPLY_S * (2.0 if is_flapping(changes) else 1.0)


def should_yield(deaf_s: float, since_yield_s: float | None, me: Console, present: Sequence[Presence]) -> bool:
    """Whether a leader that does not reach the broker gives way to one that does; never twice within a minute."""
    if deaf_s < DEAF_S or (since_yield_s is not None and since_yield_s < YIELD_AT_MOST_EVERY_S):
        return False
    return any(p.hears_broker and p.console.may_lead and p.console.id != me.id for p in present)
