"""The rules in force, and how they are changed as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from backend_core.alarms.model import (
    AlarmRule,
    RuleEdit,
    RulesChangedMeanwhile,
    RulesOutcome,
    RulesRefused,
    RulesSaved,
)
from backend_core.alarms.ports import AlarmRuleStore
from backend_core.alarms.rules import editing, ladder
from backend_core.kernel.clock import Clock


class RuleBook:
    """Knows the rules; `on_change` hears the new ones and who changed them."""

    def __init__(self, store: AlarmRuleStore, clock: Clock, here: str, points: Callable[[], Iterable[str]]) -> None:
        self._store = store
        self._clock = clock
        self._here = here
        self._points = points
        self.rules: tuple[AlarmRule, ...] = ()
        self.on_change: Callable[[str], None] = lambda by: None

    async def load(self) -> tuple[AlarmRule, ...]:
        """Read the rules."""
        self.rules = await self._store.rules()
        return self.rules

    def preview(self, wanted: Sequence[AlarmRule]) -> RuleEdit | RulesRefused:
        """What these rules would change in place of the present ones."""
        if faults := ladder.faults_of(wanted, self._points()):
            return RulesRefused(faults)
        return editing.difference(self.rules, wanted)

    async def save(self, edit: RuleEdit, by: str) -> RulesOutcome:
        """Change the rules; alarms whose rule goes are retired in the editor's name."""
        if faults := ladder.faults_of(editing.applied(self.rules, edit), self._points()):
            return RulesRefused(faults)
        saved = await self._store.save_rules(edit, by, self._here, self._clock.now())
        if isinstance(saved, RulesChangedMeanwhile):
            return saved
        self.rules = saved
        self.on_change(by)
        return RulesSaved(edit)
