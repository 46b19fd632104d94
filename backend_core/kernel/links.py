"""Whether an outside part that the core depends on answers, since when, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LinkName(StrEnum):
    """The outside parts an operator must know about."""

    BROKER = "broker"
    DATABASE = "database"
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class LinkState:
    """One link as it is now; `since_us` is the moment of its last change."""

    name: LinkName
    ok: bool
    since_us: int
    detail: str = ""
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """A link came up or went down."""

    state: LinkState
