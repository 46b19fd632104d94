"""The nouns of leadership: a console, its role, and what a lease is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

TTL_S = 10.0
RENEW_S = 2.0
DEMOTE_S = 7.0
HEARTBEAT_LOST_S = 6.0


class Role(StrEnum):
    """What this core does at the moment."""

    STARTING = "starting"
    LEADER = "leader"
    STANDBY = "standby"
    FENCED = "fenced"


@dataclass(frozen=True, slots=True)
class Console:
    """A running program that shares the database."""

    id: str
    name: str
    operator: str
    host: str
    version: str


@dataclass(frozen=True, slots=True)
class Presence:
    """A console as the database last saw it."""

    console: Console
    role: str
    seen_at: datetime


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
