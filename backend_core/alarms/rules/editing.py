"""How one set of rules differs from another, and what a set becomes by an edit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backend_core.alarms.model import AlarmRule, Level, RuleEdit

_LEVELS = tuple(Level)


def difference(present: Sequence[AlarmRule], wanted: Sequence[AlarmRule]) -> RuleEdit:
    """What must change for the present rules to become the wanted ones."""
    was = {rule.key: rule for rule in present}
    will = {rule.key: rule for rule in wanted}
    return RuleEdit(
        added=tuple(rule for key, rule in will.items() if key not in was),
        changed=tuple((was[key], rule) for key, rule in will.items() if key in was and was[key] != rule),
        removed=tuple(rule for key, rule in was.items() if key not in will),
    )


def applied(present: Sequence[AlarmRule], edit: RuleEdit) -> tuple[AlarmRule, ...]:
    """The rules after the edit, in the order of points and levels."""
    rules = {rule.key: rule for rule in present}
    for rule in edit.removed:
        rules.pop(rule.key, None)
    rules.update({rule.key: rule for rule in edit.added})
    rules.update({after.key: after for _, after in edit.changed})
    return in_order(rules.values())


def in_order(rules: Iterable[AlarmRule]) -> tuple[AlarmRule, ...]:
    """Points by name, and of one point the severe before the mild, high before low."""
    return tuple(sorted(rules, key=lambda rule: (rule.point, _LEVELS.index(rule.level))))
