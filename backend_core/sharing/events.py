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
