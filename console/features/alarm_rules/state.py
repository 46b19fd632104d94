"""The alarm rules while somebody edits them: what is saved, what is wanted, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend_core.alarms.model import AlarmRule, RuleEdit, RuleFault, RuleKey
from console.features.alarm_rules import words

UNDO_STEPS = 200


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One line of the table: the rule as wanted, how it differs from the saved one, and what is wrong with it."""

    rule: AlarmRule
    change: str = ""
    fault: str = ""

    @property
    def key(self) -> RuleKey:
        return self.rule.key


class RuleDraft:
    """Every change can be undone until it is saved; a removed rule stays in sight, marked, until then."""

    def __init__(self) -> None:
        self._saved: dict[RuleKey, AlarmRule] = {}
        self._wanted: dict[RuleKey, AlarmRule] = {}
        self._past: list[dict[RuleKey, AlarmRule]] = []
        self._future: list[dict[RuleKey, AlarmRule]] = []
        self._faults: dict[str, str] = {}

    @property
    def is_changed(self) -> bool:
        return self._wanted != self._saved

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def load(self, rules: Iterable[AlarmRule]) -> None:
        """Begin from what is saved; an untouched draft follows, a touched one keeps what is wanted."""
        edit = self.edit()
        self._saved = {rule.key: rule for rule in rules}
        self._wanted = dict(self._saved)
        for rule in edit.removed:
            self._wanted.pop(rule.key, None)
        self._wanted.update({rule.key: rule for rule in (*edit.added, *(after for _, after in edit.changed))})
        if not self.is_changed:
            self._past, self._future = [], []

    def put(self, rule: AlarmRule, instead_of: RuleKey | None = None) -> None:
        """Add a rule, or change one, its name included."""
        wanted = dict(self._wanted)
        if instead_of is not None and instead_of != rule.key:
            wanted.pop(instead_of, None)
        wanted[rule.key] = rule
        self._step(wanted)

    def remove(self, keys: Iterable[RuleKey]) -> None:
        """Take rules out; removing a removed one brings it back."""
        wanted = dict(self._wanted)
        for key in keys:
            if key in wanted:
                del wanted[key]
            elif key in self._saved:
                wanted[key] = self._saved[key]
        self._step(wanted)

    def undo(self) -> None:
        if self._past:
            self._future.append(self._wanted)
            self._wanted = self._past.pop()

    def redo(self) -> None:
        if self._future:
            self._past.append(self._wanted)
            self._wanted = self._future.pop()

    def discard(self) -> None:
        """Back to what is saved, as one step that can be undone."""
        self._step(dict(self._saved))

    def wanted(self) -> tuple[AlarmRule, ...]:
        return tuple(self._wanted.values())

    def edit(self) -> RuleEdit:
        """The difference, with the saved rules as seen here: what somebody else changed is not overwritten."""
        both = self._wanted.keys() & self._saved.keys()
        return RuleEdit(
            added=tuple(self._wanted[key] for key in self._wanted if key not in self._saved),
            changed=tuple(
                (self._saved[key], self._wanted[key])
                for key in self._wanted
                if key in both and self._wanted[key] != self._saved[key]
            ),
            removed=tuple(self._saved[key] for key in self._saved if key not in self._wanted),
        )

    def blame(self, faults: Iterable[RuleFault]) -> None:
        """What the core says is wrong, by the rule it names."""
        self._faults = {fault.where: fault.sentence for fault in faults}

    def rows(self) -> list[DraftRow]:
        """Every rule that is saved or wanted."""
        merged: Mapping[RuleKey, AlarmRule] = {**self._saved, **self._wanted}
        return [DraftRow(rule, self._change(key), self._fault(key)) for key, rule in merged.items()]

    def _change(self, key: RuleKey) -> str:
        if key not in self._saved:
            return words.ADDED
        if key not in self._wanted:
            return words.REMOVED
        return words.CHANGED if self._wanted[key] != self._saved[key] else ""

    def _fault(self, key: RuleKey) -> str:
        return self._faults.get(f"{key.point} {key.level}", "")

    def _step(self, wanted: dict[RuleKey, AlarmRule]) -> None:
        if wanted != self._wanted:
            self._past = [*self._past[-(UNDO_STEPS - 1) :], self._wanted]
            self._future = []
            self._wanted = wanted
