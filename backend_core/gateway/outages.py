"""What a console may ask and order about smart switches and outages."""

from __future__ import annotations

from collections.abc import Sequence

from backend_core.outages.model import Board, Finding, ImportPlan, SmartSwitch
from backend_core.outages.service import OutageService


class OutageDesk:
    """Smart switches and outages, as one operator works on them."""

    def __init__(self, outages: OutageService, operator: str) -> None:
        self._outages = outages
        self._operator = operator

    async def board(self) -> Board:
        """Everything a screen shows, as of now."""
        return self._outages.board()

    async def save(self, switch: SmartSwitch, *, is_new: bool, seen: SmartSwitch | None = None) -> tuple[Finding, ...]:
        """Add or change one smart switch; findings say why not, one of them that it is no longer as it was `seen`."""
        return await self._outages.save(switch, self._operator, is_new=is_new, seen=seen)

    async def remove(self, names: Sequence[str]) -> None:
        """Take smart switches out of the list."""
        await self._outages.remove(names, self._operator)

    async def preview_import(self, content: bytes) -> ImportPlan:
        """What an import of this CSV file would do, line by line."""
        return await self._outages.preview_import(content)

    async def run_import(self, content: bytes) -> ImportPlan:
        """Import every line of this CSV file, or none."""
        return await self._outages.run_import(content, self._operator)
