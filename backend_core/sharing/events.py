"""What has happened to leadership."""

from __future__ import annotations

from dataclasses import dataclass

from backend_core.sharing.model import Role


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """This core took the lead, lost it, or found another leading."""

    role: Role
    before: Role
    epoch: int | None
    leader: str | None


@dataclass(frozen=True, slots=True)
class JournalBroken:
    """The journal had a hole, or is another than before: everything was read anew."""

    trouble: str


@dataclass(frozen=True, slots=True)
class LeadFlaps:
    """The lead has begun to go from one to another too often."""

    changes: int
