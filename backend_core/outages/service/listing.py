"""The list of smart switches: what an operator adds, changes, removes and imports."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend_core.kernel.clock import Clock
from backend_core.outages.model import Edit, Finding, ImportPlan, SmartSwitch
from backend_core.outages.ports import SmartSwitchStore
from backend_core.outages.rules.csv_list import read_rows
from backend_core.outages.rules.notes import changed_meanwhile
from backend_core.outages.rules.registry import complaints, holders_of_points, plan_import, shared_points


class SmartSwitchList:
    """Every console may edit it; `on_edit` hears of each edit with the list as it is then."""

    def __init__(
        self,
        store: SmartSwitchStore,
        clock: Clock,
        origin: str,
        on_edit: Callable[[Edit, Sequence[SmartSwitch]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._origin = origin
        self._on_edit = on_edit

    async def save(
        self, switch: SmartSwitch, who: str, *, is_new: bool, seen: SmartSwitch | None = None
    ) -> tuple[Finding, ...]:
        """Add or change one smart switch, or say what is wrong with it; one not as `seen` any more is left alone."""
        found = complaints(switch)
        names = {known.name for known in await self._store.switches()}
        found = (*found, *shared_points(switch, holders_of_points(names)))
        if is_new and switch.name in names:
            found = (*found, Finding(1, f"A smart switch named '{switch.name}' exists already."))
        if not is_new and switch.name not in names:
            found = (*found, Finding(1, f"'{switch.name}' is no longer listed; someone has removed it."))
        if found:
            return found
        return await self._edit((switch,), (), who, seen=() if seen is None else (seen,))

    async def remove(self, names: Sequence[str], who: str) -> None:
        """Take smart switches out; their checks stay until they are too old."""
        await self._edit((), tuple(names), who)

    async def preview_import(self, content: bytes) -> ImportPlan:
        """What an import of this CSV file would do."""
        return plan_import(read_rows(content), await self._store.switches())

    async def run_import(self, content: bytes, who: str) -> ImportPlan:
        """Import every line of this CSV file, or none when there is a single finding."""
        plan = await self.preview_import(content)
        if plan.is_clean and (plan.added or plan.changed):
            await self._edit(plan.added + plan.changed, (), who)
        return plan

    async def _edit(
        self, kept: tuple[SmartSwitch, ...], removed: tuple[str, ...], who: str, seen: tuple[SmartSwitch, ...] = ()
    ) -> tuple[Finding, ...]:
        edit = Edit(kept, removed, who, self._origin, self._clock.now(), seen)
        elsewhere = await self._store.save_edit(edit)
        self._on_edit(edit, await self._store.switches())
        return () if elsewhere is None else (Finding(1, changed_meanwhile(elsewhere)),)
