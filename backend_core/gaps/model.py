"""The nouns of incompleteness: a gap, its cause, and what is remembered of the broker between two cores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

EVERYTHING = "#"
"""The scope of a gap that may concern any reading."""


class Cause(StrEnum):
    """Why readings may be missing."""

    SESSION_LOST = "broker_session_lost"
    RESTARTED = "broker_restarted"
    DROPPED = "broker_dropped"
    REFUSED = "subscription_refused"
    SPOOL_DAMAGED = "spool_damaged"


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which readings may be missing; without an end it still lasts.

    `scope` is the topic filter that is concerned, `#` when that cannot be told.
    """

    started_at: datetime
    ended_at: datetime | None
    cause: Cause
    scope: str
    detail: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class BrokerMemory:
    """What the leader before knew: up to `reached` the record holds all that this session was given.

    `dropped` is the broker's own count of messages it let go, as it stood at `looked_at`.
    """

    broker: str
    reached: datetime
    dropped: int | None = None
    looked_at: datetime | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """What goes into the record in one piece: gaps begun or changed, a line of the event log each, and the memory."""

    memory: BrokerMemory
    gaps: tuple[Gap, ...] = ()
    lines: tuple[str, ...] = ()
