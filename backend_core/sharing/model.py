"""The nouns of sharing: a console, its role, what a lease is, and the lines of the journal that all follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

TTL_S = 10.0
RENEW_S = 2.0
APPLY_S = 1.0
DEMOTE_S = 7.0
HEARTBEAT_LOST_S = 6.0

HEADLESS_PRIORITY = 100
DESK_PRIORITY = 50


class Role(StrEnum):
    """What this core does at the moment."""

    STARTING = "starting"
    LEADER = "leader"
    STANDBY = "standby"
    CUT_OFF = "cut off"
    """It led when the database went away: it goes on taking in, and keeps what it takes, until it hears who leads."""
    FENCED = "fenced"
    LOOKING_ON = "looking on"


@dataclass(frozen=True, slots=True)
class Console:
    """A running program that shares the database. One that may not lead never applies; a higher priority goes first."""

    id: str
    name: str
    operator: str
    host: str
    version: str
    may_lead: bool = True
    priority: int = DESK_PRIORITY


@dataclass(frozen=True, slots=True)
class Presence:
    """A console as the database last saw it; `role` is a word, for a newer program may have roles of its own."""

    console: Console
    role: str
    seen_at: datetime
    hears_broker: bool = False


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The sign of life that a leader writes every 2 s; `age_s` is told by the database's own clock."""

    leader: str
    epoch: int
    age_s: float
    facts: Mapping[str, Any]

    @property
    def is_alive(self) -> bool:
        return self.age_s <= HEARTBEAT_LOST_S


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One change, by whom and from which console; `body` may hold more than this program knows."""

    seq: int
    at: datetime
    topic: str
    object: str
    who: str
    origin: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The end of a journal: of which one (`identity` changes when the database is another), the last number, its mark.

    The mark tells the line of that number from another that a restored database may have given the same number.
    """

    identity: str
    seq: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """The lines after a head and the head after them; or the trouble that forbids to go on from there."""

    lines: tuple[JournalLine, ...]
    head: JournalHead
    trouble: str = ""
